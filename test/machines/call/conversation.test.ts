import { describe, expect, test } from 'vitest';
import { type Exchange, endOf, OUTSIDE, queueCallWithAlice, queuedCall, withAgents } from './exchange.ts';

/** `c1`: alice (leg `a`) dials bob (leg `b`) through the API. */
function dialled(exchange: Exchange = withAgents()): Exchange {
  return exchange.given('call/c1', {
    type: 'originate',
    direction: 'internal',
    to: '102',
    caller: endOf('alice', 'a'),
    target: endOf('bob', 'b'),
  });
}

const talking = () => dialled().given('call/c1', { type: 'leg.ringing', leg: 'b' }, { type: 'answer', leg: 'b' });

describe('an internal call', () => {
  test('dials, rings, is answered and hung up, and both phones follow', () => {
    const exchange = dialled();
    expect([exchange.stage('c1'), exchange.agent('alice').phone, exchange.agent('bob').phone]).toEqual([
      'dialing',
      'dialing',
      'idle',
    ]);
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'b' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone, exchange.agent('bob').phone]).toEqual([
      'ringing',
      'dialing',
      'ringing',
    ]);
    exchange.given('call/c1', { type: 'answer', leg: 'b' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone, exchange.agent('bob').phone]).toEqual([
      'established',
      'talking',
      'talking',
    ]);
    exchange.given('call/c1', { type: 'hangup', leg: 'a' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone, exchange.agent('bob').phone]).toEqual([
      'ended',
      'idle',
      'idle',
    ]);
    expect(exchange.call('c1').context).toMatchObject({ cause: 'hangup', endedBy: 'a' });
    expect(exchange.agent('bob').presence).toBe('ready');
  });

  test('rings the caller first when asked to, then calls the target', () => {
    const exchange = withAgents().given('call/c1', {
      type: 'originate',
      direction: 'outbound',
      to: '5551234',
      caller: endOf('alice', 'a'),
      target: { leg: 'o', number: '5551234' },
      ringFirst: true,
    });
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'a' });
    expect(exchange.agent('alice').phone).toBe('ringing');
    expect(exchange.leg('c1', 'o')).toBeUndefined();
    exchange.given('call/c1', { type: 'leg.answered', leg: 'a' });
    expect(exchange.agent('alice').phone).toBe('dialing');
    expect(exchange.leg('c1', 'o')?.state).toBe('dialing');
    exchange.given('call/c1', { type: 'leg.answered', leg: 'o' });
    expect(exchange.stage('c1')).toBe('established');
  });

  test.each(['busy', 'noAnswer', 'rejected', 'unreachable', 'failed'])('ends as %s when the target does', (cause) => {
    const exchange = dialled().given('call/c1', { type: 'leg.failed', leg: 'b', cause });
    expect(exchange.stage('c1')).toBe('ended');
    expect(exchange.cause('c1')).toBe(cause);
    expect(exchange.agent('alice').phone).toBe('idle');
  });

  test('goes where the target’s line is forwarded to', () => {
    const exchange = dialled(withAgents({ alice: '101', bob: '102', carol: '103' }));
    const target = endOf('carol', 'f');
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'b' });
    exchange.given('call/c1', { type: 'leg.forwarded', leg: 'b', target, why: 'noAnswer' });
    expect(exchange.agent('bob').phone).toBe('idle');
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'f' }, { type: 'answer', leg: 'f' });
    expect(exchange.agent('carol').phone).toBe('talking');
  });
});

describe('a leg', () => {
  test('is held and retrieved, muted and unmuted, each only when that makes sense', () => {
    const exchange = talking();
    const refusals = (...types: string[]) => types.map((type) => exchange.reasonOf('call/c1', { type, leg: 'a' }));
    expect(refusals('retrieve', 'answer', 'reject', 'unmute')).toEqual([
      'notHeld',
      'notRinging',
      'notRinging',
      'notMuted',
    ]);
    exchange.given('call/c1', { type: 'mute', leg: 'a' });
    expect(exchange.leg('c1', 'a')?.muted).toBe(true);
    expect(refusals('mute')).toEqual(['alreadyMuted']);
    exchange.given('call/c1', { type: 'unmute', leg: 'a' }, { type: 'hold', leg: 'a' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone, exchange.agent('bob').phone]).toEqual([
      'held',
      'held',
      'talking',
    ]);
    expect(refusals('hold', 'mute')).toEqual(['notEstablished', 'notEstablished']);
    exchange.given('call/c1', { type: 'retrieve', leg: 'a' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone]).toEqual(['established', 'talking']);
    expect(exchange.reasonOf('call/c1', { type: 'hold', leg: 'nobody' })).toBe('unknownLeg');
  });

  test('sends digits when it talks or dials, not on hold', () => {
    const exchange = dialled().given('call/c1', { type: 'sendDtmf', leg: 'a', digits: '12#' });
    exchange.given('call/c1', { type: 'leg.answered', leg: 'b' }, { type: 'hold', leg: 'a' });
    expect(exchange.reasonOf('call/c1', { type: 'sendDtmf', leg: 'a', digits: '1' })).toBe('notEstablished');
    expect(exchange.reasonOf('call/c1', { type: 'sendDtmf', leg: 'a', digits: 'x' })).toBe('badEvent');
  });

  test('answered on a second call holds the first, in the same turn', () => {
    const exchange = talking().given('call/c2', {
      type: 'arrive',
      direction: 'inbound',
      caller: OUTSIDE,
      to: '101',
      target: endOf('alice', 'a2'),
    });
    exchange.given('call/c2', { type: 'leg.ringing', leg: 'a2' }, { type: 'answer', leg: 'a2' });
    expect([exchange.stage('c1'), exchange.stage('c2')]).toEqual(['held', 'established']);
    exchange.given('call/c1', { type: 'retrieve', leg: 'a' });
    expect([exchange.stage('c1'), exchange.stage('c2')]).toEqual(['established', 'held']);
  });
});

