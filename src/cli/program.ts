/**
 * The command line as a whole: which commands there are, what every one inherits, and how an error becomes an exit code.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addArchive } from './archive.ts';
import { addBackup } from './backup.ts';
import { addChange } from './change.ts';
import { wrapped } from './command-options.ts';
import { addCompletion } from './completion.ts';
import { addConsumer } from './consumer.ts';
import { addCreate } from './create.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { asCliFailure, CliFailure, EXIT, EXIT_CODES_TEXT, type ExitCode } from './exit.ts';
import { addExplain } from './explain.ts';
import { addExport } from './export.ts';
import { addExportHistory } from './export-history.ts';
import { addExportTest } from './export-test.ts';
import { addFork } from './fork.ts';
import { addGeneration } from './generation.ts';
import { addGet } from './get.ts';
import { addHistory } from './history.ts';
import { addImport } from './import.ts';
import { addInit } from './init.ts';
import { addList } from './list.ts';
import { addMember } from './member.ts';
import { addRebuild } from './rebuild.ts';
import { addRemove } from './remove.ts';
import { addRestore } from './restore.ts';
import { addSetBack } from './set-back.ts';
import { addConfig } from './settings.ts';
import { addSimulate } from './simulate.ts';
import { addStart } from './start.ts';
import { addState } from './state.ts';
import { addTail } from './tail.ts';
import type { Terminal } from './terminal.ts';
import { addTimeline } from './timeline.ts';
import { addToken } from './token.ts';
import { addVerify } from './verify.ts';
import { addWebhook } from './webhooks.ts';
import { addWhy } from './why.ts';

const FOUND_BY_TEXT =
  'The server is found by --url or LEDGERLINE_URL, the caller known by --token or LEDGERLINE_TOKEN; options come after the command.';

type Adding = (program: Command, terminal: Terminal) => void;

/** In the order of the help. */
const GROUPS: Readonly<Record<string, readonly Adding[]>> = {
  'Running a server:': [addStart, addInit, addDoctor, addConfig],
  'Keeping its log:': [addVerify, addBackup, addRestore, addRebuild, addGeneration, addArchive, addSetBack],
  'Seeing what happens, and what happened:': [
    addHistory,
    addState,
    addTail,
    addWhy,
    addTimeline,
    addDiff,
    addFork,
    addExportHistory,
    addExportTest,
  ],
  'Administering a centre:': [
    addExplain,
    addList,
    addGet,
    addCreate,
    addChange,
    addRemove,
    addMember,
    addToken,
    addImport,
    addExport,
  ],
  'Telling other programs:': [addConsumer, addWebhook],
  'Besides:': [addSimulate, addCompletion],
};

export function programFor(terminal: Terminal): Command {
  const program = new Command('ledgerline')
    .description('An event-sourced contact centre: run it, look into it, administer it.')
    .version(versionOf(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.raw(text),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'ledgerline: ')),
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
    })
    // With their arguments the list would be wider than a terminal; the help of each names them.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(add --help for how to use it)');
  for (const [group, adding] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const add of adding) add(program, terminal);
  }
  // Here, or it stands in a group of its own.
  program.helpCommand(true);
  program.addHelpText('after', () => `\n${wrapped(program, FOUND_BY_TEXT)}\n${wrapped(program, EXIT_CODES_TEXT)}`);
  // After the commands, which have taken over the hint without this.
  return program.showHelpAfterError('(options come after the command; add --help for how to use it)');
}

/** Runs one command line; never throws for what a user or a server did. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const program = programFor(terminal);
    await program.parseAsync(helpAsOption(program, words), { from: 'user' });
    return EXIT.done;
  } catch (thrown) {
    const error = asCliFailure(thrown);
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (!(error instanceof CliFailure)) throw error;
    const { message, details, exitCode } = error;
    if (message !== '') {
      const asJson = words.includes('--json');
      terminal.err(asJson ? JSON.stringify({ error: { message, ...details } }) : `ledgerline: ${message}`);
    }
    return exitCode;
  }
}

/**
 * `help a b` as `a b --help`, and an unknown command by itself: asked to help with one, commander shows the general help and
 * does not say why.
 */
function helpAsOption(program: Command, words: readonly string[]): string[] {
  const names: string[] = [];
  let command = program;
  let isHelpAsked = false;
  for (const word of words) {
    if (command.commands.length === 0 || word.startsWith('-')) break;
    if (word === 'help') {
      isHelpAsked = true;
      continue;
    }
    names.push(word);
    const found = command.commands.find((one) => one.name() === word);
    if (found === undefined) return names;
    command = found;
  }
  return isHelpAsked ? [...names, '--help'] : [...words];
}

function versionOf(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
