/**
 * The program `ledgerline`: one command per file of this folder. Started by src/setup/ledgerline.mjs or by npm.
 */
import { progressBar } from '../progress-bar.ts';
import { run } from './program.ts';
import { processTerminal } from './terminal.ts';

// `ledgerline history … | head` is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await run(
  process.argv.slice(2),
  processTerminal(process, (what) => progressBar(process.stderr, what)),
);
