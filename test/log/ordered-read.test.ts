import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection, NoAnswer } from '../../src/log/connection.ts';
import type { StoredRecord } from '../../src/log/log.ts';
import { OrderedRead } from '../../src/log/ordered-read.ts';
import { positions, positionsFrom } from '../support/entries.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, PATIENT, startNatsServer } from '../support/nats-server.ts';

const ROUND = 1_000;

/** On a stream that, unlike the log's, lets records be deleted (what a damaged store looks like) and syncs none of thousands. */
describe('an ordered reading', () => {
  let server: NatsServer;
  let connection: Connection;
  let client: NatsConnection;

  beforeEach(async () => {
    server = await startNatsServer();
    connection = await Connection.open({ servers: server.url, name: 'test', requestMsMax: PATIENT.timeout });
    client = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(client);
    await streams.add({ name: 'LEDGER', subjects: ['evt.>'], storage: 'memory' });
    await publish(10);
  });

  afterEach(async () => {
    await connection.close();
    await client.close();
    await server.remove();
  });

  async function publish(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await client.request('evt.a.b.c', 'x', PATIENT);
  }

  /** In rounds: of what comes much faster than it is stored the server loses some. */
  async function publishMany(rounds: number, payload: Uint8Array | string): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (let index = 1; index < ROUND; index += 1) client.publish('evt.a.b.c', payload);
      await client.request('evt.a.b.c', payload, PATIENT);
    }
  }

  async function take(reading: OrderedRead, into: StoredRecord[]): Promise<void> {
    for await (const chunk of reading.chunks()) into.push(...chunk);
  }

  test.for([
    [1, 1, 2],
    [4, 4, 5],
  ])('stops before record %i when it is missing', async ([missing = 0, position, found]) => {
    const { streams } = await jetstreamManager(client);
    await streams.deleteMessage('LEDGER', missing);
    const seen: StoredRecord[] = [];
    const reading = take(new OrderedRead({ connection, after: 0 }), seen);
    await expect(reading).rejects.toMatchObject({ code: 'recordInvalid', details: { position, found } });
    expect(positions(seen)).toEqual(positionsFrom(1, missing - 1));
  });

  test('goes on where it was when the server drops its consumer', async () => {
    const seen: StoredRecord[] = [];
    const reading = new OrderedRead({ connection, after: 0 });
    const ended = take(reading, seen);
    await eventually('history is read', () => seen[9]);
    const { consumers } = await jetstreamManager(client);
    for await (const { name } of consumers.list('LEDGER')) await consumers.delete('LEDGER', name);
    await publish(5);
    await eventually('the rest is read', () => seen[14]);
    reading.close();
    await ended;
    expect(positions(seen)).toEqual(positionsFrom(1, 15));
  });

  test('of a range goes on, too, when the server drops its consumer', async () => {
    await publishMany(9, 'x');
    const { consumers } = await jetstreamManager(client);
    const chunks = new OrderedRead({ connection, after: 0, upTo: 9_010 }).chunks();
    const seen = [...((await chunks.next()).value ?? [])];
    for await (const { name } of consumers.list('LEDGER')) await consumers.delete('LEDGER', name);
    for await (const chunk of chunks) seen.push(...chunk);
    expect(positions(seen)).toEqual(positionsFrom(1, 9_010));
  });

  test.each([
    ['goes on when the server is silent for a while', 3],
    ['is given up when the server stays silent', 4],
  ])('of a range %s', async (_, silent) => {
    const request = connection.request.bind(connection);
    let asked = 0;
    vi.spyOn(connection, 'request').mockImplementation((subject, ...rest) => {
      asked += Number(subject.includes('CONSUMER.CREATE'));
      const isSilent = subject.includes('CONSUMER.CREATE') && asked <= silent;
      return isSilent ? Promise.reject(new NoAnswer('no answer in time')) : request(subject, ...rest);
    });
    const seen: StoredRecord[] = [];
    const reading = take(new OrderedRead({ connection, after: 0, upTo: 10 }), seen);
    if (silent === 3) await reading;
    else await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
    expect([asked, seen.length]).toEqual(silent === 3 ? [4, 10] : [4, 0]);
  });

  test('of more than goes into a pull’s bytes takes one consumer: it knows of each pull what is to come still', async () => {
    await publishMany(20, Buffer.alloc(2_600));
    const request = vi.spyOn(connection, 'request');
    const seen: StoredRecord[] = [];
    await take(new OrderedRead({ connection, after: 0, upTo: 20_010 }), seen);
    expect(positions(seen)).toEqual(positionsFrom(1, 20_010));
    expect(request.mock.calls.filter(([subject]) => subject.includes('CONSUMER.CREATE'))).toHaveLength(1);
  });

  test('of many at once asks for no more than the server may hold back for a connection', async () => {
    const payload = Buffer.alloc(64 * 1024);
    for (let index = 0; index < 60; index += 1) await client.request('evt.a.b.c', payload, PATIENT);
    const statuses: string[] = [];
    connection.onStatus((status) => statuses.push(status));
    const readings = Array.from({ length: 32 }, async () => {
      const seen: StoredRecord[] = [];
      await take(new OrderedRead({ connection, after: 0, upTo: 70 }), seen);
      return seen.length;
    });
    expect(new Set(await Promise.all(readings))).toEqual(new Set([70]));
    expect(statuses).toEqual([]);
  });

  test('leaves no consumer behind', async () => {
    await take(new OrderedRead({ connection, after: 0, upTo: 10 }), []);
    const { streams } = await jetstreamManager(client);
    const none = async () => ((await streams.info('LEDGER')).state.consumer_count === 0 ? true : undefined);
    // Long before the server would forget one by itself.
    await eventually('there is none', none, 10_000);
  });

  test('asks for no more than its range', async () => {
    const { consumers } = await jetstreamManager(client);
    const chunks = new OrderedRead({ connection, after: 2, upTo: 5 }).chunks();
    const first = await chunks.next();
    expect(positions(first.value ?? [])).toEqual([3, 4, 5]);
    const delivered: number[] = [];
    for await (const { delivered: place } of consumers.list('LEDGER')) delivered.push(place.stream_seq);
    expect(delivered).toEqual([5]);
    expect((await chunks.next()).done).toBe(true);
  });
});
