import { afterEach, beforeEach, expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import {
  aCall,
  anAgent,
  answered,
  aPerson,
  aQueue,
  CENTRE,
  type Centre,
  givenCentre,
  hungUp,
  offeredTo,
  toAgent,
  toCall,
} from '../support/centre.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
});
afterEach(async () => {
  expect(centre.problems).toEqual([]);
  await centre.close();
});

test('a call is offered to the free agent, who is told in the same turn', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann'], { ringMs: 12_000, recording: 'mandatory' }),
    anAgent('ann'),
    aCall('c', 'q'),
  );
  const { context } = centre.call('c');
  expect(context.offer).toMatchObject({ agent: 'ann', ringMs: 12_000 });
  expect(context.legs[1]).toMatchObject({ kind: 'agent', number: '1ann', line: '1ann', recording: 'Mandatory' });
  expect(centre.agent('ann').queue).toBe('offered');
});

test('a call waits for the agent to come free, and he is offered it then', async () => {
  centre.startDistributor();
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('first', 'q'), aCall('second', 'q'));
  await centre.happens(answered(centre.call('first')));
  expect(centre.call('second').stage).toBe('queued');
  await centre.happens(hungUp('first'));
  expect(offeredTo(centre.call('second'))).toBe('ann');
});

test('who is in wrap-up, away, or not to be disturbed is offered nothing', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', 'ben', 'cy']),
    anAgent('ann', { wrapUpMs: 30_000 }),
    anAgent('ben', { presence: 'away' }),
    anAgent('cy', { dnd: true }),
    aCall('first', 'q'),
  );
  await centre.happens(answered(centre.call('first')), hungUp('first'));
  await centre.happens(aCall('second', 'q'));
  expect(centre.call('second').stage).toBe('queued');
  await centre.wait(30_000);
  expect(offeredTo(centre.call('second'))).toBe('ann');
});

test('an offer nobody takes goes to somebody else, and after two of them the agent is away', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', { agent: 'ben', penalty: 5 }]),
    anAgent('ann'),
    anAgent('ben'),
    aCall('c', 'q'),
  );
  expect(offeredTo(centre.call('c'))).toBe('ann');
  await centre.wait(20_000);
  expect(offeredTo(centre.call('c'))).toBe('ben');
  expect(centre.agent('ann')).toMatchObject({ presence: 'ready', missed: 1 });
  await centre.happens(answered(centre.call('c')), aCall('d', 'q'));
  expect(offeredTo(centre.call('d'))).toBe('ann');
  await centre.wait(20_000);
  expect(centre.agent('ann')).toMatchObject({ presence: 'away', missed: 2 });
  expect(centre.call('d')).toMatchObject({ stage: 'queued', context: { queue: { missedBy: ['ann'] } } });
});

test('nobody jumps the queue, whatever is news first', async () => {
  await centre.happens(aQueue('q', ['ann', 'ben']), anAgent('ann'), aCall('a', 'q'), aCall('b', 'q'));
  await centre.happens(aCall('c', 'q', { priority: 9 }));
  centre.startDistributor();
  await centre.settle();
  expect(offeredTo(centre.call('c'))).toBe('ann');
  await centre.wait(1_000);
  await centre.happens(anAgent('ben', { presence: 'away' }));
  await centre.happens(aCall('0', 'q'), toAgent('ben', { type: 'setReady' }), aCall('d', 'q', { priority: 1 }));
  expect(offeredTo(centre.call('d'))).toBe('ben');
  await centre.happens(answered(centre.call('d')));
  await centre.happens(hungUp('d'), aCall('00', 'q'));
  expect(offeredTo(centre.call('a'))).toBe('ben');
});

test('skills count with their levels, the call’s and the queue’s', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', 'ben'], { skills: [{ skill: 'english', level: 2 }] }),
    anAgent('ann'),
    anAgent('ben'),
    aPerson('ann', { english: 5 }),
    aPerson('ben', { english: 2, billing: 4 }),
    aCall('hard', 'q', { skills: { billing: 4 } }),
    aCall('impossible', 'q', { skills: { english: 6 } }),
  );
  expect(offeredTo(centre.call('hard'))).toBe('ben');
  expect(centre.call('impossible').stage).toBe('queued');
  await centre.happens({
    to: { tenant: CENTRE, kind: 'user', id: 'user-ann' },
    event: { type: 'change', set: { skills: [{ skill: 'english', level: 9 }] } },
  });
  expect(offeredTo(centre.call('impossible'))).toBe('ann');
});

