import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { orNoRoom } from '../../src/projector/no-room.ts';
import { temporaryFolder } from '../support/projector-world.ts';

const MIB = 1024 * 1024;
const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
const ended = new LedgerlineError('unavailable', 'there is no room on the disk to project', {}, full);

function given(fromNothing: boolean) {
  const folder = temporaryFolder();
  const file = join(folder, 'live.db');
  for (const suffix of ['', '-wal', '-shm']) writeFileSync(file + suffix, '');
  return { folder, file, caughtUp: { file, fromNothing, done: 50, total: 200, bytes: 100 * MIB } };
}

test('a full disk is told with its folder, and what is needed for all of the records by what some took', async () => {
  const { folder, file, caughtUp } = given(true);
  const told = await orNoRoom(ended, caughtUp);
  expect(told).toMatchObject({ code: 'unavailable', cause: ended, details: { folder } });
  expect(String(told)).toMatch(/ MB are free, about 496\.0 MB are needed to project 200 records$/);
  expect(existsSync(file) || existsSync(`${file}-wal`)).toBe(false);
});

test('what was begun by an earlier start stays, to be carried on', async () => {
  const { file, caughtUp } = given(false);
  expect(await orNoRoom(full, caughtUp)).toMatchObject({ code: 'unavailable' });
  expect(existsSync(file)).toBe(true);
});

test('anything else that went wrong is told as it is', async () => {
  const { file, caughtUp } = given(true);
  const other = new LedgerlineError('logBehind', 'the log is another');
  expect(await orNoRoom(other, caughtUp)).toBe(other);
  expect(existsSync(file)).toBe(true);
});
