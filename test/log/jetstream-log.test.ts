import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkMark, markOf } from '../../src/log/high-water.ts';
import { type JetStreamLogOptions, openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Entry, Log, StoredRecord } from '../../src/log/log.ts';
import { logContract } from '../contracts/log.contract.ts';
import {
  all,
  entriesOnNewSubjects,
  entry,
  fill,
  mustAppend,
  positions,
  positionsFrom,
  text,
} from '../support/entries.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, PATIENT, startNatsServer } from '../support/nats-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SUBJECT = 'evt.acme.call.c1';

let minted = 0;
const mintId = () => `id${++minted}`;

let server: NatsServer;
const closers: (() => Promise<void>)[] = [];

async function openLog(options: Partial<JetStreamLogOptions> = {}): Promise<Log> {
  const log = await openJetStreamLog({ servers: server.url, mintId, requestMsMax: PATIENT.timeout, ...options });
  closers.push(() => log.close());
  return log;
}

async function openClient(): Promise<NatsConnection> {
  const client = await connect({ servers: server.url });
  closers.push(() => client.close());
  return client;
}

async function openProxy(): Promise<TcpProxy> {
  const proxy = await startTcpProxy(server.url);
  closers.push(() => proxy.close());
  return proxy;
}

async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
  await server.remove();
}

function isUp(log: Log): Promise<true> {
  return eventually('the log is up', () => (log.status === 'up' ? true : undefined));
}

/** Everybody may read the log; beside its account there is another. */
function accountsFor(name: string): string {
  const users = [{ user: 'anybody', password: 'none' }];
  const others = [{ user: name, password: 'none' }];
  const accounts = { LEDGER: { jetstream: 'enabled', users }, [name]: { users: others } };
  return `accounts: ${JSON.stringify(accounts)}\nno_auth_user: anybody`;
}

/** Appends until it is committed, as group commit does: read back what is in doubt, repeat what is absent. */
async function appendThrough(log: Log, entries: readonly Entry[]): Promise<number> {
  return eventually('the batch is committed', async () => {
    const outcome = await log.append(entries);
    const known = outcome.kind === 'committed' ? outcome : await log.outcomeOf(entries);
    return known.kind === 'committed' ? known.first : undefined;
  });
}

describe('the JetStream log', () => {
  logContract(async () => {
    server = await startNatsServer();
    return { log: await openLog(), another: openLog, end: closeAll };
  });
});