test('a new member is offered what waits, a dismissed one no more', async () => {
  centre.startDistributor();
  await centre.happens(aQueue('q', ['ann']), anAgent('ben'), aCall('c', 'q'));
  expect(centre.call('c').stage).toBe('queued');
  const members = (...agents: string[]) => ({
    to: { tenant: CENTRE, kind: 'queue', id: 'q' },
    event: { type: 'change', set: { members: agents.map((agent) => ({ agent })) } },
  });
  await centre.happens(members('ben'));
  expect(offeredTo(centre.call('c'))).toBe('ben');
  await centre.happens(hungUp('c'), members('ann'));
  await centre.happens(aCall('d', 'q'));
  expect(centre.call('d').stage).toBe('queued');
});

test('overflow by closing, by length and for want of agents leads to another queue, a line or the end', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('closed', [], { isClosed: true, onClosed: '8rest' }),
    aQueue('shut', [], { isClosed: true }),
    aQueue('small', ['ann'], { waitingMax: 1, onFull: '19735559999' }),
    aQueue('empty', ['ann'], { onNoAgents: '8rest' }),
    aQueue('rest', []),
  );
  await centre.happens(
    aCall('a', 'closed'),
    aCall('b', 'shut'),
    aCall('c', 'small'),
    aCall('d', 'small'),
    aCall('e', 'empty'),
  );
  expect(centre.call('a').context.queue).toMatchObject({ queue: 'rest', waiting: true });
  expect(centre.call('b')).toMatchObject({ stage: 'ended', context: { cause: 'closed' } });
  expect(centre.call('c').context.queue).toMatchObject({ queue: 'small', waiting: true });
  expect(centre.call('d').context.legs[1]).toMatchObject({ number: '19735559999', state: 'dialing' });
  expect(centre.call('e').context.queue).toMatchObject({ queue: 'rest', waiting: true });
});

test('a call that has waited too long is sent on, but not while it rings', async () => {
  centre.startDistributor();
  await centre.happens(aQueue('q', ['ann'], { waitMsMax: 30_000, onWaitedTooLong: '8rest' }), aQueue('rest', []));
  await centre.happens(aCall('c', 'q'));
  await centre.wait(29_000);
  await centre.happens(anAgent('ann'));
  await centre.wait(2_000);
  expect(centre.call('c').stage).toBe('offered');
  await centre.wait(20_000);
  expect(centre.call('c').context.queue).toMatchObject({ queue: 'rest', waiting: true });
});

test('queues that overflow in a circle end in hanging up', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('a', [], { isClosed: true, onClosed: '8b' }),
    aQueue('b', [], { isClosed: true, onClosed: '8a' }),
    aCall('c', 'a'),
  );
  expect(centre.call('c')).toMatchObject({ stage: 'ended', context: { cause: 'closed' } });
});

test('a distributor that starts late, or again, finds what waits and who is free', async () => {
  await centre.happens(
    aQueue('q', ['ann', 'ben']),
    anAgent('ann'),
    aPerson('ann', { x: 1 }),
    aCall('c', 'q', { skills: { x: 1 } }),
  );
  const first = centre.startDistributor();
  await centre.settle();
  expect(offeredTo(centre.call('c'))).toBe('ann');
  await first.stop();
  await centre.happens(anAgent('ben'), aCall('d', 'q'));
  expect(centre.call('d').stage).toBe('queued');
  centre.startDistributor();
  await centre.settle();
  expect(offeredTo(centre.call('d'))).toBe('ben');
});

test('two distributors at once make one offer of each agent and lose no call', async () => {
  centre.startDistributor();
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', 'ben']),
    anAgent('ann'),
    anAgent('ben'),
    aCall('c', 'q'),
    aCall('d', 'q'),
    aCall('e', 'q'),
  );
  const offers = ['c', 'd', 'e'].map((id) => offeredTo(centre.call(id)));
  expect(offers.toSorted()).toEqual(['ann', 'ben', undefined]);
  await centre.happens(hungUp('c'), hungUp('d'), hungUp('e'));
  await centre.happens(aCall('f', 'q'));
  expect(centre.call('f').stage).toBe('offered');
});

test('an offer that comes too late is made to somebody else', async () => {
  const { runtime } = centre;
  let first = true;
  centre.startDistributor({
    follow: (options) => runtime.follow(options),
    async submit(command) {
      if (first && command.deliveries[0]?.event.type === 'offer') {
        first = false;
        await centre.record(CENTRE, toAgent('ann', { type: 'setAway' }));
      }
      return runtime.submit(command);
    },
  });
  await centre.happens(
    aQueue('q', ['ann', { agent: 'ben', penalty: 1 }]),
    anAgent('ann'),
    anAgent('ben'),
    aCall('c', 'q'),
  );
  expect(first).toBe(false);
  expect(offeredTo(centre.call('c'))).toBe('ben');
});

test('an agent whose offer came to nothing gets the call that came meanwhile', async () => {
  const { runtime } = centre;
  let first = true;
  centre.startDistributor({
    follow: (options) => runtime.follow(options),
    async submit(command) {
      if (first) {
        first = false;
        await centre.record(CENTRE, hungUp('c'), aCall('d', 'q'));
      }
      return runtime.submit(command);
    },
  });
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('c', 'q'));
  expect(offeredTo(centre.call('d'))).toBe('ann');
});

