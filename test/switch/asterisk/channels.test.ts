import { describe, expect, test } from 'vitest';
import { argumentsOf, callerIdOf, incomingOn, stateOf } from '../../../src/switch/asterisk/channels.ts';
import { Endpoints } from '../../../src/switch/asterisk/names.ts';

const channel = {
  id: '1795399274.11',
  name: 'PJSIP/101-00000005',
  state: 'Ring',
  caller: { name: '', number: '555' },
  dialplan: { app_name: 'Stasis', app_data: 'ledgerline,8000' },
};
const ours = { tenant: 'acme', lines: new Endpoints('PJSIP/{number}') };

describe('a channel', () => {
  test.each([
    ['Down', 'dialing'],
    ['Ring', 'dialing'],
    ['Ringing', 'ringing'],
    ['Up', 'up'],
  ])('that is %s is %s', (state, is) => expect(stateOf({ ...channel, state })).toBe(is));

  test('is in our application by the dialplan, or by nobody’s', () => {
    expect(argumentsOf(channel, 'ledgerline')).toEqual(['8000']);
    expect(argumentsOf(channel, 'ledger')).toBeUndefined();
    expect(argumentsOf({ ...channel, dialplan: {} }, 'ledgerline')).toBeUndefined();
  });

  test('of a line of ours calls by its number, whatever it shows', () => {
    expect(incomingOn(channel, ['8000'], ours)).toEqual({
      tenant: 'acme',
      leg: channel.id,
      from: '101',
      line: '101',
      to: '8000',
    });
  });

  test('of somebody outside calls by the number shown, with what was dialled after', () => {
    const trunk = { ...channel, name: 'PJSIP/trunk-00000006', caller: { name: 'Mary', number: '555' } };
    const { line, ...incoming } = incomingOn(trunk, ['8000', '42'], ours) ?? {};
    expect(line).toBeUndefined();
    expect(incoming).toEqual({
      tenant: 'acme',
      leg: channel.id,
      from: '555',
      fromName: 'Mary',
      to: '8000',
      code: '42',
    });
  });

  test('that brings no number is no call', () => {
    expect(incomingOn(channel, [], ours)).toBeUndefined();
    expect(incomingOn(channel, ['', '42'], ours)).toBeUndefined();
  });
});

test('what a phone shows keeps to the form, whatever somebody is called', () => {
  const order = { tenant: 't', leg: 'l', call: 'c', number: '101', callerNumber: '555', ringMs: 1, offHook: false };
  expect(callerIdOf({ ...order, callerName: 'Mary "M\\" <1>' })).toBe('"Mary M <1>" <555>');
  expect(callerIdOf(order)).toBe('"" <555>');
});
