import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, isFree } from '../../src/nats/free-port.ts';

const HOST = '127.0.0.1';

test('a port to keep is free, and none that the system gives away', async () => {
  const port = await freePort(HOST);
  expect(await isFree(HOST, port)).toBe(true);
  const [min = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t').map(Number);
  expect(port).toBeGreaterThanOrEqual(1024);
  expect(min <= 1024 || port < min).toBe(true);
});

test('where the system gives all ports away, it is a free one of those', async () => {
  const port = await freePort(HOST, 1024);
  expect(port).toBeGreaterThanOrEqual(1024);
  expect(await isFree(HOST, port)).toBe(true);
});

test('a port that somebody listens on is not free', async () => {
  const other = createServer().listen(0, HOST);
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  expect(await isFree(HOST, (other.address() as AddressInfo).port)).toBe(false);
});