describe('an agent who calls himself while he talks', () => {
  test('still has one voice: two legs begin to talk at once, and every other is held', () => {
    const exchange = talking().given('call/c2', {
      type: 'originate',
      direction: 'internal',
      to: '101',
      caller: endOf('alice', 'a2'),
      target: endOf('alice', 'a3'),
    });
    exchange.given('call/c2', { type: 'leg.answered', leg: 'a3' });
    const states = [exchange.leg('c1', 'a'), exchange.leg('c2', 'a2'), exchange.leg('c2', 'a3')].map(
      (leg) => leg?.state,
    );
    expect(states).toEqual(['held', 'held', 'established']);
  });
});

describe('a blind transfer', () => {
  test('takes the agent out, wraps him up, and rings the target', () => {
    const exchange = queueCallWithAlice();
    exchange.given('call/c1', { type: 'blindTransfer', leg: 'a', target: endOf('bob', 'b') });
    expect([exchange.stage('c1'), exchange.leg('c1', 'a')?.cause]).toEqual(['dialing', 'transferred']);
    expect(exchange.agent('alice')).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'b' }, { type: 'answer', leg: 'b' });
    expect([exchange.stage('c1'), exchange.agent('bob').phone, exchange.agent('bob').queue]).toEqual([
      'established',
      'talking',
      'none',
    ]);
  });

  test('to a queue lets the caller wait there, from now', () => {
    const exchange = queueCallWithAlice().pass(5_000);
    exchange.given('call/c1', { type: 'blindTransfer', leg: 'a', queue: { queue: 'q2' } });
    expect(exchange.stage('c1')).toBe('queued');
    expect(exchange.call('c1').context.queue).toMatchObject({ queue: 'q2', waitingSince: 6_000, waiting: true });
  });

  test('that nobody answers ends the call', () => {
    const exchange = queueCallWithAlice();
    exchange.given('call/c1', { type: 'blindTransfer', leg: 'a', target: endOf('bob', 'b') });
    exchange.given('call/c1', { type: 'leg.failed', leg: 'b', cause: 'noAnswer' });
    expect(exchange.cause('c1')).toBe('noAnswer');
  });

  test('needs somebody to transfer', () => {
    expect(dialled().reasonOf('call/c1', { type: 'blindTransfer', leg: 'a', target: { leg: 'n', number: '1' } })).toBe(
      'notEstablished',
    );
    expect(talking().reasonOf('call/c1', { type: 'blindTransfer', leg: 'a' })).toBe('badEvent');
  });

  test('of nobody but an agent who is only offered the call is refused', () => {
    const exchange = queuedCall(withAgents());
    exchange.given('call/c1', { type: 'offer', target: endOf('alice', 'a'), ringMs: 20_000 });
    expect(exchange.reasonOf('call/c1', { type: 'blindTransfer', leg: 'x', queue: { queue: 'q2' } })).toBe(
      'nobodyElse',
    );
  });
});

describe('a conference', () => {
  const three = () =>
    queueCallWithAlice().given(
      'call/c1',
      { type: 'addParty', leg: 'a', target: endOf('bob', 'b') },
      { type: 'leg.ringing', leg: 'b' },
      { type: 'answer', leg: 'b' },
    );

  test('goes on when one of three leaves, ends when one is left', () => {
    const exchange = three();
    expect(exchange.call('c1').context.legs.map(({ state }) => state)).toEqual([
      'established',
      'established',
      'established',
    ]);
    exchange.given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(exchange.stage('c1')).toBe('established');
    exchange.given('call/c1', { type: 'hangup', leg: 'b' });
    expect(exchange.stage('c1')).toBe('ended');
  });

  test('stays established while one of three holds', () => {
    const exchange = three().given('call/c1', { type: 'hold', leg: 'a' });
    expect([exchange.stage('c1'), exchange.agent('alice').phone]).toEqual(['established', 'held']);
  });

  test('can be left by somebody else’s hand, but two are no conference', () => {
    const exchange = three().given('call/c1', { type: 'removeParty', leg: 'a', party: 'b' });
    expect(exchange.leg('c1', 'b')?.state).toBe('released');
    expect(exchange.stage('c1')).toBe('established');
    expect(exchange.reasonOf('call/c1', { type: 'removeParty', leg: 'a', party: 'x' })).toBe('notConference');
  });
});

