import { mkdirSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashOf } from '../../../src/log/codec.ts';
import type { BeginStep } from '../../../src/log/generation/begin-planned.ts';
import type { PrepareStep } from '../../../src/log/generation/plan-next.ts';
import type { Log, StoredRecord } from '../../../src/log/log.ts';
import { all, entry, mustAppend, positions, positionsFrom } from '../../support/entries.ts';
import { eventually } from '../../support/eventually.ts';
import { type GenerationWorld, givenGenerations, subjectOfThing } from '../../support/generations.ts';

const JUNK = 4;
/** Positions of the first generation: 7 moves of things, junk among them. */
const SEAM = 8;
const DAY = 24 * 3_600_000;

let world: GenerationWorld;
let log: Log;

beforeEach(async () => {
  world = await givenGenerations(new Set([JUNK]));
  log = await world.open();
  await world.move(log, 'old', 0, 'over');
  await world.move(log, 'a', 0);
  await world.move(log, 'secret', 0);
  await mustAppend(log, [entry('evt.t.thing.junk', 'junk', 0)]);
  await world.move(log, 'late', 40 * DAY, 'over');
  for (const at of [41, 42]) await world.move(log, 'b', at * DAY);
  await world.move(log, 'a', 43 * DAY);
});
afterEach(() => world.end());

const whole = async (of: Log) => (await all(of.read({ after: 0, upTo: await of.head() }))).map(shown);
const shown = ({ position, subject, payload, storedAt }: StoredRecord) => ({
  position,
  subject,
  storedAt,
  hash: hashOf(payload),
});

async function next(keepMs = 30 * DAY): Promise<Log> {
  await world.plan(keepMs);
  await world.begin();
  return world.open();
}

