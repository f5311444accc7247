/**
 * Sees to it that dist/console holds the console's page as its sources are now. Tells by a digest of the sources, not by
 * file times, and takes some milliseconds when nothing has changed. A page that cannot be built holds nothing up: the
 * server runs without it, and says at /console how to build it.
 * Plain JavaScript, nothing imported that is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './packages.mjs';
import { runProgram } from './run-program.mjs';
import { RUNTIME } from './runtime.mjs';

const BUILT = join(ROOT, 'dist', 'console');
const STAMP = 'built-from';
const CONFIG = '.config/vite.config.ts';
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
/** What the page is made of, and what makes it. */
const SOURCES = ['src/console', 'src/model', 'src/errors.ts', CONFIG, 'package-lock.json'];

export async function ensureConsole() {
  const digest = digestOf(SOURCES.flatMap(filesBelow));
  if (stampOf(BUILT) === digest) return;
  // Without the development packages: as it was built before, or not at all.
  if (!existsSync(VITE)) return;
  process.stderr.write('building the console (once) …\n');
  const fresh = `${BUILT}.${process.pid}`;
  try {
    await run([VITE, 'build', '--config', CONFIG, '--outDir', fresh, '--logLevel', 'error']);
    writeFileSync(join(fresh, STAMP), digest);
    rmSync(BUILT, { recursive: true, force: true });
    mkdirSync(dirname(BUILT), { recursive: true });
    renameSync(fresh, BUILT);
  } catch (error) {
    // Another process that built at the same time may have been faster.
    if (stampOf(BUILT) !== digest) process.stderr.write(`the console could not be built: ${error.message}\n`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function filesBelow(path) {
  const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isDirectory() ? readdirSync(join(ROOT, path)).flatMap((name) => filesBelow(`${path}/${name}`)) : [path];
}

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.sort())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

function stampOf(folder) {
  const file = join(folder, STAMP);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function run(args) {
  const { code, said } = await runProgram(RUNTIME, args, ROOT);
  if (code !== 0) throw new Error(`vite ended with exit code ${code}\n${said.trim().slice(0, 2_000)}`);
}