test('while commands are not taken it tries again later', async () => {
  const { runtime } = centre;
  let refusals = 3;
  centre.startDistributor({
    follow: (options) => runtime.follow(options),
    submit: async (command) => {
      if (refusals-- > 0) throw new LedgerlineError('unavailable', 'the log cannot be reached');
      return runtime.submit(command);
    },
  });
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('c', 'q'));
  expect(centre.call('c').stage).toBe('queued');
  await centre.wait(5_000);
  expect(offeredTo(centre.call('c'))).toBe('ann');
});

test('a call that cannot be sent on while the log is away is sent on when it is back, however long that took', async () => {
  const { runtime } = centre;
  let refusals = 20;
  centre.startDistributor({
    follow: (options) => runtime.follow(options),
    submit: async (command) => {
      if (refusals-- > 0) throw new LedgerlineError('unavailable', 'the log cannot be reached');
      return runtime.submit(command);
    },
  });
  await centre.happens(
    aQueue('rest', []),
    aQueue('shut', [], { isClosed: true, onClosed: '8rest' }),
    aCall('c', 'shut'),
  );
  await centre.wait(30_000);
  expect(centre.call('c').context.queue).toMatchObject({ queue: 'rest', waiting: true });
});

test('an offer whose id somebody has used for a command of his own is reported, and not made for ever', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('c', 'q'));
  const deliveries = [toAgent('ann', { type: 'setDnd', on: false })];
  const id = `offer:c.${centre.call('c').version}`;
  await centre.runtime.submit({ id, tenant: CENTRE, by: 'user:mallory', via: 'native', deliveries });
  centre.startDistributor();
  await centre.settle();
  expect(centre.problems.splice(0)).toMatchObject([{ command: { id } }]);
  expect(centre.call('c').stage).toBe('queued');
});

test('what a queue asks for counts as it is now, also for calls that wait already', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann'], { skills: [{ skill: 'french', level: 5 }] }),
    anAgent('ann', { presence: 'away' }),
    aPerson('ann', {}),
  );
  const entry = () => projectedDirectory(centre.runtime.live).resolve(CENTRE, '8q');
  const arrives = (id: string) => {
    const there = entry();
    return aCall(id, 'q', there.kind === 'queue' ? { ...there.entry } : {});
  };
  await centre.happens(arrives('first'));
  const change = (set: JsonObject) => ({
    to: { tenant: CENTRE, kind: 'queue', id: 'q' },
    event: { type: 'change', set },
  });
  await centre.happens(change({ skills: [], priority: 7 }));
  await centre.happens(arrives('second'), toAgent('ann', { type: 'setReady' }));
  expect(offeredTo(centre.call('first'))).toBe('ann');
});

test('the person behind an agent may be replaced in either order', async () => {
  centre.startDistributor();
  await centre.happens(aQueue('q', ['ann'], { skills: [{ skill: 'x', level: 1 }] }), aPerson('ann', {}));
  const { event } = aPerson('ann', { x: 1 });
  await centre.happens({ to: { tenant: CENTRE, kind: 'user', id: 'successor' }, event });
  await centre.happens({ to: { tenant: CENTRE, kind: 'user', id: 'user-ann' }, event: { type: 'remove' } });
  await centre.happens(anAgent('ann'), aCall('c', 'q'));
  expect(offeredTo(centre.call('c'))).toBe('ann');
});

const aCallOfTheQueue = (id: string, queue: string) =>
  toCall(id, {
    type: 'originateFromQueue',
    direction: 'outbound',
    to: '19735550100',
    queue: { queue },
    target: { leg: `${id}-2`, number: '19735550100' },
  });

test('a call to nobody in particular, made for a queue, is offered as well', async () => {
  centre.startDistributor();
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'));
  await centre.happens(aCallOfTheQueue('c', 'q'));
  expect(offeredTo(centre.call('c'))).toBe('ann');
});

test('such a call stays where callers are sent on for want of agents, and is sent on like them when it waits too long', async () => {
  centre.startDistributor();
  const sentOn = { onNoAgents: '8rest', waitMsMax: 30_000, onWaitedTooLong: '8late' };
  await centre.happens(aQueue('q', [], sentOn), aQueue('rest', []), aQueue('late', []));
  await centre.happens(aCall('caller', 'q'), aCallOfTheQueue('c', 'q'));
  expect(centre.call('caller').context.queue).toMatchObject({ queue: 'rest' });
  expect(centre.call('c').context.queue).toMatchObject({ queue: 'q', waiting: true });
  await centre.wait(30_000);
  expect(centre.call('c').context.queue).toMatchObject({ queue: 'late', waiting: true });
});
