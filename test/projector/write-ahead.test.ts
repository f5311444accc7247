import { appendFileSync, existsSync, readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WriteAhead } from '../../src/projector/write-ahead.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/projector-world.ts';

const MIB = 1024 * 1024;

function grownBy(file: string, bytes: number): void {
  appendFileSync(file, new Uint8Array(bytes));
}

test('a log is to be emptied once it is longer than 16 MiB, and again when it has grown again', () => {
  const database = join(temporaryFolder(), 'live.db');
  const file = `${database}-wal`;
  writeFileSync(file, '');
  const writeAhead = new WriteAhead(database);
  for (let times = 0; times < 2; times += 1) {
    grownBy(file, 16 * MIB);
    expect(writeAhead.hasGrown()).toBe(false);
    grownBy(file, 1);
    expect(writeAhead.hasGrown()).toBe(true);
    truncateSync(file);
    expect(writeAhead.hasGrown()).toBe(false);
  }
  writeAhead.close();
});

test.skipIf(!existsSync('/proc/self/fd'))(
  'closed while it is on its way to the disk, it leaves no file open',
  async () => {
    const database = join(temporaryFolder(), 'live.db');
    const file = `${database}-wal`;
    writeFileSync(file, '');
    const writeAhead = new WriteAhead(database);
    grownBy(file, 2 * MIB);
    writeAhead.hasGrown();
    expect(openFiles()).toContain(file);
    writeAhead.close();
    await eventually('the file is closed', async () => (openFiles().includes(file) ? undefined : true));
  },
);

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
}
