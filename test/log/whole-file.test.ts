import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWhole, writeWhole } from '../../src/log/whole-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-whole-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what is written replaces what stood there, and nothing else is left behind', async () => {
  const file = join(folder, 'mark.json');
  await writeWhole(file, 'first');
  await writeWhole(file, 'second');
  expect(await readWhole(file)).toBe('second');
  expect(await readdir(folder)).toEqual(['mark.json']);
});

test('a file that is not there has no text, also below a file', async () => {
  expect(await readWhole(join(folder, 'none'))).toBeUndefined();
  await writeWhole(join(folder, 'file'), '');
  expect(await readWhole(join(folder, 'file', 'below'))).toBeUndefined();
});

test('what is there and cannot be read is no file that is not there', async () => {
  await expect(readWhole(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});
