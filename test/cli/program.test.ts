import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { programFor } from '../../src/cli/program.ts';
import { NO_BAR, type Terminal } from '../../src/cli/terminal.ts';
import { ran } from './command-line.ts';

const terminal: Terminal = {
  env: {},
  cwd: '/',
  out: () => undefined,
  err: () => undefined,
  raw: () => undefined,
  input: async () => '',
  interrupted: () => new AbortController().signal,
  columns: undefined,
  colours: false,
  progress: () => NO_BAR,
};

/** Every command that does something, by the words that name it. */
function commandsOf(command: Command, words: readonly string[] = []): string[][] {
  if (command.commands.length === 0) return [[...words]];
  return command.commands.flatMap((inner) => commandsOf(inner, [...words, inner.name()]));
}

const commands = commandsOf(programFor(terminal));

describe('the command line', () => {
  test.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s explains itself, with examples and exit codes',
    async (name, words) => {
      const { code, out } = await ran([...words, '--help']);
      const help = out.join('\n');
      expect(code).toBe(0);
      expect(help).toContain('Examples:');
      expect(help).toMatch(new RegExp(`ledgerline ${name}\\b`));
      expect(help).toContain('Exit codes: 0');
    },
  );

  test.each(
    commands
      .filter(([name]) => !['start', 'completion', 'help'].includes(name ?? ''))
      .map((words) => [words.join(' '), words] as const),
  )('%s takes --json', async (_, words) => {
    const { out } = await ran([...words, '--help']);
    expect(out.join('\n')).toContain('--json');
  });

  test('lists its commands in groups, none of them outside', async () => {
    const { out } = await ran(['--help']);
    const headings = out.join('\n').match(/^\S.*:$/gm);
    expect(headings).toContain('Administering a centre:');
    expect(headings).not.toContain('Commands:');
  });

  test('lists its commands', async () => {
    const { code, out } = await ran(['--help']);
    expect(code).toBe(0);
    for (const name of ['start', 'init', 'doctor', 'history', 'tail', 'rebuild', 'import']) {
      expect(out.join('\n')).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  test.each([[['--help']], [['start', '--help']], [['consumer', '--help']], [['simulate', '--help']]])(
    'fits into a terminal of 80 columns: %j',
    async (words) => {
      const { out } = await ran(words, { columns: 80 });
      // What is typed is not broken into lines.
      const told = out
        .join('\n')
        .split('\n')
        .filter((line) => !/^ {2}(LEDGERLINE_\S+=|ledgerline )/.test(line));
      for (const line of told) expect(line.length, line).toBeLessThanOrEqual(80);
    },
  );

  test.each([
    [['histry'], 'histry', 'history'],
    [['help', 'histry'], 'histry', 'history'],
    [['histry', '--help'], 'histry', 'history'],
    [['help', 'webhook', 'ad'], 'ad', 'add'],
    [['webhook', 'help', 'ad'], 'ad', 'add'],
  ])('names a command that it does not know, and the nearest: %j', async (words, unknown, nearest) => {
    const { code, out, err } = await ran(words);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err.join('\n')).toContain(`ledgerline: unknown command '${unknown}'\n(Did you mean ${nearest}?)`);
  });

  test.each([
    [['help'], 'ledgerline [options] [command]'],
    [['help', 'list'], 'ledgerline list '],
    [['help', 'webhook', 'add'], 'ledgerline webhook add '],
    [['webhook', 'help', 'add'], 'ledgerline webhook add '],
  ])('helps by words as by --help: %j', async (words, usage) => {
    const { code, out } = await ran(words);
    expect(code).toBe(0);
    expect(out.join('\n')).toContain(`Usage: ${usage}`);
  });

  test('takes help for a word like any other where a command has arguments', async () => {
    const { code, err } = await ran(['get', 'help']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain("missing required argument 'id'");
  });

  test.each([
    [['histry']],
    [['history']],
    [['history', 'a/b/c', '--limit', '0']],
    [['list', 'tenants', '--url', 'ftp://x']],
    [[]],
  ])('ends with 2 when it is used wrongly: %j', async (words) => {
    const { code, out, err } = await ran(words);
    expect({ code, out: out.join('') }).toEqual({ code: 2, out: '' });
    expect(err.join('')).not.toBe('');
  });

  test('ends with 3 when no server answers, and says how to start one', async () => {
    const { code, err } = await ran(['list', 'tenants', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(3);
    expect(err.join('\n')).toContain('http://127.0.0.1:9');
  });

  test('tells failures as JSON where JSON was asked for', async () => {
    const { err } = await ran(['list', 'tenants', '--url', 'http://127.0.0.1:9', '--json']);
    expect(JSON.parse(err.join(''))).toMatchObject({ error: { code: 'unavailable' } });
  });

  test('says where options belong that are written before the command', async () => {
    const { code, err } = await ran(['--url', 'http://127.0.0.1:1', 'list', 'agents']);
    expect({ code, err: err.join(' ') }).toEqual({ code: 2, err: expect.stringContaining('after the command') });
    expect((await ran(['list', 'agents', '--colour'])).err.join(' ')).not.toContain('after the command');
  });
});