describe('a call', () => {
  test('is killed with everybody in it, at any time', () => {
    for (const exchange of [dialled(), talking(), queueCallWithAlice()]) {
      exchange.given('call/c1', { type: 'kill' });
      expect(exchange.cause('c1')).toBe('killed');
      expect(exchange.call('c1').context.legs.every(({ state }) => state === 'released')).toBe(true);
      expect(exchange.agent('alice').phone).toBe('idle');
    }
  });

  test('that is over takes facts, refuses commands, and cannot begin again', () => {
    const exchange = talking().given('call/c1', { type: 'kill' });
    const before = exchange.call('c1');
    for (const type of ['leg.ringing', 'leg.answered', 'leg.held', 'leg.retrieved', 'leg.ended', 'leg.displaced']) {
      exchange.given('call/c1', { type, leg: 'a' });
    }
    expect(exchange.call('c1')).toEqual(before);
    for (const type of ['hold', 'hangup', 'answer', 'kill', 'startRecording']) {
      expect(
        exchange.reasonOf('call/c1', { type, ...(type === 'kill' || type.startsWith('start') ? {} : { leg: 'a' }) }),
      ).toBe('ended');
    }
    expect(exchange.reasonOf('call/c1', { type: 'arrive', direction: 'inbound', caller: OUTSIDE, to: '1' })).toBe(
      'exists',
    );
  });

  test('of the past is loaded over, with its own times', () => {
    const exchange = withAgents().given('call/old', {
      type: 'imported',
      direction: 'internal',
      to: '101',
      caller: { leg: 'o1', number: '501' },
      target: endOf('alice', 'o2'),
      startedAt: 10,
      answeredAt: 20,
      endedAt: 30,
      cause: 'hangup',
    });
    expect(exchange.stage('old')).toBe('ended');
    expect(exchange.call('old').context).toMatchObject({ startedAt: 10, answeredAt: 20, endedAt: 30, from: '501' });
    expect(exchange.last).toEqual(['call old imported']);
  });
});

describe('the hold key of a phone', () => {
  const word = (type: string, order: number) => ({ type, leg: 'a', order });

  test('is believed in the order it was pressed, however late the word comes', () => {
    const exchange = talking().given('call/c1', word('leg.retrieved', 2), word('leg.held', 1));
    expect(exchange.stage('c1')).toBe('established');
    exchange.given('call/c1', word('leg.held', 3), word('leg.held', 3));
    expect(exchange.stage('c1')).toBe('held');
    exchange.given('call/c1', { type: 'retrieve', leg: 'a' }, word('leg.held', 3));
    expect(exchange.stage('c1')).toBe('established');
  });
});

describe('capabilities', () => {
  const everywhere = ['setUserData', 'deleteUserData', 'kill'];
  const of = (exchange: Exchange, leg = 'a') =>
    exchange.can('c1', leg).filter((operation) => !everywhere.includes(operation));

  test('are those of the published table, stage by stage', () => {
    const exchange = dialled();
    expect(of(exchange)).toEqual(['hangup', 'sendDtmf']);
    exchange.given('call/c1', { type: 'leg.ringing', leg: 'b' });
    expect(of(exchange, 'b')).toEqual(['answer', 'reject']);
    exchange.given('call/c1', { type: 'answer', leg: 'b' });
    const onTheCall = 'startSuppression';
    const transfers = ['blindTransfer', 'consult'];
    expect(of(exchange)).toEqual(['hangup', 'hold', 'sendDtmf', 'mute', ...transfers, 'addParty', onTheCall]);
    exchange.given('call/c1', { type: 'hold', leg: 'a' });
    expect(of(exchange)).toEqual(['hangup', 'retrieve', ...transfers, 'addParty', onTheCall]);
    exchange.given('call/c1', {
      type: 'consult',
      leg: 'a',
      consult: 'c2',
      consultLeg: 'a2',
      target: { leg: 'o', number: '1' },
      purpose: 'transfer',
    });
    const withConsult = ['completeTransfer', 'cancelConsult', 'swapCalls'];
    expect(of(exchange)).toEqual(['hangup', ...transfers, ...withConsult, 'addParty', onTheCall]);
    exchange.given('call/c1', { type: 'kill' });
    expect(exchange.can('c1', 'a')).toEqual([]);
  });

  test('name exactly what would be accepted', () => {
    const exchange = queueCallWithAlice();
    for (const operation of exchange.can('c1', 'a').filter((one) => one === 'hold' || one === 'mute')) {
      expect(exchange.reasonOf('call/c1', { type: operation, leg: 'a' })).toBeUndefined();
      exchange.given('call/c1', { type: operation === 'hold' ? 'retrieve' : 'unmute', leg: 'a' });
    }
  });
});
