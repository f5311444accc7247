/**
 * `ledgerline start`: the server, as `npm start` runs it.
 */
import type { Command } from 'commander';
import { VARIABLES } from '../variables.ts';
import { wrapped } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';

export function addStart(program: Command): void {
  const width = Math.max(...VARIABLES.map(({ name }) => name.length));
  const command = program.command('start');
  const row = ({ name, fallback, meaning }: (typeof VARIABLES)[number]) =>
    `  ${name.padEnd(width)}  ${wrapped(command, `${meaning}\n(default: ${fallback})`, width + 4)}`;
  command
    .description('run the server until SIGTERM or Ctrl-C; set it up by environment variables')
    .addHelpText('after', () => `\nEnvironment:\n${VARIABLES.map(row).join('\n')}`)
    .addHelpText('after', () =>
      [
        '\nExamples:',
        '  # the demo, on http://127.0.0.1:8080',
        '  ledgerline start',
        '  # an installation of your own, after `ledgerline init`',
        '  LEDGERLINE_DEMO=0 LEDGERLINE_DATA=/var/lib/ledgerline ledgerline start',
        '',
        wrapped(command, 'Prints `ledgerline ready <addresses>` once it serves; its log is JSON on standard error.'),
        wrapped(command, 'Exit codes: 0 after a signal, with everything drained; 1 when it cannot start or go on.'),
      ].join('\n'),
    )
    .action(async () => {
      // Only here: the server is most of the program, and the other commands need none of it.
      const { serve } = await import('../main.ts');
      if ((await serve()) !== 0) throw new CliFailure(EXIT.failed, '');
    });
}
