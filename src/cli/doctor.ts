/**
 * `ledgerline doctor`: whether a server can run here, and whether the one that runs is well. Looks only: it starts
 * nothing, downloads nothing and takes no lock.
 */
import type { Command } from 'commander';
import type { ConnectionFlags } from './api.ts';
import { explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { type Finding, findings } from './findings.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {}

const COLOUR = { yes: 'green', no: 'red', note: 'yellow' } as const;
const VERDICT_WIDTH = 4;

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program
    .command('doctor')
    .description('check this machine, the data folder and the server that runs; 1 when anything is wrong')
    .action((flags: Flags) => doctor(terminal, flags));
  explained(withJson(withConnection(command)), [
    ['doctor', 'one line per check: yes, no, or a note'],
    ['doctor --json | jq \'select(.verdict == "no")\'', 'only what is wrong'],
  ]);
}

async function doctor(terminal: Terminal, { json, ...flags }: Flags): Promise<void> {
  let wrong = 0;
  for await (const finding of findings(terminal, flags)) {
    if (finding.verdict === 'no') wrong += 1;
    terminal.out(json === true ? JSON.stringify(finding) : lineOf(terminal, finding));
  }
  if (wrong > 0) throw new CliFailure(EXIT.failed, json === true ? '' : `${wrong} of these checks failed`);
}

function lineOf(terminal: Terminal, { verdict, check, detail }: Finding): string {
  return `${coloured(terminal, COLOUR[verdict], verdict.padEnd(VERDICT_WIDTH))}  ${check}: ${detail}`;
}
