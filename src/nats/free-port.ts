/**
 * A port to listen on for longer than one process lives: one that nobody listens on, and that the system gives to nobody
 * who asks for any, so that it is still free when a server that was killed is started again.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';

/** The least port that Linux gives out to connections, unless told otherwise. */
const EPHEMERAL_MIN = 32_768;
const EPHEMERAL = '/proc/sys/net/ipv4/ip_local_port_range';
/** So many below those. */
const PORTS = 12_000;
const PRIVILEGED = 1024;
const TRIES_MAX = 50;

/** A port below `end`; where all ports may be given to connections, one of those. Throws as `listen` does. */
export async function freePort(host: string, end?: number): Promise<number> {
  const below = end ?? (await ephemeralMin());
  const first = Math.max(PRIVILEGED, below - PORTS);
  for (let tries = 0; tries < TRIES_MAX && first < below; tries += 1) {
    const port = randomInt(first, below);
    if (await isFree(host, port)) return port;
  }
  return bound(host, 0);
}

export function isFree(host: string, port: number): Promise<boolean> {
  return bound(host, port).then(
    () => true,
    () => false,
  );
}

/** The port that a listener got, which has gone again. */
async function bound(host: string, port: number): Promise<number> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } finally {
    probe.close();
  }
}

async function ephemeralMin(): Promise<number> {
  const range = await readFile(EPHEMERAL, 'utf8').catch(() => '');
  return Number(/^\d+/.exec(range)?.[0] ?? EPHEMERAL_MIN);
}
