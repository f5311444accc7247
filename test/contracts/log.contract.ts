/**
 * What every log promises, whatever it stands on. Run by test/log/memory-log.test.ts and test/log/jetstream-log.test.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log, LogFollowing, StoredRecord } from '../../src/log/log.ts';
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

export interface LogWorld {
  /** Empty. */
  readonly log: Log;
  /** Another client of the same log. */
  another(): Promise<Log>;
  end(): Promise<void>;
}

const CALL = 'evt.acme.call.c1';
const AGENT = 'evt.acme.agent.a1';
const SECRET = 'sec.acme.credential.x';

export function logContract(given: () => Promise<LogWorld>): void {
  let world: LogWorld;
  let log: Log;
  const followings: LogFollowing[] = [];

  beforeEach(async () => {
    world = await given();
    log = world.log;
  });

  afterEach(async () => {
    for (const following of followings.splice(0)) following.stop();
    await world.end();
  });

  /** Follows into an array. */
  function follow(after: number, from = log): { seen: StoredRecord[]; following: LogFollowing } {
    const seen: StoredRecord[] = [];
    const following = from.follow({ after, deliver: (records) => void seen.push(...records) });
    followings.push(following);
    return { seen, following };
  }

  function sawUpTo(seen: readonly StoredRecord[], position: number): Promise<true> {
    return eventually(`position ${position} is delivered`, () =>
      seen.at(-1)?.position === position ? true : undefined,
    );
  }

  describe('append', () => {
    test('an empty log has head 0 and an id', async () => {
      expect(await log.head()).toBe(0);
      expect(log.id).not.toBe('');
      expect(log.status).toBe('up');
    });

    test('a lone entry is stored at the next position, as it is', async () => {
      expect(await log.append([entry(CALL, 'one', 0)])).toEqual({ kind: 'committed', first: 1 });
      expect(await log.append([entry(CALL, 'two', 1)])).toEqual({ kind: 'committed', first: 2 });
      expect(await log.head()).toBe(2);
      expect(await log.at(2)).toMatchObject({ position: 2, subject: CALL });
      expect(text(await log.at(2))).toBe('two');
    });

    test('several entries of several subjects take consecutive positions in their order', async () => {
      await mustAppend(log, [entry(AGENT, 'before', 0)]);
      const outcome = await log.append([
        entry(CALL, 'c1', 0),
        entry(AGENT, 'a2', 1),
        entry(CALL, 'c2'),
        entry(SECRET, 's1', 0),
        entry(CALL, 'c3'),
      ]);
      expect(outcome).toEqual({ kind: 'committed', first: 2 });
      const records = await all(log.read({ after: 0, upTo: 6 }));
      expect(records.map(text)).toEqual(['before', 'c1', 'a2', 'c2', 's1', 'c3']);
      expect(positions(records)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    test('a stale or a premature expectation is a conflict and stores nothing', async () => {
      await mustAppend(log, [entry(CALL, 'one', 0)]);
      for (const expected of [0, 2, 99]) {
        expect(await log.append([entry(CALL, 'x', expected)])).toEqual({ kind: 'conflict' });
      }
      expect(await log.append([entry(AGENT, 'x', 1)])).toEqual({ kind: 'conflict' });
      expect(await log.head()).toBe(1);
    });

    test.for([0, 1, 2])('one conflict in a batch, at place %i, stores none of it', async (place) => {
      await mustAppend(log, [entry(CALL, 'one', 0)]);
      const batch = entriesOnNewSubjects('b', 2);
      batch.splice(place, 0, entry(CALL, 'stale', 0));
      expect(await log.append(batch)).toEqual({ kind: 'conflict' });
      expect(await log.head()).toBe(1);
      expect(await log.last('evt.t.n.b0')).toBeUndefined();
    });

    test('a batch of 1000 entries is stored as a whole', async () => {
      expect(await log.append(entriesOnNewSubjects('big', 1000, 300))).toEqual({ kind: 'committed', first: 1 });
      expect(await log.head()).toBe(1000);
      expect(text(await log.last('evt.t.n.big999'))?.trimEnd()).toBe('evt.t.n.big999');
    });

    test('a subject 1000 times in one batch needs one expectation', async () => {
      const batch = Array.from({ length: 1000 }, (_, index) => entry(CALL, String(index), index === 0 ? 0 : undefined));
      expect(await log.append(batch)).toEqual({ kind: 'committed', first: 1 });
      expect(await log.append([entry(CALL, 'next', 1000)])).toEqual({ kind: 'committed', first: 1001 });
    });

    test('payloads are bytes: any of them come back unchanged', async () => {
      const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const tricky = Buffer.from('\r\nPUB evt.x 1\r\nNATS/1.0\r\n\r\n');
      await mustAppend(log, [entry(CALL, every, 0), entry(AGENT, tricky, 0), entry(SECRET, '', 0)]);
      const stored = [
        await log.at(1),
        ...(await all(log.read({ after: 1, upTo: 3 }))),
        ...(await all(log.history(CALL, 0))),
      ].map((record) => Buffer.from(record?.payload ?? 'none'));
      expect(stored).toEqual([every, tricky, '', every].map((bytes) => Buffer.from(bytes)));
    });

    test('ids of any characters have subjects of their own', async () => {
      await mustAppend(log, [entry('evt.acme.queue.Support=20=2A', 'x', 0)]);
      expect(text(await log.last('evt.acme.queue.Support=20=2A'))).toBe('x');
      expect(await log.last('evt.acme.queue.Support=20')).toBeUndefined();
    });

    test('of two clients that append on the same expectation one wins', async () => {
      const other = await world.another();
      for (let expected = 0; expected < 20; ) {
        const outcomes = await Promise.all([
          log.append([entry(CALL, 'ours', expected), entry(CALL, 'ours too')]),
          other.append([entry(CALL, 'theirs', expected), entry(CALL, 'theirs too')]),
        ]);
        expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['committed', 'conflict']);
        expected += 2;
        expect(await log.head()).toBe(expected);
      }
    });

    test('entries for a certain end of the log are stored there or not at all', async () => {
      await mustAppend(log, [entry(CALL, 'c1', 0)]);
      const both = [entry(AGENT, 'a1', 0), entry(CALL, 'c2', 1)];
      for (const end of [0, 2]) {
        expect(await log.append(both, end)).toEqual({ kind: 'conflict' });
        expect(await log.append([entry(AGENT, 'a1', 0)], end)).toEqual({ kind: 'conflict' });
      }
      expect(await log.append([entry(AGENT, 'a1', 0)], 1)).toEqual({ kind: 'committed', first: 2 });
      expect(await log.append([entry(AGENT, 'a2', 2), entry(CALL, 'c2', 1)], 2)).toEqual({
        kind: 'committed',
        first: 3,
      });
      expect(await log.head()).toBe(4);
    });

    test('broken code is told so: no entries, too many, a missing or a second expectation, a wildcard', async () => {
      const broken = [
        [],
        entriesOnNewSubjects('many', 1001),
        [entry(CALL, 'x')],
        [entry(CALL, 'x', 0), entry(CALL, 'y', 0)],
        [entry('evt.acme.*.c1', 'x', 0)],
        [entry('other.acme.call.c1', 'x', 0)],
      ];
      for (const entries of broken) await expect(log.append(entries)).rejects.toThrow(/batch|expectation|subject/);
      expect(await log.head()).toBe(0);
    });
  });

  describe('reading back a batch', () => {
    const batch = [entry(AGENT, 'mine', 0), entry(CALL, 'mine', 0), entry(CALL, 'mine too')];

    test('it is absent while its subjects stand where it expects them', async () => {
      await mustAppend(log, [entry(SECRET, 'unrelated', 0)]);
      expect(await log.outcomeOf(batch)).toEqual({ kind: 'absent' });
    });

    test('it is committed, with its first position, also when its subjects have gone on', async () => {
      await mustAppend(log, [entry(SECRET, 'unrelated', 0)]);
      await mustAppend(log, batch);
      await mustAppend(log, [entry(CALL, 'later', 4), entry(AGENT, 'later', 2)]);
      expect(await log.outcomeOf(batch)).toEqual({ kind: 'committed', first: 2 });
    });

    test('it is there in part when only its first entries are, and sealed when another record stands behind them', async () => {
      await mustAppend(log, [entry(SECRET, 'unrelated', 0)]);
      await mustAppend(log, [entry(AGENT, 'mine', 0), entry(CALL, 'mine', 0)]);
      const partly = { kind: 'partly', first: 2, stored: 2 };
      expect(await log.outcomeOf(batch)).toEqual({ ...partly, sealed: false });
      await mustAppend(log, [entry(SECRET, 'seal', 1)]);
      expect(await log.outcomeOf(batch)).toEqual({ ...partly, sealed: true });
    });

    test('it is lost when another record stands where one of its own was due', async () => {
      await mustAppend(log, [entry(CALL, 'another', 0)]);
      expect(await log.outcomeOf(batch)).toEqual({ kind: 'lost' });
    });
  });

  describe('reads', () => {
    beforeEach(async () => {
      await mustAppend(log, [entry(CALL, 'c1', 0), entry(AGENT, 'a1', 0), entry(CALL, 'c2')]);
      await mustAppend(log, [entry(AGENT, 'a2', 2)]);
    });

    test('by subject: the newest, and the first after a position', async () => {
      expect(text(await log.last(CALL))).toBe('c2');
      expect(text(await log.next(CALL, 0))).toBe('c1');
      expect(text(await log.next(CALL, 1))).toBe('c2');
      expect(await log.next(CALL, 3)).toBeUndefined();
      expect(await log.next(CALL, 99)).toBeUndefined();
      expect(await log.last('evt.acme.call.unknown')).toBeUndefined();
    });

    test('by position', async () => {
      expect(await log.at(2)).toMatchObject({ position: 2, subject: AGENT });
      expect(await log.at(0)).toBeUndefined();
      expect(await log.at(5)).toBeUndefined();
    });

    test('by time: the first stored at or after it', async () => {
      const storedAt = (await log.at(4))?.storedAt ?? Number.NaN;
      expect((await log.since(0))?.position).toBe(1);
      expect((await log.since(storedAt))?.storedAt).toBe(storedAt);
      expect(await log.since(storedAt + 3_600_000)).toBeUndefined();
    });

    test('by range: from exclusive, to inclusive', async () => {
      expect((await all(log.read({ after: 1, upTo: 3 }))).map(text)).toEqual(['a1', 'c2']);
      expect(await all(log.read({ after: 3, upTo: 3 }))).toEqual([]);
    });

    test('a range beyond the head says that the log ends before', async () => {
      await expect(all(log.read({ after: 0, upTo: 5 }))).rejects.toMatchObject({ code: 'logBehind' });
    });

    test('every way to read a record tells the same of it', async () => {
      const [record] = await all(log.read({ after: 2, upTo: 3 }));
      const readings = [
        await log.at(3),
        await log.last(CALL),
        await log.next(CALL, 2),
        ...(await all(log.history(CALL, 2))),
      ];
      for (const reading of readings) {
        expect({ ...reading, payload: text(reading) }).toEqual({ ...record, payload: 'c2' });
      }
    });

    test('the history of a subject is all of its records after a position, in order', async () => {
      expect((await all(log.history(CALL, 0))).map(text)).toEqual(['c1', 'c2']);
      expect((await all(log.history(AGENT, 2))).map(text)).toEqual(['a2']);
      expect(await all(log.history(AGENT, 4))).toEqual([]);
      expect(await all(log.history('evt.acme.call.unknown', 0))).toEqual([]);
    });
  });

  describe('long reads', () => {
    test('a range of many records comes in order, in chunks', async () => {
      await fill(log, 'r', 9_500, 100);
      expect(positions(await all(log.read({ after: 10, upTo: 9_400 })))).toEqual(positionsFrom(11, 9_400));
    });

    test('a few of many records are the same as among the others', async () => {
      await fill(log, 'r', 300);
      const whole = await all(log.read({ after: 0, upTo: 300 }));
      for (const [after, upTo] of [
        [0, 100],
        [99, 200],
        [298, 300],
      ] as const)
        expect(await all(log.read({ after, upTo }))).toEqual(whole.slice(after, upTo));
    });

    test('a long history of one subject is complete', async () => {
      for (let expected = 0; expected < 5_000; expected += 1_000) {
        const batch = Array.from({ length: 1000 }, (_, index) => entry(CALL, '', index === 0 ? expected : undefined));
        await mustAppend(log, batch);
      }
      expect(positions(await all(log.history(CALL, 7)))).toEqual(positionsFrom(8, 5_000));
    });

    test('a reader may leave in the middle', async () => {
      await fill(log, 'r', 5_000);
      for await (const chunk of log.read({ after: 0, upTo: 5_000 })) {
        expect(chunk[0]?.position).toBe(1);
        break;
      }
      expect(await log.head()).toBe(5_000);
    });
  });

  describe('follow', () => {
    test('gives history first and then what is appended, without a gap', async () => {
      await fill(log, 'old', 3_000);
      const { seen } = follow(0);
      await fill(log, 'meanwhile', 3_000);
      await sawUpTo(seen, 6_000);
      await mustAppend(log, [entry(CALL, 'live', 0)]);
      await sawUpTo(seen, 6_001);
      expect(positions(seen)).toEqual(positionsFrom(1, 6_001));
      expect(text(seen.at(-1))).toBe('live');
    });

    test('begins after any position, also the head', async () => {
      await fill(log, 'old', 10);
      const middle = follow(4);
      const end = follow(10);
      await mustAppend(log, [entry(CALL, 'live', 0)]);
      await sawUpTo(middle.seen, 11);
      await sawUpTo(end.seen, 11);
      expect(positions(middle.seen)).toEqual(positionsFrom(5, 11));
      expect(positions(end.seen)).toEqual([11]);
    });

    test('sees what other clients append, public and private', async () => {
      const { seen } = follow(0);
      const other = await world.another();
      await mustAppend(other, [entry(SECRET, 's', 0), entry(CALL, 'c', 0)]);
      await sawUpTo(seen, 2);
      expect(seen.map(({ subject }) => subject)).toEqual([SECRET, CALL]);
    });

    test('delivers nothing while a delivery is pending, and then all the rest', async () => {
      await fill(log, 'old', 12_000, 200);
      const gate = Promise.withResolvers<void>();
      const chunks: number[][] = [];
      let delivering = 0;
      const following = log.follow({
        after: 0,
        deliver: async (records) => {
          delivering += 1;
          expect(delivering).toBe(1);
          chunks.push(positions(records));
          if (chunks.length === 1) await gate.promise;
          delivering -= 1;
        },
      });
      followings.push(following);
      await eventually('the first chunk is delivered', () => chunks[0]);
      const unhindered = follow(11_000);
      await mustAppend(log, [entry(CALL, 'meanwhile', 0)]);
      await sawUpTo(unhindered.seen, 12_001);
      expect(chunks).toHaveLength(1);
      gate.resolve();
      await eventually('the last is delivered', () => (chunks.at(-1)?.at(-1) === 12_001 ? true : undefined));
      expect(chunks.flat()).toEqual(positionsFrom(1, 12_001));
    });

    test('ends when stopped, and delivers nothing more', async () => {
      const { seen, following } = follow(0);
      await mustAppend(log, [entry(CALL, 'one', 0)]);
      await sawUpTo(seen, 1);
      following.stop();
      await following.ended;
      await mustAppend(log, [entry(CALL, 'two', 1)]);
      const later = follow(0);
      await sawUpTo(later.seen, 2);
      expect(positions(seen)).toEqual([1]);
    });

    test('ends with the error of its delivery', async () => {
      await mustAppend(log, [entry(CALL, 'one', 0)]);
      const { ended } = log.follow({
        after: 0,
        deliver: () => {
          throw new Error('disk full');
        },
      });
      await expect(ended).rejects.toThrow('disk full');
    });

    test('refuses a log that ends before it', async () => {
      await mustAppend(log, [entry(CALL, 'one', 0)]);
      await expect(follow(2).following.ended).rejects.toMatchObject({
        code: 'logBehind',
        details: { position: 2, head: 1 },
      });
    });

    test('ends when the log is closed', async () => {
      const { following } = follow(0);
      await log.close();
      await following.ended;
      expect(log.status).toBe('down');
      await expect(log.append([entry(CALL, 'x', 0)])).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
