/**
 * `ledgerline config print`: what is in effect, and where it comes from. Secrets are masked.
 */
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { VARIABLES, type Variable } from '../variables.ts';
import { DEFAULT_URL } from './api.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import type { Terminal } from './terminal.ts';

/** Read by the other commands of this program only. */
export const CLIENT_VARIABLES: readonly Variable[] = [
  { name: 'LEDGERLINE_URL', fallback: DEFAULT_URL, meaning: 'server that the commands speak to' },
  { name: 'LEDGERLINE_TOKEN', fallback: 'unset', meaning: 'bearer token they send; the demo needs none' },
  {
    name: 'LEDGERLINE_TENANT',
    fallback: 'the only one there is',
    meaning: 'tenant of commands that take --tenant; import takes none for granted',
  },
  { name: 'NO_COLOR', fallback: 'unset', meaning: 'anything: no colours' },
];

const SECRETS = new Set(['LEDGERLINE_JWT_SECRET', 'LEDGERLINE_TOKEN']);
const MASK = '********';

export function addConfig(program: Command, terminal: Terminal): void {
  const config = program.command('config').description('look at the configuration');
  const command = config
    .command('print')
    .description('print every setting in effect and where it comes from; secrets are masked')
    .action((flags: JsonFlag) => print(terminal, flags));
  explained(withJson(command), [
    ['config print', 'what a server started here would use'],
    ['config print --json | jq -c \'select(.from == "environment")\'', 'only what was set'],
  ]);
}

function print(terminal: Terminal, { json }: JsonFlag): void {
  // Refuses what a server would refuse, in the same words.
  const { dataDir } = readConfig(terminal.env, terminal.cwd);
  const rows = [...VARIABLES, ...CLIENT_VARIABLES].map(({ name, fallback }) => {
    const given = terminal.env[name];
    if (name === 'LEDGERLINE_DATA') return { name, value: dataDir, from: given ? 'environment' : 'default' };
    return given === undefined || given === ''
      ? { name, value: fallback, from: 'default' }
      : { name, value: masked(name, given), from: 'environment' };
  });
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const row of rows) {
    const { name, value, from } = row;
    terminal.out(json === true ? JSON.stringify(row) : `${name.padEnd(width)}  ${value}  (${from})`);
  }
}

/** Passwords within addresses too. */
function masked(name: string, value: string): string {
  return SECRETS.has(name) ? MASK : value.replace(/\/\/[^/@\s,]+@/g, `//${MASK}@`);
}
