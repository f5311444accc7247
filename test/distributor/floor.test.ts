import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Abilities, type Caller, Floor, type FreeAgent } from '../../src/distributor/floor.ts';

function caller(call: string, more: Partial<Caller> = {}): Caller {
  const queued = { queue: 'q', queuePriority: 0, priority: 0, waitingSince: 0, arrival: 0 };
  return { call, ...queued, needs: new Map(), missedBy: [], ...more };
}

function floorOf(abilities: Readonly<Record<string, Abilities>>): Floor {
  return new Floor((agent) => abilities[agent] ?? { queues: new Map(), skills: new Map() });
}

const member = (penalty = 0, skills: readonly (readonly [string, number])[] = []): Abilities => ({
  queues: new Map([['q', penalty]]),
  skills: new Map(skills),
});

test('a call goes to the least penalty, then to the one idle longest', () => {
  const floor = floorOf({ far: member(1), near: member(), tired: member() });
  floor.join(caller('c'));
  floor.sit({ agent: 'far', idleSince: 1 });
  expect(floor.agentFor('c')).toBe('far');
  floor.sit({ agent: 'near', idleSince: 9 });
  expect(floor.agentFor('c')).toBe('near');
  floor.sit({ agent: 'tired', idleSince: 5 });
  expect(floor.agentFor('c')).toBe('tired');
});

test('an agent without a skill, or not good enough at it, is not asked', () => {
  const floor = floorOf({ none: member(), some: member(0, [['billing', 3]]), good: member(0, [['billing', 7]]) });
  floor.join(caller('c', { needs: new Map([['billing', 5]]) }));
  floor.sit({ agent: 'none', idleSince: 1 });
  floor.sit({ agent: 'some', idleSince: 2 });
  expect(floor.agentFor('c')).toBeUndefined();
  expect(floor.callFor('none')).toBeUndefined();
  floor.sit({ agent: 'good', idleSince: 3 });
  expect(floor.agentFor('c')).toBe('good');
  expect(floor.callFor('good')).toBe('c');
});

test('an agent takes the most important queue, then the most important call, then the one waiting longest', () => {
  const floor = floorOf({
    a: {
      queues: new Map([
        ['q', 0],
        ['vip', 0],
      ]),
      skills: new Map(),
    },
  });
  floor.sit({ agent: 'a', idleSince: 0 });
  floor.join(caller('late', { waitingSince: 9 }));
  expect(floor.callFor('a')).toBe('late');
  floor.join(caller('early', { waitingSince: 1, arrival: 2 }));
  expect(floor.callFor('a')).toBe('early');
  floor.join(caller('with it, but first', { waitingSince: 1, arrival: 1 }));
  expect(floor.callFor('a')).toBe('with it, but first');
  floor.join(caller('urgent', { waitingSince: 10, priority: 1 }));
  expect(floor.callFor('a')).toBe('urgent');
  floor.join(caller('vip', { waitingSince: 11, queue: 'vip', queuePriority: 5 }));
  expect(floor.callFor('a')).toBe('vip');
});

test('who missed a call is asked again only when nobody else is free', () => {
  const floor = floorOf({ missed: member(), other: member(4) });
  floor.join(caller('c', { missedBy: ['missed'] }));
  floor.sit({ agent: 'missed', idleSince: 0 });
  expect(floor.agentFor('c')).toBe('missed');
  floor.sit({ agent: 'other', idleSince: 7 });
  expect(floor.agentFor('c')).toBe('other');
});

test('an agent whose skills change is matched by the new ones', () => {
  const abilities: Record<string, Abilities> = { a: member() };
  const floor = floorOf(abilities);
  floor.sit({ agent: 'a', idleSince: 0 });
  floor.join(caller('c', { needs: new Map([['billing', 1]]) }));
  abilities.a = member(0, [['billing', 1]]);
  floor.forget('a');
  expect(floor.callFor('a')).toBeUndefined();
  floor.sit({ agent: 'a', idleSince: 0 });
  expect(floor.callFor('a')).toBe('c');
});

