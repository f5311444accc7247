import { Kvm } from '@nats-io/kv';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lease, type LeaseOptions, takeLease } from '../../src/log/lease.ts';
import { queueForLease } from '../../src/log/lease-queue.ts';
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

async function take(holder: string, more: Partial<LeaseOptions> = {}, how = takeLease): Promise<Lease> {
  const lease = await how({
    servers: server.url,
    holder,
    name: holder,
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

describe('whoever stands by for it', () => {
  const queue = (holder: string, more: Partial<LeaseOptions> = {}) => take(holder, more, queueForLease);

  test('has it at once where nobody has it', async () => {
    const lease = await queue('first');
    await lease.held;
    expect({ holder: lease.holder, lapsed: lease.lapsed }).toEqual({ holder: undefined, lapsed: undefined });
    await expect(take('second')).rejects.toMatchObject({ details: { holder: 'first' } });
  });

  test('is told who has it, and has it when that one gives it up; of two, one has it', async () => {
    const first = await take('first');
    const waiting = [await queue('second'), await queue('third')];
    expect(waiting.map(({ holder }) => holder)).toEqual(['first', 'first']);
    expect(waiting[0]?.lapsed).toMatchObject({ code: 'unavailable', message: expect.stringContaining('stands by') });
    held.splice(held.indexOf(first), 1);
    await first.release();
    const next = await Promise.race(waiting.map(async (lease) => lease.held.then(() => lease)));
    const [other] = waiting.filter((lease) => lease !== next);
    expect(next.lapsed).toBeUndefined();
    const name = await holder();
    await eventually('the other knows', () => (other?.holder === name ? true : undefined));
    expect(other?.lapsed).toBeDefined();
  });

  test('has it also when he was cut off meanwhile', async () => {
    const proxy = await startTcpProxy(server.url);
    const first = await take('first');
    const lease = await queue('second', { servers: proxy.url });
    proxy.cut();
    held.splice(0);
    await first.release();
    await lease.held;
    expect(await holder()).toBe('second');
    await lease.release();
    await proxy.close();
  });

  test('gives up waiting, and never has it', async () => {
    const first = await take('first');
    const lease = await queue('second');
    held.splice(0);
    await lease.release();
    await first.release();
    expect(await holder()).toBeUndefined();
  });

  test('goes by the lifetime that all who share it have, whatever he was told', async () => {
    await take('first', { ttlMs: 1_000 });
    const lease = await queue('second', { ttlMs: 60_000 });
    const [first] = held.splice(0, 1);
    await first?.release();
    await lease.held;
    await eventually('it is renewed', async () => ((await revision()) > 3 ? true : undefined));
  });
});

/** Whom the server knows; undefined for nobody. */
async function holder(): Promise<string | undefined> {
  const { operation, name } = await entry();
  return operation === 'PUT' ? name : undefined;
}

async function revision(): Promise<number> {
  return (await entry()).revision;
}

async function entry(): Promise<{ readonly operation?: string; readonly name: string; readonly revision: number }> {
  const nats = await connect({ servers: server.url });
  try {
    const found = await (await new Kvm(nats).open('ledgerline_writer')).get('writer');
    if (found === null) return { name: '', revision: 0 };
    return { operation: found.operation, name: found.string().split(' ')[0] ?? '', revision: found.revision };
  } finally {
    await nats.close();
  }
}
