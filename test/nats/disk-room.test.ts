import { expect, test } from 'vitest';
import type { LedgerlineError } from '../../src/errors.ts';
import { DiskRoom } from '../../src/nats/disk-room.ts';

const MIB = 1024 * 1024;

function given(sizeMib: number) {
  const disk = { free: sizeMib };
  const told: (string | undefined)[] = [];
  const room = new DiskRoom({
    folders: ['/data/nats', '/data/projections'],
    diskOf: async (folder) =>
      folder === '/data/nats'
        ? { bsize: MIB, blocks: sizeMib, bavail: disk.free }
        : Promise.reject(new Error('it is not there yet')),
    onChange: (problem: LedgerlineError | undefined) => void told.push(problem?.message),
  });
  const with_ = async (free: number) => {
    disk.free = free;
    await room.look();
    return room.problem?.code;
  };
  return { room, told, with: with_ };
}

test('a disk with room is none to speak of', async () => {
  const { told, with: free } = given(100_000);
  expect(await free(70)).toBeUndefined();
  expect(told).toEqual([]);
});

test('a disk is full a little before it is, and has room again a little later', async () => {
  const { told, with: free } = given(100_000);
  expect(await free(63)).toBe('unavailable');
  expect(await free(70)).toBe('unavailable');
  expect(await free(81)).toBeUndefined();
  expect(told).toEqual(['the disk of /data/nats is full: 63.0 MB are free, 64.0 MB are needed', undefined]);
});

test('of a small disk less must be free', async () => {
  const { with: free } = given(24);
  expect([await free(5), await free(3)]).toEqual([undefined, 'unavailable']);
});

test('a file system that says nothing of its size is not taken for a full one', async () => {
  expect(await given(0).with(0)).toBeUndefined();
});

test('whoever watches is told of room after each look, and that it was short before', async () => {
  const { room, with: free } = given(100_000);
  await free(1);
  const seen = Promise.withResolvers<boolean>();
  const stop = room.watch(async (again) => seen.resolve(again));
  await free(1000);
  await free(1);
  await free(1000);
  expect(await seen.promise).toBe(false);
  await stop();
});
