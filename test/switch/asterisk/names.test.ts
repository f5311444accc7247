import { describe, expect, test } from 'vitest';
import { Endpoints, endpointOf, namesOf } from '../../../src/switch/asterisk/names.ts';

const names = namesOf('ledgerline');

describe('the names in an Asterisk', () => {
  test.each(['C1-2', '1795399274.11', 'key:urn:uuid:1~t', 'Zürich/9'])('tell the leg %s again', (leg) => {
    const own = { tenant: 'acme', leg, attempt: 2 };
    expect(names.ownChannel(names.channel(own))).toEqual(own);
    expect(names.channel(own)).toMatch(/^[A-Za-z0-9_=.-]+$/);
  });

  test('tell the call of a bridge again, and one bridge of it from the next', () => {
    const call = { tenant: 'acme', call: '2BWYLXPNGDNQV' };
    expect(names.callOf(names.bridge(call, 1))).toEqual(call);
    expect(names.bridge(call, 1)).not.toBe(names.bridge(call, 2));
  });

  test('are nobody else’s', () => {
    const others = namesOf('elsewhere');
    const leg = { tenant: 'acme', leg: 'C1-2', attempt: 1 };
    expect(names.ownChannel(others.channel(leg))).toBeUndefined();
    expect(names.callOf(others.bridge({ tenant: 'acme', call: 'C1' }, 1))).toBeUndefined();
    expect(names.isCoaching(others.coaching(leg, 1).snoop)).toBe(false);
    for (const id of ['1795399274.11', 'ledgerline', 'ledgerline.leg', ''])
      expect([names.ownChannel(id), names.callOf(id), names.isCoaching(id)]).toEqual([undefined, undefined, false]);
  });
});

describe('endpoints', () => {
  test('are where a number is, and tell it again', () => {
    const desks = new Endpoints('PJSIP/desk-{number}');
    expect(desks.of('101')).toBe('PJSIP/desk-101');
    expect(desks.numberOf(endpointOf('PJSIP/desk-101-0000002a'))).toBe('101');
  });

  test.each(['PJSIP/trunk', 'PJSIP/desk-', 'PJSIP/desk-lobby', 'SIP/desk-101', 'Local/101@phones'])(
    'are none of ours: %s',
    (endpoint) => {
      expect(new Endpoints('PJSIP/desk-{number}').numberOf(endpoint)).toBeUndefined();
    },
  );
});
