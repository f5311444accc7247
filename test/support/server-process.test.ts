/** The harness itself: what it says when the server it starts cannot run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServerProcess } from './server-process.ts';

test('a server that refuses to start is told with its words, at once', async () => {
  await expect(startServerProcess({ LEDGERLINE_CLOCK: 'sundial' })).rejects.toThrow(
    /ended with [1-9]\d* before it was ready: [\s\S]*LEDGERLINE_CLOCK/,
  );
});

test('a data folder that cannot be made is told in one line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const failed = await startServerProcess({}, file).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(failed).toContain(`ledgerline: LEDGERLINE_DATA: ${file} cannot be used: it is no folder`);
  expect(failed).not.toMatch(/^ {4}at /m);
});
