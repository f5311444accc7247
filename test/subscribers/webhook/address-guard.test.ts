import { describe, expect, test } from 'vitest';
import { addressGuard } from '../../../src/subscribers/webhook/address-guard.ts';
import { createPoster } from '../../../src/subscribers/webhook/poster.ts';
import { givenReceiver } from './receiver.ts';

const NOT_PUBLIC = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '2001:db8::1',
  '2001::1',
  '2002:7f00:1::',
  'not an address',
];

describe('where webhooks may go', () => {
  test.each(NOT_PUBLIC)('never to %s', (address) => {
    expect(addressGuard([]).refusal(address, true)).toContain('not a public address');
  });

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111'])('to %s, by https only', (address) => {
    expect(addressGuard([]).refusal(address, true)).toBeUndefined();
    expect(addressGuard([]).refusal(address, false)).toContain('https only');
  });

  test('to what the operator names, and to nothing beside it', () => {
    const guard = addressGuard(['10.1.0.0/16', '::1']);
    expect(guard.refusal('10.1.9.9', false)).toBeUndefined();
    expect(guard.refusal('::1', false)).toBeUndefined();
    expect(guard.refusal('10.2.0.1', true)).toBeDefined();
    expect(guard.refusal('127.0.0.1', true)).toBeDefined();
  });

  test('as far as a URL tells by itself, before any name is resolved', () => {
    const guard = addressGuard(['10.1.0.0/16', '127.0.0.1']);
    const refusalOf = (url: string) => guard.refusalOf(new URL(url));
    for (const url of [
      'http://10.1.2.3/hook',
      'http://localhost:1/',
      'http://crm.example/',
      'https://[2606:4700::1111]/',
    ])
      expect(refusalOf(url)).toBeUndefined();
    expect(refusalOf('https://[fd00::1]/')).toContain('LEDGERLINE_WEBHOOK_ALLOW does not name it');
    expect(refusalOf('http://8.8.8.8/')).toContain('https only');
    expect(addressGuard(['10.1.0.0/16']).refusalOf(new URL('https://LOCALHOST./'))).toContain(
      '127.0.0.1 is not a public',
    );
  });

  test.each(['localhost', '10.0.0.0/33', '10.0.0.0/x', ''])('refuses "%s" as an address of the operator', (range) => {
    expect(() => addressGuard([range])).toThrow(TypeError);
  });

  test.each([
    'http://127.0.0.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
    'http://localhost.',
    'http://0',
  ])('however it is written: %s', async (host) => {
    const receiver = await givenReceiver();
    const poster = createPoster(addressGuard([]));
    const port = new URL(receiver.url).port;
    const posted = await poster.post({ url: `${host}:${port}/hook`, headers: {}, body: '{}' });
    expect(posted.kind).toBe('failed');
    expect(receiver.received).toEqual([]);
    poster.close();
    await receiver.close();
  });

  test('never where a redirect leads', async () => {
    const receiver = await givenReceiver();
    receiver.answer = () => 307;
    const poster = createPoster(addressGuard(['127.0.0.1']));
    const posted = await poster.post({ url: receiver.url, headers: {}, body: '{}' });
    expect(posted).toEqual({ kind: 'failed', status: 307, reason: 'redirects are not followed (307)' });
    expect(receiver.received).toHaveLength(1);
    poster.close();
    await receiver.close();
  });

  test('and waits for an answer only so long', async () => {
    const receiver = await givenReceiver();
    receiver.answer = () => new Promise(() => undefined);
    const poster = createPoster(addressGuard(['127.0.0.1']), 50);
    expect(await poster.post({ url: receiver.url, headers: {}, body: '{}' })).toEqual({
      kind: 'failed',
      reason: 'no answer in time',
    });
    poster.close();
    await receiver.close();
  });
});
