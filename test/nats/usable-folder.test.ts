import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, usableFolder } from '../../src/nats/usable-folder.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'll-usable-folder-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const used = (folder: string) => usableFolder('LEDGERLINE_DATA', folder);
const refusal = (folder: string, why: string) => ({
  code: 'badConfiguration',
  message: expect.stringMatching(`^LEDGERLINE_DATA: ${folder} cannot be used: ${why}`),
});

describe('a folder that is named', () => {
  test('is made with all that is missing above it, by several at once, and again', async () => {
    const folder = join(root, 'a', 'b', 'c');
    await Promise.all([makeFolder(folder), makeFolder(folder), used(folder)]);
    await used(folder);
    expect(existsSync(folder)).toBe(true);
  });

  test('is refused where a file has its name, or lies above it', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    await expect(used(file)).rejects.toMatchObject(refusal(file, 'it is no folder'));
    await expect(used(join(file, 'below'))).rejects.toMatchObject(refusal(join(file, 'below'), 'ENOTDIR'));
  });

  test.skipIf(!existsSync('/proc/self'))('is refused where none can be made, also below that', async () => {
    await expect(used('/proc/ledgerline')).rejects.toMatchObject(refusal('/proc/ledgerline', 'ENOENT'));
    await expect(used('/proc/ledgerline/data')).rejects.toMatchObject(refusal('/proc/ledgerline/data', 'ENOENT'));
  });

  test.skipIf(isRoot)('is refused where it cannot be written to', async () => {
    const folder = join(root, 'closed');
    await makeFolder(folder);
    chmodSync(folder, 0o500);
    await expect(used(folder)).rejects.toMatchObject(refusal(folder, 'EACCES'));
  });
});