describe('a new generation', () => {
  test('is the same log: every record where it was, and the next one after them', async () => {
    const before = await whole(log);
    const after = await next();
    expect(after.generation).toEqual({ number: 2, seam: SEAM, reach: 0 });
    expect(after.id).toBe(log.id);
    expect(await after.head()).toBe(SEAM);
    expect(await whole(after)).toEqual(before);
    await world.move(after, 'b', 44 * DAY);
    await world.move(after, 'new', 44 * DAY);
    expect(await after.head()).toBe(SEAM + 2);
    expect((await whole(after)).slice(0, SEAM)).toEqual(before);
  });

  test('loads an actor that has not moved since, and chains go on over the seam', async () => {
    const end = await log.last(subjectOfThing('b'));
    const after = await next();
    const copy = await after.last(subjectOfThing('b'));
    expect(copy?.payload).toEqual(end?.payload);
    await world.move(after, 'b', 44 * DAY);
    const moved = JSON.parse(Buffer.from((await after.at(SEAM + 1))?.payload ?? '').toString());
    expect(moved.data).toMatchObject({ version: 3, prev: hashOf(end?.payload ?? Buffer.of()) });
  });

  test('refuses what was decided on an older state', async () => {
    const after = await next();
    const copy = await after.last(subjectOfThing('a'));
    for (const expected of [0, (copy?.position ?? 0) + 1])
      expect(await after.append([entry(subjectOfThing('a'), 'stale', expected)])).toEqual({ kind: 'conflict' });
    const entries = [entry(subjectOfThing('a'), 'x', copy?.position ?? 0)];
    expect(await after.outcomeOf(entries)).toEqual({ kind: 'absent' });
    await mustAppend(after, entries);
    expect(await after.outcomeOf(entries)).toEqual({ kind: 'committed', first: SEAM + 1 });
  });

  test('begins with those who live, private ones too, and those who ended lately; never with junk', async () => {
    const after = await next();
    for (const id of ['a', 'b', 'secret', 'late']) expect(await after.last(subjectOfThing(id)), id).toBeDefined();
    for (const id of ['old', 'junk']) expect(await after.last(subjectOfThing(id)), id).toBeUndefined();
    expect(positions(await all(after.history(subjectOfThing('old'), 0)))).toEqual([1]);
  });

  test('goes on with one who was left in the archive, should anything still come', async () => {
    await world.move(log, 'rests', 0, 'resting');
    await world.move(log, 'a', 80 * DAY);
    const after = await next();
    const rests = subjectOfThing('rests');
    expect(await after.last(rests)).toBeUndefined();
    await world.move(after, 'rests', 81 * DAY);
    expect(positions(await all(after.history(rests, 0)))).toEqual([SEAM + 1, SEAM + 3]);
    const [first, second] = await all(after.history(rests, 0));
    expect(JSON.parse(Buffer.from(second?.payload ?? '').toString()).data).toMatchObject({
      version: 2,
      prev: hashOf(first?.payload ?? Buffer.of()),
    });
    expect(await after.append([entry(rests, 'late', 0)])).toEqual({ kind: 'conflict' });
  });

  test('is read by subject, by position and by time as one log', async () => {
    const after = await next();
    await world.move(after, 'a', 44 * DAY);
    const a = subjectOfThing('a');
    expect(positions(await all(after.history(a, 0)))).toEqual([2, 8, 9]);
    expect(positions(await all(after.history(a, 2)))).toEqual([8, 9]);
    expect(positions(await all(after.history(a, 8)))).toEqual([9]);
    expect((await after.next(a, 2))?.position).toBe(8);
    expect((await after.next(a, 8))?.position).toBe(9);
    expect(await after.next(a, 9)).toBeUndefined();
    for (const [from, to] of [
      [0, 3],
      [3, 9],
      [7, 8],
      [8, 9],
    ] as const)
      expect(positions(await all(after.read({ after: from, upTo: to })))).toEqual(positionsFrom(from + 1, to));
    expect((await after.since(0))?.position).toBe(1);
    const newest = await after.at(9);
    expect((await after.since(newest?.storedAt ?? 0))?.position).toBe(9);
    expect((await after.since(((await after.at(SEAM))?.storedAt ?? 0) + 1))?.position).toBe(9);
  });

  test.each([0, 3, SEAM])('is followed from %i on without a gap', async (from) => {
    const after = await next();
    const seen: number[] = [];
    const following = after.follow({ after: from, deliver: (records) => void seen.push(...positions(records)) });
    await world.move(after, 'a', 44 * DAY);
    await eventually('the new record', () => (seen.at(-1) === SEAM + 1 ? true : undefined));
    following.stop();
    await following.ended;
    expect(seen).toEqual(positionsFrom(from + 1, SEAM + 1));
  });

  test('ends whoever follows the one before, and is no record to him', async () => {
    const seen: StoredRecord[] = [];
    const following = log.follow({ after: 0, deliver: (records) => void seen.push(...records) });
    const ended = following.ended.catch((error: unknown) => error);
    await eventually('all is read', () => (seen.length === SEAM ? true : undefined));
    const after = await next();
    await world.move(after, 'b', 44 * DAY);
    expect(await ended).toMatchObject({ code: 'logBehind', message: expect.stringContaining('generation 2') });
    expect(positions(seen)).toEqual(positionsFrom(1, SEAM));
  });

  test('is nothing new to those who listen', async () => {
    const nats = await connect({ servers: world.server.url });
    const heard: string[] = [];
    nats.subscribe('live.>', { callback: (_, { subject }) => void heard.push(subject) });
    await nats.flush();
    const after = await next();
    await world.move(after, 'a', 44 * DAY);
    await eventually('the new record', () => (heard.length > 0 ? true : undefined));
    expect(heard).toEqual([`live.${subjectOfThing('a')}`]);
    await nats.close();
  });

  test('may follow another one', async () => {
    const second = await next();
    await world.move(second, 'b', 100 * DAY);
    await world.move(second, 'new', 100 * DAY);
    const before = await whole(second);
    const third = await next();
    expect(third.generation).toEqual({ number: 3, seam: SEAM + 2, reach: 0 });
    expect(await whole(third)).toEqual(before);
    expect(await third.last(subjectOfThing('late'))).toBeUndefined();
    for (const id of ['a', 'b', 'secret', 'new']) {
      await world.move(third, id, 101 * DAY);
      expect(positions(await all(third.history(subjectOfThing(id), SEAM + 2)))).toHaveLength(1);
    }
    expect(positions(await all(third.history(subjectOfThing('a'), 0)))).toEqual([2, 8, 11]);
  });
});

