import { describe, expect, it } from 'vitest';
import { START } from '../actor.ts';
import { anAgent, leg, offer, onQueueCall, regionsOf } from './an-agent.ts';

describe('an offer', () => {
  it('takes an agent who is ready, with an idle phone and no queue work', () => {
    const agent = anAgent()
      .wait(10)
      .given(offer('c1', { wrapUpMs: 5_000 }));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'offered' });
    expect(agent.context.queue).toEqual({
      since: START + 10,
      work: { call: 'c1', queue: 'q1', offeredAt: START + 10, wrapUpMs: 5_000 },
    });
  });

  it.each([
    ['signedOut', [{ type: 'signOut' }]],
    ['away', [{ type: 'setAway' }]],
    ['wrapUp', [{ type: 'setWrapUp' }]],
    ['doNotDisturb', [{ type: 'setDnd', on: true }]],
    ['phoneUnavailable', [{ type: 'line.unreachable', line: '101' }]],
    ['phoneBusy', [leg('dialing')]],
    ['phoneBusy', [leg('ringing')]],
    ['phoneBusy', [leg('talking')]],
    ['phoneBusy', [leg('held')]],
    ['alreadyOffered', [offer('c0')]],
    ['phoneBusy', [offer('c0'), leg('talking', 'c0')]],
    ['wrapUp', [offer('c0'), leg('talking', 'c0'), leg('ended', 'c0')]],
  ])('is refused with %s', (reason, events) => {
    const agent = anAgent().given(...events);
    const before = JSON.stringify([agent.value, agent.context]);
    expect(agent.when(offer())).toEqual({ kind: 'refused', reason });
    expect(JSON.stringify([agent.value, agent.context])).toBe(before);
  });

  it('that is answered becomes queue work and forgives missed offers', () => {
    const agent = onQueueCall(anAgent().given({ type: 'offer.missed', call: 'c0' }));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
    expect(agent.context.consecutiveMissed).toBe(0);
    expect(agent.context.queue.work).toMatchObject({ call: 'c1', leg: 'l1', answeredAt: START });
  });

  it('that is withdrawn frees him and counts for nothing', () => {
    const agent = anAgent().given(offer(), leg('ringing'), { type: 'offer.withdrawn', call: 'c1' }, leg('ended'));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(agent.context).toMatchObject({ consecutiveMissed: 0, queue: { work: null } });
  });

  it('is given back to its call when he signs out', () => {
    const agent = anAgent().given(offer(), leg('ringing'), { type: 'signOut' });
    expect(regionsOf(agent)).toEqual({ presence: 'signedOut', phone: 'ringing', queue: 'none' });
    expect(agent.tells).toEqual([
      { to: { tenant: 'acme', kind: 'call', id: 'c1' }, event: { type: 'offer.declined', agent: 'a1' } },
    ]);
  });

  it('of another call is not touched by facts about this one', () => {
    const agent = anAgent().given(offer('c1'), leg('talking', 'c9'), leg('ended', 'c9'), {
      type: 'offer.withdrawn',
      call: 'c9',
    });
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'offered' });
  });
});

describe('missed offers', () => {
  const miss = (call: string) => [
    offer(call),
    leg('ringing', call),
    { type: 'offer.missed', call },
    leg('ended', call),
  ];

  it('are counted, and the last one allowed sets a ready agent away with a system reason', () => {
    const agent = anAgent().given(...miss('c1'));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    agent.wait(70).given(...miss('c2'));
    expect(regionsOf(agent)).toEqual({ presence: 'away', phone: 'idle', queue: 'none' });
    expect(agent.context.consecutiveMissed).toBe(2);
    expect(agent.context.presence).toEqual({
      since: START + 70,
      cause: 'missedCalls',
      reason: { name: 'Missed Calls' },
    });
  });

  it('count once whether the leg ends before or after', () => {
    const agent = anAgent().given(offer(), leg('ringing'), leg('ended'), { type: 'offer.missed', call: 'c1' });
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(agent.context.consecutiveMissed).toBe(1);
  });

  it('never set him away when the rule is off', () => {
    const agent = anAgent({ missedMax: 0 }).given(...miss('c1'), ...miss('c2'), ...miss('c3'));
    expect(regionsOf(agent)).toMatchObject({ presence: 'ready' });
    expect(agent.context.consecutiveMissed).toBe(3);
  });

  it('do not move an agent who is no longer ready', () => {
    const agent = anAgent({ missedMax: 1 }).given(offer(), { type: 'signOut' }, { type: 'offer.missed', call: 'c1' });
    expect(regionsOf(agent)).toMatchObject({ presence: 'signedOut', queue: 'none' });
  });
});

