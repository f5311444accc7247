/**
 * The options that commands have in common, and the two paragraphs under every help: examples and exit codes.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseMoment } from '../http/moment.ts';
import { DEFAULT_URL } from './api.ts';
import { EXIT_CODES_TEXT } from './exit.ts';

export interface JsonFlag {
  readonly json?: true;
}

/** For every command that speaks to a running server. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--url <address>', `the server; else LEDGERLINE_URL, else ${DEFAULT_URL}`))
    .addOption(new Option('--token <secret>', 'bearer token; better in LEDGERLINE_TOKEN, where `ps` does not show it'));
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON, one value per line');
}

export function withTenant(command: Command): Command {
  return command.option('--tenant <name>', 'else LEDGERLINE_TENANT, else the only one there is');
}

/** `examples`: pairs of a command line and what it does. */
export function explained(command: Command, examples: readonly (readonly [line: string, what: string])[]): Command {
  const lines = examples.map(([line, what]) => `  # ${what}\n  ledgerline ${line}`);
  return command.addHelpText('after', () => `\nExamples:\n${lines.join('\n')}\n\n${wrapped(command, EXIT_CODES_TEXT)}`);
}

/** As wide as the rest of the help is; from the second line on `indent` further in. */
export function wrapped(command: Command, text: string, indent = 0): string {
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  return command
    .createHelp()
    .boxWrap(text, width - indent)
    .replaceAll('\n', `\n${' '.repeat(indent)}`);
}

/** A log position or an RFC 3339 time with a zone, as text: what servers take as a moment. */
export function momentOf(text: string): string {
  if (parseMoment(text).ok) return text;
  throw new InvalidArgumentError('It must be a log position, or a time with a zone such as 2026-11-21T10:15:00Z.');
}

/** Of an option that may be repeated: every value, in order. */
export function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A number from 0 on. */
export function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a number from 0 on.');
  return Number(text);
}

/** A number from 1 on. */
export function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