test('what no agent is like any more is forgotten, however often skills change', () => {
  const abilities: Record<string, Abilities> = { a: member(), b: member() };
  const floor = floorOf(abilities);
  floor.join(caller('c', { needs: new Map([['billing', 1]]) }));
  for (let level = 1; level <= 1_000; level += 1) {
    abilities.a = member(0, [['billing', level]]);
    floor.forget('a');
    floor.sit({ agent: 'a', idleSince: 0 });
    floor.sit({ agent: 'b', idleSince: 0 });
    expect([floor.agentFor('c'), floor.callFor('a'), floor.callFor('b')]).toEqual(['a', 'c', undefined]);
  }
  expect(floor.teams).toBe(2);
  abilities.a = member();
  floor.forget('a');
  expect(floor.agentFor('c')).toBeUndefined();
});

test('the answer is that of looking at all calls and all agents', () => {
  const queues = ['q0', 'q1', 'q2'];
  const levels = fc.dictionary(fc.constantFrom('s0', 's1'), fc.nat(3)).map((skills) => new Map(Object.entries(skills)));
  const abilities = fc.record({
    queues: fc.dictionary(fc.constantFrom(...queues), fc.nat(2)).map((found) => new Map(Object.entries(found))),
    skills: levels,
  });
  const waiting = fc.record({
    queue: fc.constantFrom(...queues),
    priority: fc.nat(2),
    waitingSince: fc.nat(5),
    needs: levels,
    missedBy: fc.uniqueArray(fc.nat(7).map(agentName), { maxLength: 2 }),
  });
  const world = fc.record({
    agents: fc.array(fc.record({ abilities, idleSince: fc.nat(5) }), { maxLength: 8 }),
    calls: fc.array(waiting, { maxLength: 8 }),
    gone: fc.array(fc.nat(7), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(world, ({ agents, calls, gone }) => {
      const able = Object.fromEntries(agents.map((one, index) => [agentName(index), one.abilities]));
      const floor = floorOf(able);
      const free = new Map<string, FreeAgent>();
      const callers = new Map<string, Caller>();
      agents.forEach(({ idleSince }, index) => {
        free.set(agentName(index), { agent: agentName(index), idleSince });
        floor.sit({ agent: agentName(index), idleSince });
      });
      calls.forEach((one, index) => {
        const joined = caller(`c${index}`, { ...one, arrival: -index, queuePriority: queues.indexOf(one.queue) % 2 });
        callers.set(joined.call, joined);
        floor.join(joined);
      });
      for (const index of gone) {
        free.delete(agentName(index));
        floor.rise(agentName(index));
        callers.delete(`c${index + 1}`);
        floor.leave(`c${index + 1}`);
      }
      for (const one of callers.values()) expect(floor.agentFor(one.call)).toBe(bestAgent(one, free, able));
      for (const agent of free.keys()) expect(floor.callFor(agent)).toBe(bestCall(agent, callers, able));
    }),
    { numRuns: 500 },
  );
});

function agentName(index: number): string {
  return `a${index}`;
}

function fits({ queue, needs }: Caller, { queues, skills }: Abilities | undefined = member()): boolean {
  return queues.has(queue) && [...needs].every(([skill, level]) => (skills.get(skill) ?? -1) >= level);
}

function bestAgent(call: Caller, free: ReadonlyMap<string, FreeAgent>, able: Record<string, Abilities>) {
  const fitting = [...free.values()].filter(({ agent }) => fits(call, able[agent]));
  const rank = ({ agent, idleSince }: FreeAgent) => [
    call.missedBy.includes(agent) ? 1 : 0,
    able[agent]?.queues.get(call.queue) ?? 0,
    idleSince,
    Number(agent.slice(1)),
  ];
  return fitting.sort((one, other) => byRank(rank(one), rank(other)))[0]?.agent;
}

function bestCall(agent: string, callers: ReadonlyMap<string, Caller>, able: Record<string, Abilities>) {
  const fitting = [...callers.values()].filter((one) => fits(one, able[agent]));
  const rank = ({ queuePriority, priority, waitingSince, arrival }: Caller) => [
    -queuePriority,
    -priority,
    waitingSince,
    arrival,
  ];
  return fitting.sort((one, other) => byRank(rank(one), rank(other)))[0]?.call;
}

function byRank(one: readonly number[], other: readonly number[]): number {
  const differs = one.findIndex((value, index) => value !== other[index]);
  return differs < 0 ? 0 : (one[differs] ?? 0) - (other[differs] ?? 0);
}
