/**
 * npm's `prepare`: compiles `ledgerline/client` to JavaScript with declarations in dist/lib, since Node strips no types
 * below node_modules. Where the compiler is not installed (`npm install --omit=dev`) there is nobody to compile for. A
 * client that cannot be compiled holds no installation up: the server does not use it.
 * Plain JavaScript, nothing imported but Node's own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

if (existsSync(TSC)) {
  const { status, stdout, error } = spawnSync(process.execPath, [TSC, '-p', '.config/tsconfig.client.json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) process.stderr.write(`ledgerline/client could not be compiled: ${error?.message ?? stdout}\n`);
}
