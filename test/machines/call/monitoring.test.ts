import { describe, expect, test } from 'vitest';
import { type Exchange, endOf, queueCallWithAlice, withAgents } from './exchange.ts';

/** Carol listens to alice, who talks on queue call `c1` (leg `a`); carol's phone is leg `m`. */
function listening(how = 'listen', scope = 'agent'): Exchange {
  const exchange = queueCallWithAlice(withAgents({ alice: '101', bob: '102', carol: '103' }));
  return exchange.given('call/c1', monitoring(how, scope), { type: 'leg.answered', leg: 'm' });
}

function monitoring(how: string, scope = 'agent', leg = 'm') {
  return { type: 'monitor', leg: 'a', target: endOf('carol', leg), how, scope };
}

const monitor = (exchange: Exchange) => exchange.call('c1').context.monitors?.[0];
const people = (exchange: Exchange) => exchange.call('c1').context.legs.map(({ id }) => id);

describe('a supervisor who listens in', () => {
  test('is on the phone, and no party of the call', () => {
    const exchange = listening();
    expect(monitor(exchange)).toMatchObject({ id: 'm', kind: 'monitor', state: 'established', agent: 'carol' });
    expect(people(exchange)).toEqual(['x', 'a']);
    expect(exchange.agent('carol')).toEqual({ presence: 'ready', phone: 'talking', queue: 'none' });
    expect(exchange.agentContext('carol').phone.legs).toMatchObject([{ call: 'c1', leg: 'm', party: '101' }]);
    expect(exchange.agent('alice')).toMatchObject({ phone: 'talking', queue: 'talking' });
  });

  test('keeps no call alive, and hears its end', () => {
    const exchange = listening().given('call/c1', { type: 'leg.ended', leg: 'x' });
    expect(exchange.stage('c1')).toBe('ended');
    expect(monitor(exchange)).toMatchObject({ state: 'released' });
    expect(exchange.agent('carol')).toEqual({ presence: 'ready', phone: 'idle', queue: 'none' });
  });

  test('may leave without a trace, by hand or by word', () => {
    for (const event of [
      { type: 'stopMonitoring', leg: 'm' },
      { type: 'hangup', leg: 'm' },
      { type: 'leg.ended', leg: 'm' },
    ]) {
      const exchange = listening().given('call/c1', event);
      expect(exchange.stage('c1')).toBe('established');
      expect(exchange.agent('carol').phone).toBe('idle');
      expect(exchange.reasonOf('call/c1', { type: 'stopMonitoring', leg: 'm' })).toBe('notMonitoring');
    }
  });

  test('can do to the call what a listener can: hold and hang up, no more', () => {
    expect(
      listening()
        .can('c1', 'm')
        .filter((operation) => !ON_THE_CALL.includes(operation)),
    ).toEqual(['hangup', 'hold', 'mute', 'stopMonitoring']);
  });

  test('changes to coaching and to a party, in the same connection', () => {
    const exchange = listening().given('call/c1', monitoring('coach', 'agent', 'm2'));
    expect(monitor(exchange)?.watches).toEqual({ leg: 'a', how: 'coach', scope: 'agent' });
    expect(exchange.reasonOf('call/c1', monitoring('coach', 'agent', 'm2'))).toBe('alreadyMonitoring');
    exchange.given('call/c1', monitoring('barge', 'agent', 'm2'));
    expect(people(exchange)).toEqual(['x', 'a', 'm']);
    expect(exchange.call('c1').context.monitors).toEqual([]);
    exchange.given('call/c1', { type: 'hangup', leg: 'a' });
    expect(exchange.stage('c1')).toBe('established');
    expect(exchange.agent('carol')).toEqual({ presence: 'ready', phone: 'talking', queue: 'none' });
  });

  test('who has barged in stays when he monitors no more', () => {
    const exchange = listening('barge').given('call/c1', { type: 'stopMonitoring', leg: 'm' });
    expect(exchange.leg('c1', 'm')).toMatchObject({ kind: 'party', state: 'established' });
    expect(exchange.leg('c1', 'm')).not.toHaveProperty('watches');
    expect(exchange.agentContext('carol').phone.legs).toMatchObject([{ call: 'c1', leg: 'm' }]);
    expect(exchange.reasonOf('call/c1', { type: 'stopMonitoring', leg: 'm' })).toBe('notMonitoring');
  });

  test('who has barged in does not wait in a queue alone: the caller who leaves it has abandoned it', () => {
    const exchange = listening('barge').given(
      'call/c1',
      { type: 'blindTransfer', leg: 'a', queue: { queue: 'q2' } },
      { type: 'leg.ended', leg: 'x' },
    );
    expect(exchange.call('c1').context).toMatchObject({ cause: 'abandoned', endedBy: 'x', abandoned: true });
    expect(exchange.agent('carol').phone).toBe('idle');
    const alone = listening('barge').given('call/c1', { type: 'blindTransfer', leg: 'a', queue: { queue: 'q2' } });
    expect(alone.reasonOf('call/c1', { type: 'blindTransfer', leg: 'x', queue: { queue: 'q1' } })).toBe('nobodyElse');
  });

  test('who barges in is a party as soon as he is on the phone', () => {
    expect(people(listening('barge'))).toEqual(['x', 'a', 'm']);
  });

  test('goes when the agent goes, or on with the next one, as he asked', () => {
    const toBob = { type: 'blindTransfer', leg: 'a', target: endOf('bob', 'b') };
    const left = listening('listen', 'agent').given('call/c1', toBob);
    expect(monitor(left)).toMatchObject({ state: 'released', cause: 'withdrawn' });
    const stays = listening('coach', 'call').given('call/c1', toBob, { type: 'leg.answered', leg: 'b' });
    expect(monitor(stays)).toMatchObject({ state: 'established', watches: { leg: 'b', how: 'coach' } });
  });

  test('is refused where there is nobody to hear, or he is in the call himself', () => {
    const exchange = listening();
    expect(exchange.reasonOf('call/c1', { ...monitoring('listen'), leg: 'm' })).toBe('unknownLeg');
    expect(exchange.reasonOf('call/c1', { ...monitoring('listen', 'agent', 'm3'), target: endOf('alice', 'm3') })).toBe(
      'inCall',
    );
  });

  test('gives way on his phone to a call he answers: it is held', () => {
    const exchange = listening().given('call/c9', {
      type: 'arrive',
      direction: 'inbound',
      caller: { leg: 'y', number: '1' },
      to: '103',
      target: endOf('carol', 'k'),
    });
    exchange.given('call/c9', { type: 'leg.answered', leg: 'k' });
    expect(monitor(exchange)).toMatchObject({ state: 'held' });
    exchange.given('call/c1', { type: 'retrieve', leg: 'm' });
    expect(exchange.leg('c9', 'k')).toMatchObject({ state: 'held' });
  });
});

/** What needs no leg of one's own. */
const ON_THE_CALL: readonly string[] = [
  'setUserData',
  'deleteUserData',
  'startSuppression',
  'stopSuppression',
  'startRecording',
  'stopRecording',
  'kill',
];
