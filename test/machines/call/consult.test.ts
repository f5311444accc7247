import { describe, expect, test } from 'vitest';
import { type Exchange, endOf, queueCallWithAlice, withAgents } from './exchange.ts';

/** Alice, on queue call `c1`, consults bob in `c2` (her leg there `a2`, his `b`). */
function consulting(purpose = 'transfer', answered = true): Exchange {
  const exchange = queueCallWithAlice().given('call/c1', {
    type: 'consult',
    leg: 'a',
    consult: 'c2',
    consultLeg: 'a2',
    target: endOf('bob', 'b'),
    purpose,
  });
  const answer = [
    { type: 'leg.ringing', leg: 'b' },
    { type: 'answer', leg: 'b' },
  ];
  return answered ? exchange.given('call/c2', ...answer) : exchange;
}

const stages = (exchange: Exchange) => [exchange.stage('c1'), exchange.stage('c2')];
const phones = (exchange: Exchange) => [exchange.agent('alice').phone, exchange.agent('bob').phone];

describe('a consult', () => {
  test('holds the call and makes another, linked to it, in one turn', () => {
    const exchange = consulting('transfer', false);
    expect(exchange.last).toEqual([
      'call c1 consult',
      'agent alice leg.held',
      'call c2 consulting',
      'agent alice leg.dialing',
    ]);
    expect(stages(exchange)).toEqual(['held', 'dialing']);
    expect(exchange.call('c2').context).toMatchObject({
      linkedId: 'c1',
      consultOf: { call: 'c1', leg: 'a', purpose: 'transfer' },
      direction: 'internal',
    });
    expect(exchange.leg('c2', 'a2')).toMatchObject({ shares: 'a', kind: 'caller', agent: 'alice' });
  });

  test('completed transfers the caller to the consulted; the agent wraps up', () => {
    const exchange = consulting();
    expect(phones(exchange)).toEqual(['talking', 'talking']);
    exchange.given('call/c1', { type: 'completeTransfer', leg: 'a' });
    expect(stages(exchange)).toEqual(['established', 'ended']);
    expect(phones(exchange)).toEqual(['idle', 'talking']);
    expect(exchange.agent('alice').presence).toBe('wrapUp');
    expect(exchange.cause('c2')).toBe('transferred');
    expect(exchange.leg('c1', 'b')).toMatchObject({ state: 'established', number: '102', joinedFrom: 'c2' });
    exchange.given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(phones(exchange)).toEqual(['idle', 'idle']);
  });

  test.each(['waits in a queue', 'is offered there'])('that %s leaves the other party there when completed', (how) => {
    const exchange = consulting('transfer', false);
    const why = 'unconditional';
    exchange.given('call/c2', {
      type: 'leg.forwarded',
      leg: 'b',
      why,
      queue: { queue: 'q2', priority: 7, wrapUpMs: 5_000 },
    });
    const isOffered = how === 'is offered there';
    exchange.given('agent/carol', { type: 'create', presence: 'ready', line: '103' });
    if (isOffered) exchange.given('call/c2', { type: 'offer', target: endOf('carol', 'o'), ringMs: 20_000 });
    exchange.given('call/c1', { type: 'completeTransfer', leg: 'a' });
    expect(stages(exchange)).toEqual(['queued', 'ended']);
    expect(exchange.call('c1').context.queue).toMatchObject({
      queue: 'q2',
      priority: 7,
      wrapUpMs: 5_000,
      waiting: true,
    });
    expect(exchange.call('c2').context.queue).toMatchObject({ waiting: false, outcome: 'transferred' });
    expect(exchange.leg('c1', 'a')).toMatchObject({ state: 'released', cause: 'transferred' });
    expect(exchange.agent('alice').phone).toBe('idle');
    if (isOffered) expect(exchange.agent('carol')).toMatchObject({ presence: 'ready', queue: 'none' });
  });

  test('can be completed from its own side, and before the consulted has answered', () => {
    const exchange = consulting('transfer', false).given('call/c2', { type: 'leg.ringing', leg: 'b' });
    exchange.given('call/c2', { type: 'completeTransfer', leg: 'a2' });
    expect(stages(exchange)).toEqual(['ringing', 'ended']);
    expect(phones(exchange)).toEqual(['idle', 'ringing']);
    exchange.given('call/c1', { type: 'answer', leg: 'b' });
    expect(stages(exchange)).toEqual(['established', 'ended']);
  });

  test('passes on a fact about a leg that has moved on', () => {
    const exchange = consulting('transfer', false).given('call/c1', { type: 'completeTransfer', leg: 'a' });
    exchange.given('call/c2', { type: 'leg.answered', leg: 'b' });
    expect(exchange.last).toContain('call c1 leg.answered');
    expect(stages(exchange)).toEqual(['established', 'ended']);
  });

  test('completed as a conference brings all three together', () => {
    const exchange = consulting('conference').given('call/c1', { type: 'completeConference', leg: 'a' });
    expect(stages(exchange)).toEqual(['established', 'ended']);
    expect(phones(exchange)).toEqual(['talking', 'talking']);
    expect(exchange.call('c1').context.legs.filter(({ state }) => state === 'established')).toHaveLength(3);
  });

  test('is completed for what it was begun', () => {
    expect(consulting('transfer').reasonOf('call/c1', { type: 'completeConference', leg: 'a' })).toBe('otherPurpose');
    expect(consulting('conference').reasonOf('call/c2', { type: 'completeTransfer', leg: 'a2' })).toBe('otherPurpose');
    expect(consulting('any').reasonOf('call/c1', { type: 'completeTransfer', leg: 'a' })).toBeUndefined();
  });

  test('cancelled from either side retrieves the caller', () => {
    for (const [to, leg] of [
      ['call/c1', 'a'],
      ['call/c2', 'a2'],
    ] as const) {
      const exchange = consulting().given(to, { type: 'cancelConsult', leg });
      expect(stages(exchange)).toEqual(['established', 'ended']);
      expect(phones(exchange)).toEqual(['talking', 'idle']);
      expect(exchange.call('c1').context.consults).toEqual([]);
    }
  });

  test('hung up by the consulted leaves the caller on hold', () => {
    const exchange = consulting().given('call/c2', { type: 'hangup', leg: 'b' });
    expect(stages(exchange)).toEqual(['held', 'ended']);
    expect(phones(exchange)).toEqual(['held', 'idle']);
    exchange.given('call/c1', { type: 'retrieve', leg: 'a' });
    expect(phones(exchange)).toEqual(['talking', 'idle']);
  });

  test('swaps with the call, back and forth, from either side; never both talk', () => {
    const exchange = consulting().given('call/c1', { type: 'swapCalls', leg: 'a' });
    expect([exchange.leg('c1', 'a')?.state, exchange.leg('c2', 'a2')?.state]).toEqual(['established', 'held']);
    exchange.given('call/c2', { type: 'swapCalls', leg: 'a2' });
    expect([exchange.leg('c1', 'a')?.state, exchange.leg('c2', 'a2')?.state]).toEqual(['held', 'established']);
  });

  test('goes on alone when the caller hangs up', () => {
    const exchange = consulting().given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(stages(exchange)).toEqual(['ended', 'established']);
    expect(exchange.call('c2').context.consultOf).toBeNull();
    expect(exchange.reasonOf('call/c2', { type: 'completeTransfer', leg: 'a2' })).toBe('noConsult');
  });

  test('may be one of several; the newest is meant unless another is named', () => {
    const exchange = consulting('any').given('call/c1', {
      type: 'consult',
      leg: 'a',
      consult: 'c3',
      consultLeg: 'a3',
      target: { leg: 'o', number: '5551234' },
      purpose: 'any',
    });
    expect(exchange.leg('c2', 'a2')?.state).toBe('held');
    exchange.given('call/c3', { type: 'leg.answered', leg: 'o' });
    expect(exchange.reasonOf('call/c1', { type: 'completeTransfer', leg: 'a', consult: 'c9' })).toBe('unknownConsult');
    exchange.given('call/c1', { type: 'completeTransfer', leg: 'a', consult: 'c2' });
    expect([exchange.stage('c1'), exchange.stage('c2'), exchange.stage('c3')]).toEqual([
      'established',
      'ended',
      'established',
    ]);
    expect(exchange.call('c3').context.consultOf).toBeNull();
  });

  test('of a line without an agent still holds one call while the other talks', () => {
    const exchange = withAgents().given('call/c1', {
      type: 'arrive',
      direction: 'inbound',
      caller: { leg: 'x', number: '1' },
      to: '300',
      target: { leg: 'p', number: '300', line: '300' },
    });
    exchange.given('call/c1', { type: 'leg.answered', leg: 'p' });
    exchange.given('call/c1', {
      type: 'consult',
      leg: 'p',
      consult: 'c2',
      consultLeg: 'p2',
      target: { leg: 'o', number: '2' },
      purpose: 'any',
    });
    exchange.given('call/c2', { type: 'leg.answered', leg: 'o' });
    exchange.given('call/c1', { type: 'swapCalls', leg: 'p' });
    expect([exchange.leg('c1', 'p')?.state, exchange.leg('c2', 'p2')?.state]).toEqual(['established', 'held']);
  });

  describe('of a queue whose agent has answered', () => {
    const answeredByCarol = (purpose = 'any') => {
      const exchange = consulting(purpose, false).given('agent/carol', {
        type: 'create',
        presence: 'ready',
        line: '103',
      });
      return exchange.given(
        'call/c2',
        { type: 'leg.forwarded', leg: 'b', why: 'unconditional', queue: { queue: 'q2', name: 'Two', wrapUpMs: 5_000 } },
        { type: 'offer', target: endOf('carol', 'o'), ringMs: 20_000 },
        { type: 'leg.ringing', leg: 'o' },
        { type: 'answer', leg: 'o' },
      );
    };

    test.each(['completeTransfer', 'completeConference'])(
      '%s leaves her at work, and her wrap-up begins when she hangs up',
      (type) => {
        const exchange = answeredByCarol().given('call/c1', { type, leg: 'a' });
        expect(exchange.last).toContain('agent carol leg.moved');
        expect(exchange.agent('carol')).toEqual({ presence: 'ready', phone: 'talking', queue: 'talking' });
        expect(exchange.agentContext('carol').queue.work).toMatchObject({ call: 'c1', leg: 'o', queue: 'q2' });
        exchange.given('call/c1', { type: 'hangup', leg: 'o' });
        expect(exchange.agent('carol')).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
        expect(exchange.pass(5_000).agent('carol')).toMatchObject({ presence: 'ready', queue: 'none' });
      },
    );
  });

  test('that still waits or rings in a queue becomes no conference', () => {
    const why = 'unconditional';
    const exchange = consulting('any', false).given(
      'call/c2',
      { type: 'leg.forwarded', leg: 'b', why, queue: { queue: 'q2' } },
      { type: 'offer', target: endOf('bob', 'o'), ringMs: 20_000 },
    );
    for (const to of ['call/c1', 'call/c2'] as const)
      expect(exchange.reasonOf(to, { type: 'completeConference', leg: to === 'call/c1' ? 'a' : 'a2' })).toBe(
        'notAnswered',
      );
    exchange
      .given('call/c2', { type: 'leg.answered', leg: 'o' })
      .given('call/c1', { type: 'completeConference', leg: 'a' });
    expect(exchange.agent('bob')).toMatchObject({ phone: 'talking', queue: 'talking' });
  });

  test('that the consulting person leaves to others is no consult any more', () => {
    const exchange = consulting('any').given('call/c2', {
      type: 'blindTransfer',
      leg: 'a2',
      target: { leg: 'o', number: '5551234' },
    });
    expect(exchange.call('c2').context.consultOf).toBeNull();
    expect(exchange.call('c1').context.consults).toEqual([]);
    expect(exchange.reasonOf('call/c1', { type: 'completeTransfer', leg: 'a' })).toBe('noConsult');
  });

  test('of a consult goes with the leg that began it', () => {
    const exchange = consulting('any').given('call/c2', {
      type: 'consult',
      leg: 'b',
      consult: 'c3',
      consultLeg: 'b3',
      target: { leg: 'o', number: '5551234' },
      purpose: 'any',
    });
    exchange
      .given('call/c3', { type: 'leg.answered', leg: 'o' })
      .given('call/c1', { type: 'completeTransfer', leg: 'a' });
    expect(exchange.call('c3').context.consultOf).toMatchObject({ call: 'c1', leg: 'b' });
    exchange.given('call/c1', { type: 'completeTransfer', leg: 'b' });
    expect([exchange.stage('c1'), exchange.stage('c3')]).toEqual(['established', 'ended']);
    expect(exchange.leg('c1', 'o')).toMatchObject({ state: 'established' });
  });

  test('needs somebody on hold', () => {
    const exchange = withAgents().given('call/c1', {
      type: 'originate',
      direction: 'internal',
      to: '102',
      caller: endOf('alice', 'a'),
      target: endOf('bob', 'b'),
    });
    const event = {
      type: 'consult',
      leg: 'a',
      consult: 'c2',
      consultLeg: 'a2',
      target: { leg: 'o', number: '2' },
      purpose: 'any',
    };
    expect(exchange.reasonOf('call/c1', event)).toBe('notEstablished');
    exchange.given('call/c1', { type: 'leg.answered', leg: 'b' });
    expect(exchange.reasonOf('call/c1', { ...event, consult: 'c1' })).toBe('exists');
  });
});
