import { describe, expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { GroupCommit, type Parcel } from '../../src/log/group-commit.ts';
import type { AppendOutcome, Entry, Log, ReadBack } from '../../src/log/log.ts';

const PAYLOAD = new Uint8Array(10);
const DOUBT_MS = 1_000;
/** No doubt lasts long here. */
const quickly = (ms: number) => (ms === DOUBT_MS ? new Promise<void>(() => undefined) : Promise.resolve());

interface Append {
  readonly entries: readonly Entry[];
  answer(outcome: AppendOutcome): void;
  fail(error: unknown): void;
}

/** A log whose every append waits for the test's word, and an owner that writes down what it is told. */
function world(batchBytesMax = 1_000_000) {
  let pauses = 0;
  const appends: Append[] = [];
  const told: [string, number][] = [];
  let arrived = Promise.withResolvers<Append>();
  const backs: ReadBack[] = [];
  const log = {
    outcomeOf: () => Promise.resolve(backs.shift() ?? never()),
    append: (entries: readonly Entry[]) =>
      new Promise<AppendOutcome>((answer, fail) => {
        const append = { entries, answer, fail };
        appends.push(append);
        arrived.resolve(append);
        arrived = Promise.withResolvers();
      }),
  } as Partial<Log> as Log;
  const commit = new GroupCommit<Parcel>(
    {
      ...{ log, batchBytesMax, settleRetryMs: 1, doubtMsMax: DOUBT_MS },
      pause: (ms) => {
        if (ms !== DOUBT_MS) pauses += 1;
        return quickly(ms);
      },
    },
    {
      committed: (parcels, first) => told.push([`committed from ${first}`, parcels.length]),
      conflicted: (parcels) => told.push(['conflicted', parcels.length]),
      unsent: (parcels) => told.push(['unsent', parcels.length]),
      doubtful: (inFlight) => told.push(['doubtful', inFlight.length]),
      seal: async (end) => {
        told.push(['seal', end]);
        return { kind: 'committed', first: end + 1 };
      },
    },
  );
  let subjects = 0;
  const push = (count: number, entries = 1) => {
    for (let index = 0; index < count; index += 1) {
      const parcel = Array.from({ length: entries }, () => ({
        subject: `evt.t.agent.${++subjects}`,
        payload: PAYLOAD,
        base: { position: 0 },
      }));
      commit.push({ entries: parcel });
    }
  };
  const next = async (): Promise<Append> =>
    appends.shift() ?? (await arrived.promise.then(() => appends.shift())) ?? never();
  return { commit, push, next, appends, told, backs, pauses: () => pauses };
}

function never(): never {
  throw new Error('no append');
}

const stored = (first: number): AppendOutcome => ({ kind: 'committed', first });

describe('group commit', () => {
  test('sends again at once what the log has not, and after a pause each further time', async () => {
    const { push, next, backs, pauses, told, commit } = world();
    backs.push({ kind: 'absent' }, { kind: 'absent' }, { kind: 'absent' });
    push(1);
    const busy: AppendOutcome = { kind: 'unknown', cause: new Error('busy') };
    (await next()).answer(busy);
    (await next()).answer(busy);
    expect(pauses()).toBe(0);
    (await next()).fail(new Error('down'));
    (await next()).answer(stored(1));
    await commit.drained();
    expect(pauses()).toBe(2);
    expect(told).toEqual([['committed from 1', 1]]);
  });

  test('stores the parcels of one tick in one batch', async () => {
    const { push, next } = world();
    push(3);
    expect((await next()).entries).toHaveLength(3);
  });

  test('has one append in flight, and puts what arrives meanwhile into the next', async () => {
    const { commit, push, next, appends, told } = world();
    push(1);
    const first = await next();
    push(2);
    push(3);
    await Promise.resolve();
    expect(appends).toEqual([]);
    first.answer(stored(1));
    const second = await next();
    expect(second.entries).toHaveLength(5);
    second.answer(stored(2));
    await commit.drained();
    expect(told).toEqual([
      ['committed from 1', 1],
      ['committed from 2', 5],
    ]);
  });

  test('begins before the tick is over once there is enough for a batch, and leaves the rest for the next', async () => {
    const { push, next, appends } = world();
    push(256);
    expect(appends).toHaveLength(1);
    const first = await next();
    expect(first.entries).toHaveLength(128);
    first.answer(stored(1));
    expect((await next()).entries).toHaveLength(128);
  });

  test('takes half of what waits when that is more than enough', async () => {
    const { push, next } = world();
    push(1);
    const first = await next();
    push(600);
    first.answer(stored(1));
    expect((await next()).entries).toHaveLength(300);
  });

  test('never parts a parcel, and keeps a batch below its bytes', async () => {
    const { push, next } = world(50);
    push(3, 4);
    const first = await next();
    expect(first.entries).toHaveLength(4);
    first.answer(stored(1));
    expect((await next()).entries).toHaveLength(4);
  });

  test('hands back everything that waits behind a batch that met a stale expectation', async () => {
    const { commit, push, next, told } = world();
    push(2);
    const first = await next();
    push(200);
    first.answer({ kind: 'conflict' });
    await commit.drained();
    expect(told).toEqual([['conflicted', 202]]);
  });

  test('of a batch found in part keeps the parcels that are whole and hands back the others, once it is sealed', async () => {
    const { commit, push, next, told, backs } = world();
    push(3, 2);
    const first = await next();
    push(1);
    backs.push({ kind: 'partly', first: 11, stored: 3, sealed: false });
    backs.push({ kind: 'partly', first: 11, stored: 3, sealed: true });
    first.answer({ kind: 'unknown', cause: undefined });
    await commit.drained();
    expect(told).toEqual([
      ['seal', 13],
      ['committed from 11', 1],
      ['conflicted', 3],
    ]);
  });

  test('of a batch that the server completes before it could be sealed keeps everything', async () => {
    const { commit, push, next, told, backs } = world();
    push(3, 2);
    const first = await next();
    backs.push({ kind: 'partly', first: 11, stored: 1, sealed: false }, { kind: 'committed', first: 11 });
    first.answer({ kind: 'unknown', cause: undefined });
    await commit.drained();
    expect(told).toEqual([
      ['seal', 11],
      ['seal', 16],
      ['committed from 11', 3],
    ]);
  });

  test('tells of everything that was not sent because the log cannot be reached', async () => {
    const { commit, push, next, told } = world();
    push(2);
    const first = await next();
    push(1);
    first.fail(new LedgerlineError('unavailable', 'gone'));
    await commit.drained();
    expect(told).toEqual([['unsent', 3]]);
  });
});