describe('wrap-up', () => {
  const wrappingUp = () => onQueueCall(anAgent()).wait(1_000).given(leg('ended'));

  it('begins with the end of the queue call, in both regions', () => {
    const agent = wrappingUp();
    expect(regionsOf(agent)).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
    expect(agent.context.presence).toEqual({
      since: START + 1_000,
      cause: 'callEnded',
      takenAt: START,
      returnTo: { kind: 'ready' },
    });
    expect(agent.context.queue.work).toMatchObject({ call: 'c1', queue: 'q1' });
    expect(agent.live.timers).toEqual([{ name: 'wrapUp.afterCall', due: START + 31_000, armed: 5 }]);
  });

  it('ends by itself after its time, and the agent is ready again', () => {
    const agent = wrappingUp().wait(29_999);
    expect(regionsOf(agent)).toMatchObject({ presence: 'wrapUp' });
    agent.wait(1);
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(agent.context.presence).toEqual({ since: START + 31_000, cause: 'wrapUpEnded', takenAt: START });
    expect(agent.context.queue).toEqual({ since: START + 31_000, work: null });
  });

  it.each([
    ['setReady', 'ready'],
    ['setAway', 'away'],
    ['signOut', 'signedOut'],
  ])('is ended by %s, and its timer with it', (type, presence) => {
    const agent = wrappingUp().given({ type });
    expect(regionsOf(agent)).toEqual({ presence, phone: 'idle', queue: 'none' });
    expect(agent.live.timers).toEqual([]);
  });

  it('asked for while it runs lasts until another presence is set', () => {
    const agent = wrappingUp().wait(500).given({ type: 'setWrapUp' }).wait(60_000);
    expect(regionsOf(agent)).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'none' });
    expect(agent.context.presence).toEqual({ since: START + 1_000, cause: 'self' });
  });

  it.each([
    ['the offer says so', anAgent().given(offer('c1', { wrapUpMs: 0 }))],
    ['his rules say so', anAgent({ wrapUpMs: 0 }).given(offer())],
    ['the call was none of a queue', anAgent()],
  ])('does not happen when %s', (_, agent) => {
    agent.given(leg('talking'), leg('ended'));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
  });

  it('follows a call that was pulled from a queue without an offer', () => {
    const agent = anAgent().given(leg('talking', 'c1', 'l1', { acd: true, queue: 'q7', wrapUpMs: 2_000 }));
    expect(regionsOf(agent)).toMatchObject({ queue: 'talking' });
    expect(regionsOf(agent.given(leg('ended')))).toMatchObject({ presence: 'wrapUp', queue: 'wrapUp' });
    expect(regionsOf(agent.wait(2_000))).toMatchObject({ presence: 'ready', queue: 'none' });
  });

  it('follows the last of two queue calls, when one was pulled during the other', () => {
    const agent = onQueueCall(anAgent()).given(
      leg('held'),
      leg('talking', 'c2', 'l2', { acd: true, queue: 'q7', wrapUpMs: 2_000 }),
      leg('ended'),
    );
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
    expect(agent.context.queue.work).toMatchObject({ call: 'c2', queue: 'q7', wrapUpMs: 2_000 });
    expect(regionsOf(agent.given(leg('ended', 'c2', 'l2')))).toMatchObject({ presence: 'wrapUp', queue: 'wrapUp' });
  });

  it('gives way to a queue call that is pulled meanwhile', () => {
    const pulled = leg('talking', 'c2', 'l2', { acd: true, queue: 'q7' });
    const agent = onQueueCall(anAgent()).given(leg('ended'), pulled);
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
    expect(agent.context.queue.work).toMatchObject({ call: 'c2', queue: 'q7' });
  });

  it('does not begin when the call that carries his leg becomes another', () => {
    const agent = onQueueCall(anAgent()).given({ type: 'leg.moved', call: 'c2', leg: 'l1', from: 'c1', party: '5' });
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
    expect(agent.context).toMatchObject({
      phone: { legs: [{ call: 'c2', party: '5' }] },
      queue: { work: { call: 'c2' } },
    });
    expect(regionsOf(agent.given(leg('ended', 'c2')))).toMatchObject({ presence: 'wrapUp', queue: 'wrapUp' });
  });

  it('waits for the leg of the queue call, not for a consult', () => {
    const agent = onQueueCall(anAgent()).given(leg('held'), leg('talking', 'c2', 'l2'), leg('ended', 'c2', 'l2'));
    expect(regionsOf(agent)).toEqual({ presence: 'ready', phone: 'held', queue: 'talking' });
    agent.given(leg('dialing', 'c3', 'l3'), leg('ended'));
    expect(regionsOf(agent)).toEqual({ presence: 'wrapUp', phone: 'dialing', queue: 'wrapUp' });
  });
});
