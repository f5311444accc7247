import { afterEach, describe, expect, test } from 'vitest';
import { agent } from '../projections/agents.ts';
import { ManualClock } from '../src/clock.ts';
import { LedgerlineError } from '../src/errors.ts';
import { hashOf } from '../src/log/codec.ts';
import type { FollowLog, LogFollowing, StoredRecord } from '../src/log/log.ts';
import { MemoryLog } from '../src/log/memory-log.ts';
import type { Command } from '../src/model/command.ts';
import type { Position } from '../src/model/position.ts';
import { eventually } from './support/eventually.ts';
import { givenWorld, WORLD_START_MS, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const actor = { tenant: 't', kind: 'agent', id: 'a' };
const command = (id: string, type: string, more: object = {}): Command => ({
  id,
  tenant: 't',
  by: 'user:test',
  via: 'test',
  deliveries: [{ to: actor, event: { type, ...more } }],
});
const create = command('create', 'create', { line: '100' });
const ready = command('ready', 'setReady', { signIn: true });

/** Its followers hear of a record some time after its writer did, as over a network. */
class LateLog extends MemoryLog {
  override follow({ after, deliver }: FollowLog): LogFollowing {
    const later = () => new Promise((resolve) => setImmediate(resolve));
    return super.follow({ after, deliver: (records) => later().then(() => deliver(records)) });
  }
}

/** Can be reached, and does not answer for a while, as a cluster does that has no leader. */
class LeaderlessLog extends MemoryLog {
  silences = 0;

  override at(position: Position): Promise<StoredRecord | undefined> {
    if (this.silences === 0) return super.at(position);
    this.silences -= 1;
    return Promise.reject(new LedgerlineError('unavailable', 'nobody leads'));
  }
}

describe('the runtime', () => {
  test('shows a command to whoever asks after its answer', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    expect(agent(world.runtime.live, 't', 'a')?.presence).toBe('signedOut');
    await world.runtime.submit(ready);
    expect(agent(world.runtime.live, 't', 'a')?.presence).toBe('ready');
  });

  test('shows what a command was refused for to whoever asks after the refusal', async () => {
    const clock = new ManualClock(WORLD_START_MS);
    world = await givenWorld({ after: { log: new LateLog({ id: 'late', now: () => clock.now() }), clock } });
    const first = world.runtime.submit(create);
    expect(await world.runtime.submit({ ...create, id: 'create-again' })).toMatchObject({ kind: 'rejected' });
    expect(agent(world.runtime.live, 't', 'a')?.presence).toBe('signedOut');
    await first;
  });

  test('gives a repeated command its first receipt, also after a restart', async () => {
    world = await givenWorld();
    const { log, clock, runtime } = world;
    const first = await runtime.submit(create);
    await world.close();
    world = await givenWorld({ after: { log, clock } });
    expect(await world.runtime.submit(create)).toEqual({ ...first, repeated: true });
    expect(log.records).toHaveLength(1);
  });

  test('answers a past moment as it was then', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    await world.advance(60_000);
    await world.runtime.submit(ready);
    const before = await world.runtime.query({ position: 1 });
    expect(agent(before, 't', 'a')?.presence).toBe('signedOut');
    const at = await world.runtime.query({ time: world.clock.now() - 1 });
    expect(agent(at, 't', 'a')?.presence).toBe('signedOut');
    await expect(world.runtime.query({ position: 99 })).rejects.toMatchObject({ code: 'momentUnavailable' });
  });

  test('says where the log stood at a time, and nothing of a time to come', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    await world.advance(60_000);
    await world.runtime.submit(ready);
    const now = world.clock.now();
    expect(await world.runtime.positionAt(now - 1)).toBe(1);
    expect(await world.runtime.positionAt(now)).toBe(2);
    await expect(world.runtime.positionAt(now + 1)).rejects.toMatchObject({ code: 'momentUnavailable' });
  });

  test('lets no more wait for past moments than it can serve, and serves again when they are through', async () => {
    world = await givenWorld();
    const { runtime } = world;
    await runtime.submit(create);
    for (let times = 1; times <= 70; times += 1)
      await runtime.submit(command(`dnd-${times}`, 'setDnd', { on: times % 2 === 1 }));
    const asked = Array.from({ length: 70 }, (_, position) => runtime.query({ position }));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'overloaded', retry: 'same' } });
    expect((await runtime.query({ position: 69 })).position).toBe(69);
  });

  test('takes no command while the log cannot be reached, and takes them again when it is back', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    world.log.setStatus('down');
    await expect(world.runtime.submit(ready)).rejects.toMatchObject({ code: 'unavailable' });
    world.log.setStatus('up');
    await eventually('commands are taken again', async () => (world.runtime.refusal === undefined ? true : undefined));
    expect(await world.runtime.submit(ready)).toMatchObject({ kind: 'accepted' });
  });

  test('takes commands again as soon as a log that can be reached answers again', async () => {
    const clock = new ManualClock(WORLD_START_MS);
    const log = new LeaderlessLog({ id: 'leaderless', now: () => clock.now() });
    world = await givenWorld({ after: { log, clock } });
    await world.runtime.submit(create);
    log.silences = 3;
    log.setStatus('down');
    log.setStatus('up');
    await expect(world.runtime.submit(ready)).rejects.toMatchObject({ code: 'unavailable' });
    await eventually('the log answers', () => (world.runtime.refusal === undefined ? true : undefined));
    expect(await world.runtime.submit(ready)).toMatchObject({ kind: 'accepted' });
    expect(log.silences).toBe(0);
  });

  test('stops commands when the log that came back is an older copy, and says where', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    await world.runtime.submit(ready);
    const { log } = world;
    log.setStatus('down');
    log.head = () => Promise.resolve(1);
    log.setStatus('up');
    const refusal = await eventually('the log is refused', () =>
      world.runtime.refusal?.code === 'logBehind' ? world.runtime.refusal : undefined,
    );
    expect(refusal.details).toMatchObject({ position: 2 });
    await expect(world.runtime.submit(command('more', 'setAway'))).rejects.toMatchObject({ code: 'logBehind' });
  });

  test('reads history without what was quarantined', async () => {
    world = await givenWorld();
    await world.runtime.submit(create);
    const junk = Buffer.from('{"no":"record"}');
    await world.log.append([{ subject: 'evt.t.agent.a', payload: junk, expected: 1 }]);
    await world.runtime.submit(ready);
    const found: (readonly [number, string])[] = [];
    for await (const { position, hash } of world.runtime.replay({ after: 0, upTo: 3 })) found.push([position, hash]);
    expect(found.map(([position]) => position)).toEqual([1, 3]);
    expect(found.map(([, hash]) => hash)).not.toContain(hashOf(junk));
  });
});
