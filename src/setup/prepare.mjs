/**
 * The first step of every npm script, run by whatever `node` is on PATH: installs what is missing, says nothing when
 * nothing is. The script then goes on with `exec node_modules/.bin/node …`: one process, so signals and exit codes need
 * no passing on.
 *   node src/setup/prepare.mjs [--dev] [--console]     --dev: what the tests need, too; --console: its page is built, too
 */
import { ensureConsole } from './console.mjs';
import { ensurePackages } from './packages.mjs';
import { ensureRuntime } from './runtime.mjs';

try {
  await ensurePackages({ dev: process.argv.includes('--dev') });
  await ensureRuntime();
  if (process.argv.includes('--console')) await ensureConsole();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
