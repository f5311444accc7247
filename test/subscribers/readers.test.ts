import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Position } from '../../src/model/position.ts';
import { type Outlet, Readers } from '../../src/subscribers/readers.ts';
import { eventually } from '../support/eventually.ts';
import { givenWorld, type World } from '../support/world.ts';

let world: World;
let readers: Readers;

beforeEach(async () => {
  world = await givenWorld();
  readers = new Readers(world.runtime, { heartbeatMs: 60_000, stalledMs: 60_000 });
});
afterEach(async () => {
  readers.close();
  await world.close();
});

const skill = (id: string) =>
  world.record('acme', {
    to: { tenant: 'acme', kind: 'skill', id },
    event: { type: 'create', attributes: { name: id } },
  });

interface Reader {
  /** Ids of actors, in the order their records were written in. */
  readonly told: readonly string[];
  readonly stream: PassThrough;
  readonly ended: boolean;
  /** Takes what it was sent, from now on. */
  resume(): void;
}

/** Takes nothing of what it is sent while `paused`; a few bytes fill it. */
function admit(
  after: Position | 'now',
  {
    paused = false,
    kinds = ['skill'],
    mayRead = (): boolean => true,
    stream = new PassThrough({ writableHighWaterMark: 4, readableHighWaterMark: 4 }),
  } = {},
): Reader {
  const told: string[] = [];
  let ended = false;
  const outlet: Outlet = {
    stream,
    write: (records) => {
      for (const { actor } of records) {
        told.push(actor.id);
        stream.write(actor.id);
      }
    },
    beat: () => undefined,
    end: () => {
      ended = true;
      stream.end();
    },
  };
  if (!paused) stream.resume();
  readers.admit(outlet, { after, filter: { kinds: new Set(kinds), ids: new Set(), types: new Set() }, mayRead });
  return {
    told,
    stream,
    get ended() {
      return ended;
    },
    resume: () => void stream.resume(),
  };
}

const has = (reader: Reader, ids: readonly string[]) =>
  eventually('all has come', () => (reader.told.length >= ids.length ? reader.told : undefined));

const IDS = Array.from({ length: 40 }, (_, index) => `s${index}`);

describe('a reader', () => {
  test('that takes nothing for a while is told everything afterwards, once and in order, and holds nobody up', async () => {
    const slow = admit('now', { paused: true });
    const quick = admit('now');
    for (const id of IDS.slice(0, 20)) await skill(id);
    expect(await has(quick, IDS.slice(0, 20))).toEqual(IDS.slice(0, 20));
    expect(slow.told.length).toBeLessThan(20);
    slow.resume();
    for (const id of IDS.slice(20)) await skill(id);
    expect(await has(slow, IDS)).toEqual(IDS);
    expect(await has(quick, IDS)).toEqual(IDS);
  });

  test('that begins in the past goes on live without a gap, however records and reading meet', async () => {
    for (const id of IDS.slice(0, 10)) await skill(id);
    const begun: Reader[] = [];
    for (const id of IDS.slice(10)) {
      begun.push(admit(0));
      await skill(id);
    }
    for (const reader of begun) expect(await has(reader, IDS)).toEqual(IDS);
  });

  test('that has left while it was being asked where to begin is not waited for', async () => {
    const stream = new PassThrough();
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    admit('now', { stream });
    admit(0, { stream });
    expect(readers.size).toBe(0);
  });

  test('that leaves or may read no longer is told nothing more', async () => {
    let may = true;
    const barred = admit('now', { mayRead: () => may });
    const left = admit('now');
    await skill('first');
    left.stream.destroy();
    may = false;
    await world.record('acme', {
      to: { tenant: 'acme', kind: 'tenant', id: 'acme' },
      event: { type: 'create', attributes: { name: 'acme', enabled: true } },
    });
    await skill('second');
    expect([barred.told, left.told]).toEqual([['first'], ['first']]);
    expect(barred.ended).toBe(true);
    await eventually('both are gone', () => (readers.size === 0 ? true : undefined));
  });

  test('is ended when the log is followed no more, also one that has only begun', async () => {
    const [live, past] = [admit('now'), admit(0)];
    await skill('first');
    await has(past, ['first']);
    const late = admit(0);
    await world.close();
    world = await givenWorld();
    await eventually('all have ended', () => (live.ended && past.ended && late.ended ? true : undefined));
  });
});