describe('an interrupted beginning', () => {
  const stop = (at: string) => (step: string) => {
    if (step === at) throw new Error(`stopped: ${step}`);
  };
  const PREPARING: readonly PrepareStep[] = ['archived', 'signed', 'proven', 'planned'];
  const BEGINNING: readonly BeginStep[] = [
    ...(['closed', 'begun', 'removed', 'made', 'filling', 'proven', 'opened', 'consumers'] as const),
  ];

  test.each(PREPARING)(
    'while it is prepared, when it was %s, leaves the generation there was; repeating goes on',
    async (step) => {
      const before = await whole(log);
      await expect(world.plan(30 * DAY, stop(step))).rejects.toThrow(`stopped: ${step}`);
      if (step !== 'planned') {
        expect(await world.begin()).toBeUndefined();
        expect(await whole(await world.open())).toEqual(before);
        await world.move(log, 'a', 44 * DAY);
        await world.plan(30 * DAY);
      }
      expect(await world.begin()).toBe(2);
      expect((await whole(await world.open())).slice(0, SEAM)).toEqual(before);
    },
  );

  test.each(BEGINNING)('on the server, when it was %s, is finished by the next opening', async (step) => {
    const before = await whole(log);
    await world.plan(30 * DAY);
    await expect(world.begin(stop(step))).rejects.toThrow(`stopped: ${step}`);
    await world.server.kill9();
    await world.server.restart();
    expect(await world.begin()).toBe(2);
    expect(await world.begin()).toBeUndefined();
    const after = await world.open();
    expect(await whole(after)).toEqual(before);
    await world.move(after, 'b', 44 * DAY);
    expect(await after.head()).toBe(SEAM + 1);
  });

  test('asks again when the server cannot make the folder of the new stream yet', async () => {
    const before = await whole(log);
    await world.plan(30 * DAY);
    const [account = ''] = await readdir(world.server.streams);
    const inTheWay = join(world.server.streams, account, 'streams', 'LEDGER');
    const block = () => {
      mkdirSync(dirname(inTheWay), { recursive: true });
      writeFileSync(inTheWay, '');
    };
    let refusals = 0;
    const nats = await connect({ servers: world.server.url });
    nats.subscribe('_INBOX.>', {
      callback: (_, answer) => {
        // Having refused, the server removes what was in the way.
        if (answer.string().includes('error creating store')) refusals += 1;
      },
    });
    await nats.flush();
    expect(await world.begin((step) => (step === 'removed' ? block() : undefined))).toBe(2);
    expect(refusals).toBe(1);
    expect(await whole(await world.open())).toEqual(before);
    await nats.close();
  });

  test('goes on where the filling stopped, batch by batch', async () => {
    for (let more = 0; more < 1_100; more += 1) await world.move(log, `m${more}`, 44 * DAY);
    const before = await whole(log);
    await world.plan(30 * DAY);
    for (let batch = 0; batch < 3; batch += 1)
      await expect(world.begin(stop('filling'))).rejects.toThrow('stopped: filling');
    expect(await world.begin()).toBe(2);
    expect(await whole(await world.open())).toEqual(before);
  });

  test('takes nothing from a writer who has not heard of it, and loses nothing he was told is stored', async () => {
    await world.plan(30 * DAY);
    await expect(world.begin(stop('closed'))).rejects.toThrow();
    await expect(world.move(log, 'a', 44 * DAY)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(world.begin(stop('filling'))).rejects.toThrow();
    await expect(log.append([entry(subjectOfThing('x'), 'x', 0)])).rejects.toMatchObject({ code: 'unavailable' });
    expect(await world.begin()).toBe(2);
  });

  test('gives way when the log has grown meanwhile', async () => {
    await world.plan(30 * DAY);
    await world.move(log, 'a', 44 * DAY);
    expect(await world.begin()).toEqual({ dropped: 'the log has grown since it was archived' });
    await world.move(log, 'a', 45 * DAY);
    const same = await world.open();
    expect(same.generation.number).toBe(1);
    expect(await same.head()).toBe(SEAM + 2);
    const after = await next();
    expect(after.generation).toEqual({ number: 2, seam: SEAM + 2, reach: 0 });
  });

  test('keeps an archive that the log does not hold, whoever left it in the way', async () => {
    const other = await givenGenerations();
    try {
      const strange = await other.open();
      await other.move(strange, 'b', 0);
      await other.plan(0);
      await cp(other.archives, world.archives, { recursive: true });
    } finally {
      await other.end();
    }
    await next();
    expect((await readdir(world.archives)).sort()).toEqual([
      'generation-1',
      expect.stringMatching(/^generation-1\.[0-9a-f]{8}$/),
    ]);
  });

  test('does not begin without its archive, and nothing happens to the log', async () => {
    await world.plan(30 * DAY);
    await rename(world.archives, `${world.archives}-away`);
    expect(await world.begin()).toEqual({ dropped: expect.stringContaining('is not the archive') });
    await world.move(log, 'a', 44 * DAY);
    expect(await log.head()).toBe(SEAM + 1);
  });

  test('does not begin when a file of its archive was damaged meanwhile, and nothing happens to the log', async () => {
    await world.plan(30 * DAY);
    await truncate(join(world.archives, 'generation-1', 'records-000000000001.jsonl.gz'), 100);
    expect(await world.begin()).toEqual({ dropped: expect.stringContaining('records-000000000001.jsonl.gz') });
    await world.move(log, 'a', 44 * DAY);
    expect(await log.head()).toBe(SEAM + 1);
  });

  test('opens the old stream again when its archive is gone before that', async () => {
    await world.plan(30 * DAY);
    await expect(world.begin(stop('closed'))).rejects.toThrow();
    await rm(world.archives, { recursive: true });
    expect(await world.begin()).toEqual({ dropped: expect.stringContaining('is not the archive') });
    expect((await world.open()).generation.number).toBe(1);
    await world.move(log, 'a', 44 * DAY);
    expect((await next()).generation.seam).toBe(SEAM + 1);
  });

  test('waits for its archive once the old stream is gone', async () => {
    const before = await whole(log);
    await world.plan(30 * DAY);
    await expect(world.begin(stop('removed'))).rejects.toThrow();
    await rename(world.archives, `${world.archives}-away`);
    await expect(world.begin()).rejects.toMatchObject({ code: 'recordInvalid' });
    await rename(`${world.archives}-away`, world.archives);
    expect(await world.begin()).toBe(2);
    expect(await whole(await world.open())).toEqual(before);
  });

  test('does not begin on a server that never had the log', async () => {
    await world.plan(30 * DAY);
    const other = await givenGenerations();
    try {
      await mkdir(other.archives, { recursive: true });
      await cp(world.folder, other.folder, { recursive: true });
      await expect(other.begin()).rejects.toMatchObject({ code: 'logBehind' });
    } finally {
      await other.end();
    }
  });
});

describe('a log whose archive is not at hand', () => {
  test('goes on from the seam, and says what it cannot show', async () => {
    const after = await next();
    await world.move(after, 'a', 44 * DAY);
    await rm(world.archives, { recursive: true });
    const bare = await world.open();
    expect(bare.generation.reach).toBe(SEAM);
    expect(positions(await all(bare.read({ after: SEAM, upTo: SEAM + 1 })))).toEqual([SEAM + 1]);
    expect(hashOf((await bare.at(SEAM))?.payload ?? Buffer.of())).toBe(
      hashOf((await log.at(SEAM))?.payload ?? Buffer.of()),
    );
    const refusal = { code: 'momentUnavailable', details: { position: 3, after: SEAM } };
    await expect(bare.at(3)).rejects.toMatchObject(refusal);
    await expect(all(bare.read({ after: 2, upTo: 9 }))).rejects.toMatchObject(refusal);
    await expect(all(bare.history(subjectOfThing('a'), 2))).rejects.toMatchObject(refusal);
    await expect(bare.follow({ after: 2, deliver: () => undefined }).ended).rejects.toMatchObject(refusal);
    await world.move(bare, 'b', 45 * DAY);
    await expect(world.plan(30 * DAY)).rejects.toMatchObject({ code: 'momentUnavailable' });
  });
});
