import { describe, expect, test } from 'vitest';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import { ordersAnew, ordersBetween } from '../../src/switch/orders.ts';
import { queueEntry } from '../../src/switch/projected-directory.ts';
import { endOf, queueCallWithAlice, queuedCall, withAgents } from '../machines/call/exchange.ts';

const ref = { tenant: 't', call: 'c1' };
const names = (orders: readonly (readonly unknown[])[]) => orders.map(([name]) => name);

describe('orders', () => {
  test('made anew mute who is muted: the switch may not know of it', () => {
    const exchange = queueCallWithAlice().given('call/c1', { type: 'mute', leg: 'a' });
    const { context } = exchange.call('c1');
    expect(ordersAnew(ref, context, context)).toContainEqual(['mute', { tenant: 't', leg: 'a' }, true]);
  });

  test('of a call that did not change are none', () => {
    const { context } = queueCallWithAlice().call('c1');
    expect(ordersBetween(ref, context, context)).toEqual([]);
  });

  test('of a new queue call answer the caller and play music to him', () => {
    const { context } = queuedCall(withAgents()).call('c1');
    expect(ordersBetween(ref, undefined, context)).toEqual([
      ['answer', { tenant: 't', leg: 'x' }],
      ['play', { tenant: 't', leg: 'x' }, 'music'],
    ]);
  });

  test('let a caller hear ringing where the queue says so, also while he is offered', () => {
    const settings: Queue = { name: 'q', extension: '8000', members: [], ringsWhileWaiting: true };
    const exchange = withAgents().given('call/c1', {
      type: 'arrive',
      direction: 'inbound',
      caller: { number: '19735550123', leg: 'x' },
      to: '8000',
      queue: queueEntry('q1', settings),
    });
    const waiting = exchange.call('c1').context;
    expect(ordersBetween(ref, undefined, waiting)).toContainEqual(['play', { tenant: 't', leg: 'x' }, 'ringing']);
    exchange.given('call/c1', { type: 'offer', target: endOf('alice', 'a'), ringMs: 15_000 });
    expect(names(ordersBetween(ref, waiting, exchange.call('c1').context))).toEqual(['dial']);
  });

  test('dial an offered agent’s line, showing the caller', () => {
    const exchange = queuedCall(withAgents());
    const before = exchange.call('c1').context;
    exchange.given('call/c1', { type: 'offer', target: endOf('alice', 'a'), ringMs: 15_000 });
    expect(ordersBetween(ref, before, exchange.call('c1').context)).toEqual([
      [
        'dial',
        { ...ref, leg: 'a', number: '101', line: '101', callerNumber: '19735550123', ringMs: 15_000, offHook: false },
      ],
    ]);
  });

  test('do not dial again whom a consult brings along, and do not hang him up', () => {
    const exchange = queueCallWithAlice().given('call/c1', {
      type: 'consult',
      leg: 'a',
      consult: 'c2',
      consultLeg: 'a2',
      target: endOf('bob', 'b'),
      purpose: 'any',
    });
    exchange.given('call/c2', { type: 'leg.answered', leg: 'b' });
    const [c1, c2] = [exchange.call('c1').context, exchange.call('c2').context];
    exchange.given('call/c1', { type: 'completeTransfer', leg: 'a' });
    expect(ordersBetween({ ...ref, call: 'c2' }, c2, exchange.call('c2').context)).toEqual([
      ['hangup', { tenant: 't', leg: 'a2' }],
      ['bridge', { tenant: 't', call: 'c2' }, []],
    ]);
    const joined = ordersBetween(ref, c1, exchange.call('c1').context);
    expect(names(joined)).not.toContain('dial');
    expect(joined).toContainEqual(['bridge', ref, ['x', 'b']]);
  });

  test('of a call that came and went in one delivery hang up who called, and ring nobody', () => {
    const exchange = queueCallWithAlice().given('call/c1', { type: 'kill' });
    expect(names(ordersBetween(ref, undefined, exchange.call('c1').context))).toEqual(['hangup', 'hangup']);
  });

  test('said anew repeat who hears whom, whatever was there', () => {
    const { context } = queueCallWithAlice().call('c1');
    expect(names(ordersAnew(ref, context, context))).toEqual(['play', 'play', 'bridge', 'record']);
  });
});
