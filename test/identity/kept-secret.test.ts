import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptSecret } from '../../src/identity/kept-secret.ts';
import { countingBytes } from '../support/identities.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-secret-'));
  file = join(folder, 'jwt-secret');
});
afterEach(() => rm(folder, { recursive: true }));

test('is made once, for its user alone, and stays', async () => {
  const secret = await keptSecret(file, countingBytes);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(await keptSecret(file, countingBytes)).toBe(secret);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readdir(folder)).toEqual(['jwt-secret']);
});

test.each(['', 'cut sho'])('is made anew where "%s" is all that was written of it', async (rest) => {
  await writeFile(file, rest);
  const secret = await keptSecret(file, countingBytes);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(await readFile(file, 'utf8')).toBe(secret);
});

test('is not made over what cannot be read', async () => {
  await expect(keptSecret(folder, countingBytes)).rejects.toMatchObject({ code: 'EISDIR' });
});
