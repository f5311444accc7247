import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../src/log/log.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import type { FollowOptions } from '../../src/model/runtime.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { ChunkWriter } from '../../src/projector/chunk-writer.ts';
import { Database } from '../../src/projector/database.ts';
import { Feed } from '../../src/projector/feed.ts';
import { addTables } from '../../src/projector/open.ts';
import { readStored, readValid } from '../../src/projector/read.ts';
import { eventually } from '../support/eventually.ts';
import { Chains, LOG_ID } from '../support/given.ts';
import { memoryLog, store } from '../support/projector-world.ts';

const agent = { tenant: 'genesys', kind: 'agent', id: 'a' };
const call = { tenant: 'genesys', kind: 'call', id: 'c' };

/** A feed whose chunks the test makes itself. */
class World {
  readonly log: MemoryLog = memoryLog();
  readonly #database = new Database();
  readonly #writer: ChunkWriter;
  readonly feed: Feed;

  constructor(recordsMax = 100) {
    addTables(this.#database, { projections: [] }, LOG_ID);
    this.#writer = new ChunkWriter(this.#database, { projections: [] }, LOG_ID);
    this.feed = new Feed(this.log, this.#database, 0, { recordsMax, bytesMax: 1_000_000 });
  }

  /** Stores, projects and publishes records as one chunk, or only that there are such. */
  async publish(records: readonly StoredRecord[], { without = false } = {}): Promise<void> {
    await store(this.log, records);
    const chunk = this.#writer.write(records.map((each) => readStored(each)));
    this.feed.publish(without ? { ...chunk, valid: undefined } : chunk);
  }

  /** As for what this process has stored: acknowledged, and not projected yet. */
  acknowledge(records: readonly StoredRecord[]): void {
    this.feed.acknowledged(records.map((stored) => ({ ...stored, record: readValid(stored) })));
  }

  /** Follows and remembers positions, one list per delivery. */
  follow(
    options: Omit<FollowOptions, 'deliver'>,
    deliver: (records: readonly LoggedTransition[]) => unknown = () => undefined,
  ) {
    const got: number[][] = [];
    const following = this.feed.follow({
      ...options,
      deliver: async (records) => {
        got.push(records.map(({ position }) => position));
        await deliver(records);
      },
    });
    return {
      got,
      following,
      reaches: (position: number) => eventually(`position ${position}`, () => reached(following, position)),
    };
  }
}

function reached(following: { readonly position: number }, position: number): true | undefined {
  return following.position === position ? true : undefined;
}

function agents(count: number): Chains {
  const chains = new Chains();
  while (chains.stored.length < count) chains.add(agent);
  return chains;
}

describe('delivery', () => {
  test('a follower gets what is recorded from now on, or from a position on', async () => {
    const world = new World();
    const { stored } = agents(6);
    const early = world.follow({ after: 0 });
    await world.publish(stored.slice(0, 3));
    const now = world.follow({ after: 'now' });
    const second = world.follow({ after: 2 });
    await world.publish(stored.slice(3));
    for (const each of [early, now, second]) await each.reaches(6);
    expect(early.got.flat()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(now.got.flat()).toEqual([4, 5, 6]);
    expect(second.got.flat()).toEqual([3, 4, 5, 6]);
  });

  test('a synchronous follower has a chunk before publishing returns', async () => {
    const world = new World();
    const got: number[] = [];
    world.feed.follow({ after: 0, deliver: (records) => void got.push(...records.map(({ position }) => position)) });
    await world.publish(agents(2).stored);
    expect(got).toEqual([1, 2]);
  });

  test('what is published without its records is read from the log', async () => {
    const world = new World();
    const { stored } = agents(6);
    const early = world.follow({ after: 0 });
    await world.publish(stored.slice(0, 2));
    await world.publish(stored.slice(2, 4), { without: true });
    await world.publish(stored.slice(4));
    await early.reaches(6);
    expect(early.got.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('what is not wanted is not delivered, and yet passed by', async () => {
    const world = new World();
    const calls = world.follow({ after: 0, only: ({ actor }) => actor.kind === 'call' });
    await world.publish(new Chains().add(agent).add(call).add(agent).stored);
    await calls.reaches(3);
    expect(calls.got).toEqual([[2]]);
  });

  test('quarantined records are never delivered, neither at once nor from history', async () => {
    const world = new World(1);
    const live = world.follow({ after: 0 });
    const { stored } = new Chains().add(agent).junk('junk').broken(agent, { version: 7 }).add(agent).add(agent);
    for (const each of stored) await world.publish([each]);
    const late = world.follow({ after: 0 });
    await live.reaches(5);
    await late.reaches(5);
    expect(live.got.flat()).toEqual([1, 4, 5]);
    expect(late.got.flat()).toEqual([1, 4, 5]);
  });

  test('history comes in whole commands, wherever the log cuts it', async () => {
    const world = new World(1);
    const chains = agents(1999).command('answer', [agent], [call]).add(agent);
    await world.publish(chains.stored.slice(0, 2001));
    await world.publish(chains.stored.slice(2001));
    const late = world.follow({ after: 0 });
    await late.reaches(2002);
    expect(late.got.flat()).toHaveLength(2002);
    expect(late.got.some((batch) => batch.includes(2000) && batch.includes(2001))).toBe(true);
  });

  test('a log that goes away while a follower reads it costs him nothing but time', async () => {
    const world = new World(1);
    const { stored } = agents(4001);
    await world.publish(stored.slice(0, 4000));
    await world.publish(stored.slice(4000));
    const late = world.follow({ after: 0 }, () => world.log.setStatus('down'));
    await late.reaches(2000);
    expect(world.log.status).toBe('down');
    world.log.setStatus('up');
    await late.reaches(4000);
    world.log.setStatus('up');
    await late.reaches(4001);
    expect(late.got.flat()).toEqual(stored.map(({ position }) => position));
  });

  test('stopped while the log is away a follower ends where he was', async () => {
    const world = new World(1);
    const { stored } = agents(2);
    for (const each of stored) await world.publish([each]);
    world.log.setStatus('down');
    const { following, got } = world.follow({ after: 0 });
    following.stop();
    await following.ended;
    expect([following.position, got]).toEqual([0, []]);
  });
});

describe('following ahead', () => {
  test('hears what is acknowledged before it is projected, and nothing twice; others hear it when it is projected', async () => {
    const world = new World();
    const ahead = world.follow({ after: 0, ahead: true });
    const behind = world.follow({ after: 0 });
    const { stored } = agents(6);
    world.acknowledge(stored.slice(0, 2));
    world.acknowledge(stored.slice(2, 5));
    await ahead.reaches(5);
    expect(behind.following.position).toBe(0);
    await world.publish(stored.slice(0, 3));
    await behind.reaches(3);
    await world.publish(stored.slice(3));
    for (const each of [ahead, behind]) {
      await each.reaches(6);
      expect(each.got.flat()).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  test('begins, from now on, after what was acknowledged', async () => {
    const world = new World();
    const first = world.follow({ after: 0, ahead: true });
    const { stored } = agents(3);
    world.acknowledge(stored.slice(0, 2));
    const second = world.follow({ after: 'now', ahead: true });
    world.acknowledge(stored.slice(2));
    await first.reaches(3);
    await second.reaches(3);
    expect(second.got.flat()).toEqual([3]);
  });

  test('waits for the projections where others have written in between', async () => {
    const world = new World();
    const ahead = world.follow({ after: 0, ahead: true });
    const { stored } = agents(4);
    world.acknowledge(stored.slice(0, 1));
    world.acknowledge(stored.slice(2, 3));
    await ahead.reaches(1);
    await world.publish(stored.slice(0, 3));
    world.acknowledge(stored.slice(3));
    await ahead.reaches(4);
    expect(ahead.got.flat()).toEqual([1, 2, 3, 4]);
  });

  test('goes ahead again at once when what others wrote is projected, although projecting is never through', async () => {
    const world = new World();
    const ahead = world.follow({ after: 0, ahead: true });
    const { stored } = agents(6);
    // The first is somebody else's.
    world.acknowledge(stored.slice(1, 3));
    world.acknowledge(stored.slice(3, 5));
    expect(ahead.following.position).toBe(0);
    await world.publish(stored.slice(0, 1));
    await ahead.reaches(5);
    world.acknowledge(stored.slice(5));
    await ahead.reaches(6);
    expect(ahead.got.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('who was too slow for the ring has the rest when it is projected', async () => {
    const world = new World(2);
    const gate = Promise.withResolvers<void>();
    const slow = world.follow({ after: 0, ahead: true }, () => gate.promise);
    const { stored } = agents(8);
    for (const each of stored) world.acknowledge([each]);
    gate.resolve();
    await slow.reaches(1);
    await world.publish(stored.slice(0, 5));
    await world.publish(stored.slice(5));
    await slow.reaches(8);
    expect(slow.got.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('back-pressure', () => {
  test('a slow follower holds up nobody, and catches up from history once the ring has left it behind', async () => {
    const world = new World(4);
    const gate = Promise.withResolvers<void>();
    const slow = world.follow({ after: 0 }, () => gate.promise);
    const fast = world.follow({ after: 0 });
    const { stored } = agents(20);
    for (const each of stored) await world.publish([each]);
    await fast.reaches(20);
    expect(slow.got).toEqual([[1]]);
    expect(slow.following.position).toBe(0);
    gate.resolve();
    await slow.reaches(20);
    expect(slow.got.flat()).toEqual(fast.got.flat());
  });

  test('a thousand followers each get everything', async () => {
    const world = new World();
    const followers = Array.from({ length: 1000 }, () => world.follow({ after: 'now' }));
    await world.publish(agents(3).stored);
    for (const each of followers) {
      await each.reaches(3);
      expect(each.got.flat()).toEqual([1, 2, 3]);
    }
  });
});

describe('the end', () => {
  test('a stopped follower gets nothing more and ends when its delivery is over', async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    const { got, following } = world.follow({ after: 0 }, () => gate.promise);
    const { stored } = agents(2);
    await world.publish(stored.slice(0, 1));
    following.stop();
    let ended = false;
    const end = following.ended.then(() => {
      ended = true;
    });
    await world.publish(stored.slice(1));
    expect(ended).toBe(false);
    gate.resolve();
    await end;
    expect(got).toEqual([[1]]);
  });

  test('a follower that throws ends with its error, the others go on', async () => {
    const world = new World();
    const failing = world.follow({ after: 0 }, () => {
      throw new Error('cannot take it');
    });
    const ended = expect(failing.following.ended).rejects.toThrow('cannot take it');
    const other = world.follow({ after: 0 });
    const { stored } = agents(2);
    for (const each of stored) await world.publish([each]);
    await ended;
    await other.reaches(2);
    expect(failing.got).toEqual([[1]]);
  });

  test('a synchronous follower may throw, or stop in the middle: publishing goes on', async () => {
    const world = new World();
    const got: number[] = [];
    const failing = world.feed.follow({
      after: 0,
      deliver: () => {
        throw new Error('cannot take it');
      },
    });
    const ended = expect(failing.ended).rejects.toThrow('cannot take it');
    const leaving = world.feed.follow({
      after: 0,
      deliver(records) {
        got.push(...records.map(({ position }) => position));
        leaving.stop();
      },
    });
    const { stored } = agents(2);
    for (const each of stored) await world.publish([each]);
    await ended;
    await leaving.ended;
    expect(got).toEqual([1]);
  });

  test('when the feed ends, so does every follower, with the same error', async () => {
    const world = new World();
    const { following } = world.follow({ after: 0 });
    world.feed.end(new Error('the log went backwards'));
    await expect(following.ended).rejects.toThrow('the log went backwards');
    const calm = new World();
    const { following: last } = calm.follow({ after: 0 });
    calm.feed.end();
    await last.ended;
  });
});
