/**
 * Sees to it that node_modules/.bin/node is a Node that runs TypeScript. It is the npm package `node`, which pins the
 * version; where its program does not run (another C library, say) a new enough Node on PATH takes its place.
 * Run by an old Node: plain JavaScript, nothing imported but Node's own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm, ROOT } from './packages.mjs';

export const RUNTIME = join(ROOT, 'node_modules', '.bin', 'node');

const MAJOR_MIN = 24;

/** Throws an Error whose message says what is missing and how to supply it. */
export async function ensureRuntime() {
  if (isThisProcess() || isNewEnough(RUNTIME)) return;
  // npm may have been told not to run the script by which the package fetches its program.
  const failure = await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']).catch((error) => error);
  if (isNewEnough(RUNTIME)) return;
  if (majorOf(process.version) < MAJOR_MIN) {
    throw new Error(
      [
        `Node ${MAJOR_MIN} is missing: this is ${process.version}, and the npm package "node" brought none that runs here.`,
        ...(failure instanceof Error ? [`  ${failure.message}`] : []),
        `To supply it: put Node ${MAJOR_MIN} or newer first on PATH.`,
      ].join('\n'),
    );
  }
  mkdirSync(dirname(RUNTIME), { recursive: true });
  rmSync(RUNTIME, { force: true });
  symlinkSync(process.execPath, RUNTIME);
}

/** True in the usual case, where npm put the pinned Node first on PATH. Spares starting it only to ask its version. */
export function isThisProcess() {
  try {
    return realpathSync(RUNTIME) === realpathSync(process.execPath) && majorOf(process.version) >= MAJOR_MIN;
  } catch {
    return false;
  }
}

function isNewEnough(program) {
  try {
    return majorOf(execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' })) >= MAJOR_MIN;
  } catch {
    return false;
  }
}

function majorOf(version) {
  return Number(/^v(\d+)\./.exec(version.trim())?.[1] ?? 0);
}
