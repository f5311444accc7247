import { describe, expect, test } from 'vitest';
import { endOf, OUTSIDE, queueCallWithAlice, queuedCall, withAgents } from './exchange.ts';

const offerAlice = (leg = 'a') => ({ type: 'offer', target: endOf('alice', leg), ringMs: 20_000 });

describe('a call in a queue', () => {
  test('waits, is offered, rings, is answered: call and agent move in the same turns', () => {
    const exchange = queuedCall(withAgents());
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.leg('c1', 'x')).toMatchObject({ state: 'established', incoming: true });

    exchange.given('call/c1', offerAlice());
    expect(exchange.last).toEqual(['call c1 offer', 'agent alice offer']);
    expect(exchange.stage('c1')).toBe('offered');
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'idle', queue: 'offered' });

    exchange.given('call/c1', { type: 'leg.ringing', leg: 'a' });
    expect(exchange.agent('alice').phone).toBe('ringing');

    exchange.now += 4_000;
    exchange.given('call/c1', { type: 'leg.answered', leg: 'a' });
    expect(exchange.stage('c1')).toBe('established');
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
    expect(exchange.call('c1').context).toMatchObject({
      answeredAt: 5_000,
      offer: null,
      queue: { waiting: false, outcome: 'answered', waitingSince: 1_000, leftAt: 5_000, offers: 1 },
    });
  });

  test('is missed after its ringing time: the agent is told, the call waits on, in the order it came', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice(), { type: 'leg.ringing', leg: 'a' });
    exchange.pass(19_999);
    expect(exchange.stage('c1')).toBe('offered');
    exchange.pass(1);
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.leg('c1', 'a')).toMatchObject({ state: 'released', cause: 'noAnswer' });
    expect(exchange.call('c1').context.queue).toMatchObject({
      waiting: true,
      waitingSince: 1_000,
      missedBy: ['alice'],
    });
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(exchange.agentContext('alice').consecutiveMissed).toBe(1);
  });

  test('of two who wait, one may send the other to another queue: the offer of the first is withdrawn', () => {
    const exchange = queueCallWithAlice(withAgents({ alice: '101', bob: '102', carol: '103' }))
      .given('call/c1', { type: 'addParty', leg: 'a', target: endOf('bob', 'b') }, { type: 'leg.answered', leg: 'b' })
      .given('call/c1', { type: 'blindTransfer', leg: 'a', queue: { queue: 'q1' } })
      .given('call/c1', { type: 'offer', target: endOf('carol', 'c'), ringMs: 20_000 })
      .given('call/c1', { type: 'blindTransfer', leg: 'b', queue: { queue: 'q2' } });
    expect(exchange.call('c1').context).toMatchObject({ offer: null, queue: { queue: 'q2', waiting: true } });
    expect(exchange.agent('carol')).toMatchObject({ phone: 'idle', queue: 'none' });
    expect(exchange.agentContext('carol').consecutiveMissed).toBe(0);
  });

  test('offered twice in a row and missed sets the agent away', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice('a1')).pass(20_000);
    exchange.given('call/c1', offerAlice('a2')).pass(20_000);
    expect(exchange.agent('alice').presence).toBe('away');
    expect(exchange.call('c1').context.queue?.offers).toBe(2);
  });

  test.each([
    ['reject', { type: 'reject', leg: 'a' }, 'rejected', 1],
    ['leg.failed busy', { type: 'leg.failed', leg: 'a', cause: 'busy' }, 'busy', 1],
    ['leg.failed unreachable', { type: 'leg.failed', leg: 'a', cause: 'unreachable' }, 'unreachable', 1],
    ['leg.ended at the phone', { type: 'leg.ended', leg: 'a' }, 'rejected', 1],
    [
      'leg.forwarded',
      { type: 'leg.forwarded', leg: 'a', why: 'busy', target: { leg: 'f', number: '9' } },
      'unreachable',
      1,
    ],
    ['withdrawOffer', { type: 'withdrawOffer' }, 'withdrawn', 0],
    ['leg.ended as lost', { type: 'leg.ended', leg: 'a', cause: 'lost' }, 'lost', 0],
  ])('that is offered, on %s, goes back to waiting', (_, event, cause, missed) => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice(), { type: 'leg.ringing', leg: 'a' }, event);
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.leg('c1', 'a')).toMatchObject({ state: 'released', cause });
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(exchange.agentContext('alice').consecutiveMissed).toBe(missed);
  });

  test('waits on when the agent to whom it rings signs out', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice(), { type: 'leg.ringing', leg: 'a' });
    exchange.given('agent/alice', { type: 'signOut' });
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.agent('alice')).toMatchObject({ presence: 'signedOut', queue: 'none', phone: 'idle' });
  });

  test('cannot be offered to an agent who is not free, and then nothing has happened', () => {
    const exchange = queuedCall(withAgents()).given('agent/alice', { type: 'setAway' });
    expect(exchange.reasonOf('call/c1', offerAlice())).toBe('away');
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.call('c1').context.legs).toHaveLength(1);
  });

  test('cannot be offered twice at a time, nor one agent two calls', () => {
    const exchange = queuedCall(queuedCall(withAgents()), 'c2', 'y').given('call/c1', offerAlice());
    expect(exchange.reasonOf('call/c1', { ...offerAlice(), target: endOf('bob', 'b') })).toBe('alreadyOffered');
    expect(exchange.reasonOf('call/c2', offerAlice('a2'))).toBe('alreadyOffered');
  });

  test.each([
    [4_999, true],
    [5_000, false],
  ])('is abandoned when its caller hangs up; after %i ms that is short: %s', (ms, short) => {
    const exchange = queuedCall(withAgents()).pass(ms).given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(exchange.stage('c1')).toBe('ended');
    expect(exchange.call('c1').context).toMatchObject({
      cause: 'abandoned',
      endedBy: 'x',
      abandoned: true,
      shortAbandoned: short,
      queue: { waiting: false, outcome: 'abandoned' },
    });
  });

  test('whose caller hangs up while it rings at an agent is taken from him, and it is not his fault', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice(), { type: 'leg.ringing', leg: 'a' });
    exchange.given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(exchange.cause('c1')).toBe('abandoned');
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
    expect(exchange.agentContext('alice').consecutiveMissed).toBe(0);
  });

  test('moves to another queue and keeps its waiting time; an offer is withdrawn', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', offerAlice()).pass(1_000);
    exchange.given('call/c1', { type: 'redirect', queue: 'q2', why: 'overflow' });
    expect(exchange.call('c1').context.queue).toMatchObject({ queue: 'q2', waitingSince: 1_000, enteredAt: 2_000 });
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.agent('alice').queue).toBe('none');
  });

  test('leaves for a number, which is then called', () => {
    const exchange = queuedCall(withAgents());
    exchange.given('call/c1', { type: 'transferWaiting', target: { leg: 'o', number: '5551234' } });
    expect(exchange.stage('c1')).toBe('dialing');
    expect(exchange.call('c1').context.queue).toMatchObject({ waiting: false, outcome: 'transferred' });
    exchange.given('call/c1', { type: 'leg.answered', leg: 'o' });
    expect(exchange.stage('c1')).toBe('established');
  });

  test('pulled by an agent is his queue work', () => {
    const exchange = queuedCall(withAgents());
    exchange.given('call/c1', { type: 'transferWaiting', target: { ...endOf('bob', 'b'), acd: true }, why: 'pulled' });
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'b' }, { type: 'answer', leg: 'b' });
    expect(exchange.agent('bob')).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
  });

  test('is dropped, and then knows why', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', { type: 'dropWaiting' });
    expect(exchange.call('c1').context).toMatchObject({
      cause: 'dropped',
      abandoned: false,
      queue: { outcome: 'dropped' },
    });
  });

  test('after an answer ends in wrap-up, which ends by itself', () => {
    const exchange = queueCallWithAlice().given('call/c1', { type: 'hangup', leg: 'a' });
    expect(exchange.call('c1').context).toMatchObject({ cause: 'hangup', endedBy: 'a', abandoned: false });
    expect(exchange.leg('c1', 'x')?.state).toBe('released');
    expect(exchange.agent('alice')).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
    exchange.pass(30_000);
    expect(exchange.agent('alice')).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
  });

  test('that does not wait refuses every queue operation', () => {
    const exchange = queueCallWithAlice();
    for (const event of [
      offerAlice('a9'),
      { type: 'redirect', queue: 'q2' },
      { type: 'transferWaiting', target: { leg: 'n', number: '1' } },
      { type: 'dropWaiting' },
      { type: 'withdrawOffer' },
    ]) {
      expect(exchange.reasonOf('call/c1', event), event.type).toBe('notWaiting');
    }
  });

  test('made without a caller is joined to its destination by the agent who takes it', () => {
    const exchange = withAgents().given('call/c1', {
      type: 'originateFromQueue',
      direction: 'outbound',
      to: '5551234',
      queue: { queue: 'q1' },
      target: { leg: 'o', number: '5551234' },
    });
    expect(exchange.stage('c1')).toBe('queued');
    exchange.given('call/c1', offerAlice(), { type: 'leg.ringing', leg: 'a' }, { type: 'leg.answered', leg: 'a' });
    expect(exchange.stage('c1')).toBe('dialing');
    expect(exchange.agent('alice').queue).toBe('talking');
    exchange.given('call/c1', { type: 'leg.answered', leg: 'o' });
    expect(exchange.stage('c1')).toBe('established');
    exchange.given('call/c1', { type: 'leg.ended', leg: 'o' });
    expect(exchange.agent('alice').presence).toBe('wrapUp');
  });

  describe('made without a caller whose destination is called at once', () => {
    const waiting = () =>
      withAgents().given('call/c1', {
        type: 'originateFromQueue',
        direction: 'outbound',
        to: '5551234',
        queue: { queue: 'q1' },
        target: { leg: 'o', number: '5551234' },
        atOnce: true,
      });

    test('lets whoever answers wait for an agent', () => {
      const exchange = waiting().given('call/c1', { type: 'leg.answered', leg: 'o' });
      expect(exchange.stage('c1')).toBe('queued');
      expect(exchange.call('c1').context).toMatchObject({
        answeredAt: null,
        legs: [{ id: 'o', state: 'established' }],
      });
      exchange.given('call/c1', offerAlice(), { type: 'leg.answered', leg: 'a' });
      expect(exchange.stage('c1')).toBe('established');
      expect(exchange.call('c1').context.queue).toMatchObject({ waiting: false, outcome: 'answered' });
    });

    test('lets the agent hear it ring who was faster', () => {
      const exchange = waiting().given('call/c1', offerAlice(), { type: 'leg.answered', leg: 'a' });
      expect(exchange.stage('c1')).toBe('dialing');
      exchange.given('call/c1', { type: 'leg.answered', leg: 'o' });
      expect(exchange.stage('c1')).toBe('established');
    });

    test('is over when nobody answers there, and abandoned when he hangs up again', () => {
      const missed = waiting().given('call/c1', offerAlice(), { type: 'leg.failed', leg: 'o', cause: 'noAnswer' });
      expect(missed.call('c1').context).toMatchObject({ cause: 'noAnswer', abandoned: false, offer: null });
      expect(missed.agent('alice').queue).toBe('none');
      const left = waiting().given('call/c1', { type: 'leg.answered', leg: 'o' }, { type: 'leg.ended', leg: 'o' });
      expect(left.call('c1').context).toMatchObject({ cause: 'abandoned', abandoned: true });
    });
  });

  test('can be entered by a call that has only arrived', () => {
    const exchange = withAgents().given('call/c1', { type: 'arrive', direction: 'inbound', caller: OUTSIDE, to: '1' });
    expect(exchange.stage('c1')).toBe('created');
    exchange.given('call/c1', { type: 'enqueue', queue: 'q1', priority: 5, skills: { English: 3 } });
    expect(exchange.call('c1').context.queue).toMatchObject({ priority: 5, skills: { English: 3 } });
    expect(exchange.reasonOf('call/c1', { type: 'enqueue', queue: 'q2' })).toBe('alreadyQueued');
    expect(exchange.reasonOf('call/c1', { type: 'route', target: { leg: 'n', number: '1' } })).toBe('alreadyQueued');
  });
});
