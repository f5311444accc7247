import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lease, type LeaseOptions, takeLease } from '../../src/log/lease.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';

let server: NatsServer;
const held: Lease[] = [];

beforeEach(async () => {
  server = await startNatsServer();
});

afterEach(async () => {
  await Promise.all(held.splice(0).map((lease) => lease.release()));
  await server.remove();
});

async function take(holder: string, more: Partial<LeaseOptions> = {}): Promise<Lease> {
  const lease = await takeLease({
    servers: server.url,
    holder,
    ttlMs: 60_000,
    monotonicMs: () => performance.now(),
    ...more,
  });
  held.push(lease);
  return lease;
}

test('one process at a time holds the lease, and the other is told who', async () => {
  await take('first');
  await expect(take('second')).rejects.toMatchObject({ code: 'alreadyRunning', details: { holder: 'first' } });
});

test('of several that ask at once one gets it, and the others are told who', async () => {
  const asked = ['a', 'b', 'c'].map(async (holder) => {
    await take(holder);
    return holder;
  });
  const settled = await Promise.allSettled(asked);
  const [winner, ...more] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(more).toEqual([]);
  const told = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const loses = expect.objectContaining({ code: 'alreadyRunning', details: { holder: winner } });
  expect(told).toEqual([loses, loses]);
});

test('a released lease is free at once', async () => {
  const first = await take('first');
  held.splice(0);
  await first.release();
  await take('second');
});

test('the folder that held it takes it back at once, and whoever had it before learns that it is lost or keeps it no longer than its lifetime', async () => {
  const before = await take('folder', { monotonicMs: () => 0 });
  await take('folder');
  await expect(take('other')).rejects.toMatchObject({ code: 'alreadyRunning' });
  held.splice(held.indexOf(before), 1);
  await before.release();
  await expect(take('other')).rejects.toMatchObject({ code: 'alreadyRunning' });
});

test('a holder that cannot renew gives up before anybody else can have it', async () => {
  let now = 0;
  const lease = await take('first', { ttlMs: 1_000, monotonicMs: () => now });
  await server.stop();
  now = 760;
  expect(await lease.lost).toMatchObject({
    code: 'alreadyRunning',
    message: expect.stringContaining('renewed in time'),
  });
  await server.restart();
});
