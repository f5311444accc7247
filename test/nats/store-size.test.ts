import { mkdir, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { storeBytesMaxFor } from '../../src/nats/store-size.ts';
import { newFolder } from './given.ts';

const TERABYTE = 2 ** 40;

describe('what the log may occupy', () => {
  test('is less than what is free', async () => {
    const folder = await newFolder();
    const { bavail, bsize } = await statfs(folder);
    const allowed = await storeBytesMaxFor(folder);
    expect(allowed).toBeLessThan(bavail * bsize);
    expect(allowed).toBeGreaterThan(0);
  });

  test('includes what it occupies already', async () => {
    const folder = await newFolder();
    const blocks = join(folder, 'jetstream', '$G', 'streams', 'LEDGER', 'msgs');
    await mkdir(blocks, { recursive: true });
    // A file that is long on paper only.
    await writeFile(join(blocks, '1.blk'), '');
    await truncate(join(blocks, '1.blk'), TERABYTE);
    expect(await storeBytesMaxFor(folder)).toBeGreaterThan(TERABYTE);
  });
});
