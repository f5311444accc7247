import { Kvm } from '@nats-io/kv';
import { connect } from 'nats';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lease, type LeaseOptions, takeLease } from '../../src/log/lease.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

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

test('a holder who died is succeeded when his lease has expired, by whoever waits for it', async () => {
  const proxy = await startTcpProxy(server.url);
  await take('first', { servers: proxy.url, ttlMs: 1_000 });
  proxy.lose('requests');
  const waited: string[] = [];
  await take('second', { ttlMs: 1_000, onWait: (other) => void waited.push(other) });
  expect(await holder()).toBe('second');
  expect(waited).toEqual(['first']);
  await proxy.close();
});

test('a holder who lives has it, as soon as he has renewed it', async () => {
  const waited: string[] = [];
  await take('first', { ttlMs: 2_000 });
  const second = take('second', { ttlMs: 2_000, onWait: (other) => void waited.push(other) });
  await expect(second).rejects.toMatchObject({ code: 'alreadyRunning', details: { holder: 'first' } });
  expect(waited).toEqual(['first']);
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

test('a holder that cannot renew may not write from before anybody else can have it until it has it again', async () => {
  let now = 0;
  const said: unknown[] = [];
  const onLapse = (lapsed: unknown) => said.push(lapsed);
  const lease = await take('first', { ttlMs: 1_000, monotonicMs: () => now, onLapse });
  expect(lease.lapsed).toBeUndefined();
  await server.stop();
  now = 760;
  expect(lease.lapsed).toMatchObject({ code: 'unavailable', message: expect.stringContaining('in time') });
  await eventually('it says so', () => (said.length > 0 ? true : undefined));
  await server.restart();
  await eventually('it has it again', () => (lease.lapsed === undefined ? true : undefined));
  await eventually('it says so', () => (said.length > 1 ? true : undefined));
  expect(said).toEqual([expect.objectContaining({ code: 'unavailable' }), undefined]);
  await expect(take('second')).rejects.toMatchObject({ code: 'alreadyRunning', details: { holder: 'first' } });
});

test('a holder whose lease has expired takes it again, if nobody had it meanwhile', async () => {
  const proxy = await startTcpProxy(server.url);
  const lease = await take('first', { servers: proxy.url, ttlMs: 1_000 });
  proxy.lose('requests');
  await eventually('it has expired', async () => ((await holder()) === undefined ? true : undefined));
  expect(lease.lapsed).toBeDefined();
  proxy.cut();
  await eventually('it has it again', () => (lease.lapsed === undefined ? true : undefined));
  expect(await holder()).toBe('first');
  await proxy.close();
});

test('a holder that comes back after another had it has lost it for good', async () => {
  const proxy = await startTcpProxy(server.url);
  const lease = await take('first', { servers: proxy.url, ttlMs: 1_000 });
  proxy.lose('requests');
  const second = await eventually('another has it', () => take('second', { ttlMs: 1_000 }));
  held.splice(held.indexOf(second), 1);
  await second.release();
  proxy.cut();
  expect(await lease.lost).toMatchObject({ code: 'alreadyRunning', message: expect.stringContaining('lost') });
  expect(lease.lapsed).toBeDefined();
  await proxy.close();
});

/** Whom the server knows; undefined for nobody. */
async function holder(): Promise<string | undefined> {
  const nats = await connect({ servers: server.url });
  try {
    const entry = await (await new Kvm(nats).open('ledgerline_writer')).get('writer');
    return entry?.string();
  } finally {
    await nats.close();
  }
}
