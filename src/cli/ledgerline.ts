/**
 * The program `ledgerline`: one command per file of this folder. Started by src/setup/ledgerline.mjs or by npm.
 */
import { progressBar } from '../progress-bar.ts';
import { EXIT } from './exit.ts';
import { fileWords } from './file-words.ts';
import { run } from './program.ts';
import { processTerminal } from './terminal.ts';

// `ledgerline history … | head` is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`ledgerline: ${fileWords(error, 'standard output')}\n`);
  process.exit(EXIT.failed);
});
process.exitCode = await run(
  process.argv.slice(2),
  processTerminal(process, (what) => progressBar(process.stderr, what)),
);