describe('around the JetStream log', () => {
  beforeEach(async () => {
    server = await startNatsServer();
  });
  afterEach(closeAll);

  test('two clients that open a new log at once agree on its id, and so does one that opens it later', async () => {
    const [first, second] = await Promise.all([openLog(), openLog()]);
    expect(second.id).toBe(first.id);
    expect((await openLog()).id).toBe(first.id);
  });

  test('public records are republished live, private ones are not', async () => {
    const log = await openLog();
    const client = await openClient();
    const live: (readonly [string, string | undefined, string])[] = [];
    client.subscribe('live.>', {
      callback: (_, message) =>
        void live.push([message.subject, message.headers?.get('Nats-Sequence'), message.string()]),
    });
    await client.flush();
    await mustAppend(log, [entry('sec.acme.credential.x', 'secret', 0), entry(SUBJECT, 'public', 0)]);
    await mustAppend(log, [entry(SUBJECT, 'public too', 2)]);
    await eventually('both arrive', () => live[1]);
    expect(live).toEqual([
      [`live.${SUBJECT}`, '2', 'public'],
      [`live.${SUBJECT}`, '3', 'public too'],
    ]);
  });

  test('what another client writes into the log is a record like any other, whatever its headers claim', async () => {
    const log = await openLog();
    const client = await openClient();
    const claims = headers();
    for (const [name, value] of [
      ['Nats-Sequence', '77'],
      ['Nats-Subject', 'evt.a.b.c'],
      ['Status', '503'],
    ] as const) {
      claims.append(name, value);
    }
    const junk = Uint8Array.from([0xff, 0x00, 0x0d, 0x0a]);
    await client.request('evt.x.y.z', junk, { headers: claims, ...PATIENT });
    const readings = [
      await log.at(1),
      await log.last('evt.x.y.z'),
      ...(await all(log.read({ after: 0, upTo: 1 }))),
      ...(await all(log.history('evt.x.y.z', 0))),
    ];
    expect(readings).toHaveLength(4);
    for (const reading of readings) {
      expect(reading).toMatchObject({ position: 1, subject: 'evt.x.y.z' });
      expect(Buffer.from(reading?.payload ?? [])).toEqual(Buffer.from(junk));
    }
    expect(await log.append([entry('evt.x.y.z', 'ours', 0)])).toEqual({ kind: 'conflict' });
  });

  test('is read while the server reads its configuration again', async () => {
    await server.remove();
    server = await startNatsServer(accountsFor('another'));
    const log = await openLog();
    await mustAppend(log, [entry(SUBJECT, 'first', 0)]);
    const reading = new AbortController();
    const readers = Array.from({ length: 20 }, async () => {
      while (!reading.signal.aborted) expect((await all(log.history(SUBJECT, 0))).map(text)).toEqual(['first']);
    });
    for (let n = 0; n < 10; n++) await server.configure(accountsFor(`another${n}`));
    reading.abort();
    await Promise.all(readers);
  });

  test('records too large for the server are refused before anything is sent', async () => {
    const log = await openLog();
    const batch = [...entriesOnNewSubjects('fits', 2), entry(SUBJECT, new Uint8Array(1024 * 1024), 0)];
    await expect(log.append(batch)).rejects.toMatchObject({
      code: 'serverUnfit',
      details: { index: 2, bytes: 1024 * 1024 },
    });
    expect(await log.append(entriesOnNewSubjects('fits', 2))).toEqual({ kind: 'committed', first: 1 });
  });

  test('records near the largest size are followed and read in order', async () => {
    const log = await openLog();
    const bytes = 900_000;
    for (let index = 0; index < 20; index += 1) await fill(log, `large${index}-`, 1, bytes);
    await fill(log, 'small', 10);
    const records = await all(log.read({ after: 0, upTo: 30 }));
    expect(positions(records)).toEqual(positionsFrom(1, 30));
    expect(records[19]?.payload.byteLength).toBe(bytes);
  });

  test('a follower that takes no more is at most two pulls of 4000 ahead', async () => {
    const log = await openLog();
    await fill(log, 'r', 20_000);
    const gate = Promise.withResolvers<void>();
    const following = log.follow({ after: 0, deliver: () => gate.promise });
    const { consumers } = await jetstreamManager(await openClient());
    await eventually('what was asked for is sent, and nothing more is asked for', async () => {
      const [consumer] = await consumers.list('LEDGER').next();
      return consumer?.delivered.stream_seq === 8_000 && consumer.num_waiting === 0 ? true : undefined;
    });
    following.stop();
    gate.resolve();
    await following.ended;
  });

  describe('when the server is killed', () => {
    test('the log is down at once, refuses appends, and comes up by itself', async () => {
      const log = await openLog();
      const told: string[] = [];
      log.onStatus((status) => told.push(status));
      await mustAppend(log, [entry(SUBJECT, 'one', 0)]);
      await server.kill9();
      await eventually('the log is down', () => (log.status === 'down' ? true : undefined));
      await expect(log.append([entry(SUBJECT, 'two', 1)])).rejects.toMatchObject({ code: 'unavailable' });
      await expect(log.head()).rejects.toMatchObject({ code: 'unavailable' });
      await expect(all(log.history(SUBJECT, 0))).rejects.toMatchObject({ code: 'unavailable' });
      await expect(all(log.read({ after: 0, upTo: 1 }))).rejects.toMatchObject({ code: 'unavailable' });
      await server.restart();
      await isUp(log);
      expect(await log.append([entry(SUBJECT, 'two', 1)])).toEqual({ kind: 'committed', first: 2 });
      expect(told).toEqual(['down', 'up']);
    });

    test('whoever waits for an answer is told at once, not when his time is over', async () => {
      const log = await openLog({ requestMsMax: 600_000 });
      server.pause();
      const appending = log.append([entry(SUBJECT, 'one', 0)]);
      const reading = expect(log.head()).rejects.toMatchObject({ code: 'unavailable' });
      await server.kill9();
      expect(await appending).toMatchObject({ kind: 'unknown' });
      await reading;
    });

    test('again and again under load, a follower gets every acknowledged record once and in order', async () => {
      const log = await openLog();
      const seen: StoredRecord[] = [];
      const following = log.follow({ after: 0, deliver: (records) => void seen.push(...records) });
      const acknowledged = new Map<number, string>();
      let stop = false;
      const writer = (async () => {
        for (let batch = 0; !stop; batch += 1) {
          const entries = entriesOnNewSubjects(`b${batch}-`, 10);
          const first = await appendThrough(log, entries);
          for (const [index, { subject }] of entries.entries()) acknowledged.set(first + index, subject);
        }
      })();
      for (let round = 1; round <= 3; round += 1) {
        const before = acknowledged.size;
        await eventually('the writer goes on', () => (acknowledged.size > before + 100 ? true : undefined));
        await server.kill9();
        await server.restart();
      }
      stop = true;
      await writer;
      const head = await log.head();
      await eventually('the follower is at the head', () => (seen.at(-1)?.position === head ? true : undefined));
      following.stop();
      await following.ended;
      expect(positions(seen)).toEqual(positionsFrom(1, head));
      expect(new Map(seen.map(({ position, subject }) => [position, subject]))).toEqual(acknowledged);
    });
  });

  describe('when an acknowledgement is lost', () => {
    const batch = [entry(SUBJECT, 'ours', 0), entry('evt.acme.agent.a1', 'ours', 0)];

    test.for([batch, batch.slice(0, 1)])(
      'with the connection, the outcome is unknown, and found by reading back',
      async (entries) => {
        const proxy = await openProxy();
        const [log, witness] = [await openLog({ servers: proxy.url }), await openLog()];
        proxy.lose('replies');
        const appending = log.append(entries);
        await eventually('the server has it', async () =>
          (await witness.head()) === entries.length ? true : undefined,
        );
        proxy.cut();
        expect(await appending).toMatchObject({ kind: 'unknown' });
        await isUp(log);
        expect(await log.outcomeOf(entries)).toEqual({ kind: 'committed', first: 1 });
      },
    );

    test('with its request, the batch is absent and may be sent again', async () => {
      const proxy = await openProxy();
      const log = await openLog({ servers: proxy.url });
      proxy.lose('requests');
      const appending = log.append(batch);
      await proxy.hasLost('Nats-Batch-Commit');
      proxy.cut();
      expect(await appending).toMatchObject({ kind: 'unknown' });
      await isUp(log);
      expect(await log.outcomeOf(batch)).toEqual({ kind: 'absent' });
      expect(await log.append(batch)).toEqual({ kind: 'committed', first: 1 });
    });

    test('to another writer, the batch is lost', async () => {
      const proxy = await openProxy();
      const [log, other] = [await openLog({ servers: proxy.url }), await openLog()];
      proxy.lose('requests');
      const appending = log.append(batch);
      await proxy.hasLost('Nats-Batch-Commit');
      await mustAppend(other, [entry(SUBJECT, 'theirs', 0)]);
      proxy.cut();
      expect(await appending).toMatchObject({ kind: 'unknown' });
      await isUp(log);
      expect(await log.outcomeOf(batch)).toEqual({ kind: 'lost' });
    });

    test('because the server stands still, the batch may still arrive when it goes on', async () => {
      const [log, patient] = [await openLog({ requestMsMax: 500 }), await openLog()];
      server.pause();
      expect(await log.append(batch)).toMatchObject({ kind: 'unknown' });
      await expect(log.outcomeOf(batch)).rejects.toMatchObject({ code: 'unavailable' });
      server.resume();
      const outcome = await eventually('the batch has arrived', async () => {
        const { kind } = await patient.outcomeOf(batch);
        return kind === 'absent' ? undefined : kind;
      });
      expect(outcome).toBe('committed');
      expect(await patient.append(batch)).toEqual({ kind: 'conflict' });
      expect(await patient.head()).toBe(2);
    });
  });

  describe('when the store is restored from an older copy', () => {
    async function restoreOlderCopy(log: Log, beforeLoss?: () => Promise<unknown>): Promise<void> {
      await fill(log, 'kept', 5);
      await server.stop();
      const putBack = await server.backUp();
      await server.restart();
      await isUp(log);
      await fill(log, 'gone', 3);
      await beforeLoss?.();
      await server.stop();
      await putBack();
      await server.restart();
      await isUp(log);
    }

    test('the high-water mark shows it, also after the lost positions are written anew', async () => {
      const log = await openLog();
      await restoreOlderCopy(log);
      const mark = markOf(log, { position: 8, payload: Buffer.from('evt.t.n.gone2') });
      await expect(checkMark(log, mark)).rejects.toMatchObject({
        code: 'logBehind',
        details: { position: 8, expected: 8, found: 5 },
      });
      await fill(log, 'new', 3);
      await expect(checkMark(log, mark)).rejects.toMatchObject({
        code: 'logBehind',
        details: { position: 8, expected: mark.hash },
      });
      const kept = await log.at(5);
      expect(text(kept)).toBe('evt.t.n.kept4');
      if (kept !== undefined) await checkMark(log, markOf(log, kept));
    });

    test('a follower that has read beyond it ends', async () => {
      const log = await openLog();
      const seen: StoredRecord[] = [];
      const following = log.follow({ after: 0, deliver: (records) => void seen.push(...records) });
      const ended = expect(following.ended).rejects.toMatchObject({
        code: 'logBehind',
        details: { position: 8, head: 5 },
      });
      await restoreOlderCopy(log, () => eventually('all is read', () => seen[7]));
      await ended;
      expect(positions(seen)).toEqual(positionsFrom(1, 8));
    });
  });
});
