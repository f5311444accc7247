import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { believeProxies, isOfThisMachine, peerOf } from '../../src/http/peer.ts';
import { addressRanges } from '../../src/model/addresses.ts';

const isProxy = addressRanges(['10.0.0.0/8', '::1']);

function requestFrom(remoteAddress: string, headers: Record<string, string> = {}, encrypted = false): IncomingMessage {
  return { headers, socket: { remoteAddress, ...(encrypted ? { encrypted } : {}) } } as unknown as IncomingMessage;
}

function peerOfOne(remoteAddress: string, row: string, headers: Record<string, string> = {}) {
  const request = requestFrom(remoteAddress, { ...(row === '' ? {} : { 'x-forwarded-for': row }), ...headers });
  believeProxies(request, isProxy);
  return peerOf(request);
}

test.each([
  ['nobody in between', '192.0.2.1', '', '192.0.2.1'],
  ['a stranger who names somebody', '192.0.2.1', '192.0.2.7', '192.0.2.1'],
  ['a proxy', '10.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['a proxy on a socket of both families', '::ffff:10.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['a proxy behind a proxy', '10.0.0.1', '192.0.2.7, 10.1.1.1', '192.0.2.7'],
  ['a client that invents others before itself', '10.0.0.1', '127.0.0.1, 192.0.2.66,192.0.2.7', '192.0.2.7'],
  ['a client that passes for a proxy behind a proxy', '10.0.0.1', '127.0.0.1, 10.6.6.6', '127.0.0.1'],
  ['a proxy that tells ports', '10.0.0.1', '192.0.2.7:4711', '192.0.2.7'],
  ['a proxy that tells ports of IPv6', '::1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['a proxy that tells no address', '10.0.0.1', '192.0.2.7, unknown', '10.0.0.1'],
  ['a proxy that names nobody', '10.0.0.1', '', '10.0.0.1'],
])('%s: %s with "%s" is %s', (_, remote, row, address) => {
  expect(peerOfOne(remote, row).address).toBe(address);
});

describe('that a client speaks TLS', () => {
  test.each([
    ['10.0.0.1', { 'x-forwarded-proto': 'https' }, true],
    ['10.0.0.1', { 'x-forwarded-proto': 'https, http' }, true],
    ['10.0.0.1', { 'x-forwarded-proto': 'http' }, false],
    ['192.0.2.1', { 'x-forwarded-proto': 'https' }, false],
  ])('is what %s says with %j: %s', (remote, headers, secure) => {
    expect(peerOfOne(remote, '192.0.2.7', headers).isSecure).toBe(secure);
  });

  test('is seen at the socket where no proxy says otherwise', () => {
    const request = requestFrom('10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, true);
    believeProxies(request, isProxy);
    expect(peerOf(request)).toEqual({ address: '192.0.2.7', isSecure: true });
    expect(peerOf(requestFrom('192.0.2.1', {}, true)).isSecure).toBe(true);
  });
});

test.each([
  ['192.0.2.1', { 'x-forwarded-for': '192.0.2.7' }, false],
  ['10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, true],
  ['192.0.2.1', {}, true],
])('a request from %s with %j comes through nobody unknown: %s', (remote, headers, known) => {
  expect(believeProxies(requestFrom(remote, headers), isProxy)).toBe(known);
});

test.each([
  ['127.0.0.1', { host: 'localhost:8080' }, true],
  ['::ffff:127.0.0.1', { host: '127.0.0.1' }, true],
  ['::1', { host: '[::1]:8080' }, true],
  ['192.0.2.1', { host: 'localhost' }, false],
  ['127.0.0.1', { host: 'rebound.example' }, false],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }, false],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-proto': 'https' }, false],
  ['127.0.0.1', { host: 'localhost', forwarded: 'for=127.0.0.1' }, false],
])('%s with %j is this machine: %s', (remote, headers, local) => {
  const request = requestFrom(remote, headers);
  believeProxies(request, addressRanges(['127.0.0.1']));
  expect(isOfThisMachine(request)).toBe(local);
});
