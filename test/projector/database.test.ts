import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database, isFull } from '../../src/projector/database.ts';
import { smallDisk } from '../support/small-disk.ts';

const PAGE = 4096;
/** Of a WAL with a page each: so many are one file of its index. */
const INDEXED = 4062;

const disk = smallDisk(40);

describe.skipIf(disk === undefined)('a disk that is full', () => {
  test('is known where the WAL has room and its index has none', () => {
    if (disk === undefined) throw new Error('no disk');
    onTestFinished(() => disk.remove());
    const database = new Database(join(disk.folder, 'live.db'), 'shared');
    onTestFinished(() => database.close());
    database.execute('CREATE TABLE filled (bytes)');
    const pages = () => Math.floor(statSync(`${database.file}-wal`).size / (PAGE + 24));
    const add = () => database.run('INSERT INTO filled VALUES (?)', new Uint8Array(3500));
    while (pages() < INDEXED - 20) add();
    const free = disk.fill(26 * PAGE);
    const full = (() => {
      try {
        for (;;) add();
      } catch (error) {
        return error;
      }
    })();
    expect(full).toMatchObject({ message: 'disk I/O error' });
    expect(isFull(full)).toBe(true);
    free();
    expect(add()).toBe(1);
  });
});
