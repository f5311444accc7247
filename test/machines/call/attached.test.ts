import { describe, expect, test } from 'vitest';
import { USER_DATA_BYTES_MAX } from '../../../machines/call/parts.ts';
import { endOf, queueCallWithAlice, queuedCall, withAgents } from './exchange.ts';

describe('user data', () => {
  test('is added, replaced, and deleted by key or whole', () => {
    const exchange = queueCallWithAlice();
    exchange.given('call/c1', { type: 'setUserData', userData: { a: 1, b: { c: 2 } } });
    exchange.given('call/c1', { type: 'setUserData', userData: { a: 3 } });
    expect(exchange.call('c1').context.userData).toEqual({ a: 3, b: { c: 2 } });
    exchange.given('call/c1', { type: 'deleteUserData', key: 'a' });
    expect(exchange.reasonOf('call/c1', { type: 'deleteUserData', key: 'a' })).toBe('unknownKey');
    exchange.given('call/c1', { type: 'deleteUserData' });
    expect(exchange.call('c1').context.userData).toEqual({});
  });

  test('is bounded, wherever it comes from', () => {
    const exchange = queueCallWithAlice();
    const userData = { big: 'x'.repeat(USER_DATA_BYTES_MAX - 20) };
    exchange.given('call/c1', { type: 'setUserData', userData });
    expect(exchange.reasonOf('call/c1', { type: 'setUserData', userData: { more: 'y'.repeat(30) } })).toBe(
      'userDataTooLarge',
    );
    const consult = {
      type: 'consult',
      leg: 'a',
      consult: 'c2',
      consultLeg: 'a2',
      target: endOf('bob', 'b'),
      purpose: 'any',
    };
    expect(exchange.reasonOf('call/c1', { ...consult, userData: { more: 'y'.repeat(30) } })).toBe('userDataTooLarge');
    exchange.given('call/c1', consult);
    expect(exchange.call('c2').context.userData).toEqual(userData);
  });

  test('comes with the reservation whose number was dialled', () => {
    const exchange = queuedCall(withAgents()).given('call/c1', {
      type: 'linkReservation',
      reservation: { service: 's1', accessNumber: '8003449999', accessCode: '7684' },
      userData: { Key1: 'Value6' },
    });
    expect(exchange.call('c1').context).toMatchObject({ reservation: { service: 's1' }, userData: { Key1: 'Value6' } });
  });
});

describe('recording', () => {
  const withRecording = (recording: string) => {
    const exchange = queuedCall(withAgents());
    return exchange.given(
      'call/c1',
      { type: 'offer', target: { ...endOf('alice', 'a'), recording }, ringMs: 20_000 },
      { type: 'leg.answered', leg: 'a' },
    );
  };
  const recordingOf = (exchange: ReturnType<typeof withAgents>) => exchange.call('c1').context.recording;

  test('begins by itself where it is mandatory, and cannot be stopped, only suppressed', () => {
    const exchange = withRecording('Mandatory');
    expect(recordingOf(exchange)).toEqual({ mode: 'Mandatory', active: true, suppressed: false });
    expect(exchange.reasonOf('call/c1', { type: 'stopRecording' })).toBe('recordingMandatory');
    exchange.given('call/c1', { type: 'startSuppression' });
    expect(recordingOf(exchange).suppressed).toBe(true);
    expect(exchange.reasonOf('call/c1', { type: 'startSuppression' })).toBe('alreadySuppressed');
    exchange.given('call/c1', { type: 'stopSuppression' });
    expect(exchange.reasonOf('call/c1', { type: 'stopSuppression' })).toBe('notSuppressed');
    exchange.given('call/c1', { type: 'kill' });
    expect(recordingOf(exchange).active).toBe(false);
  });

  test('is started and stopped on demand, and nowhere else', () => {
    const exchange = withRecording('On Demand');
    expect(exchange.reasonOf('call/c1', { type: 'stopRecording' })).toBe('notRecording');
    exchange.given('call/c1', { type: 'startRecording' });
    expect(exchange.reasonOf('call/c1', { type: 'startRecording' })).toBe('alreadyRecording');
    exchange.given('call/c1', { type: 'stopRecording' });
    expect(withRecording('None').reasonOf('call/c1', { type: 'startRecording' })).toBe('recordingNotAllowed');
  });

  test('and its suppression need an answered call', () => {
    const exchange = queuedCall(withAgents());
    expect(exchange.reasonOf('call/c1', { type: 'startSuppression' })).toBe('notAnswered');
    expect(exchange.reasonOf('call/c1', { type: 'startRecording' })).toBe('notAnswered');
  });
});
