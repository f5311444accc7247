import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';
import { temporaryFolder } from '../support/projector-world.ts';

/** One thread after the other makes a database in the folder that is named. */
const PROGRAM = `
  import { ProjectingThread } from '${new URL('../../src/projector/projecting-thread.ts', import.meta.url)}';
  for (const name of ['first', 'second']) {
    const thread = new ProjectingThread(new URL('${PROJECTING_THREAD}'));
    const file = process.argv[1] + '/' + name;
    console.log((await thread.call({ kind: 'open', what: { file, log: 'log', use: 'shared' } })).kind);
    await thread.call({ kind: 'close' });
    await thread.end();
  }`;

test('V8 frees no compiled WebAssembly, which all threads share, under the next one that strips its types', async () => {
  // Types that were stripped before are not stripped again.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const args = ['--trace-wasm-code-gc', '-e', PROGRAM, temporaryFolder()];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toBe('opened\nopened\n');
});
