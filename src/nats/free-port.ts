/**
 * A port to listen on for longer than one process lives: one that nobody listens on, and that the system gives to nobody
 * who asks for any, so that it is still free when a server that was killed is started again.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** The least port that Linux gives out to connections, unless told otherwise. */
const EPHEMERAL_MIN = 32_768;
const EPHEMERAL = '/proc/sys/net/ipv4/ip_local_port_range';
/** So many below those. */
const PORTS = 12_000;
const PRIVILEGED = 1024;
const TRIES_MAX = 50;

/** 0, for any, where none was found. */
export async function freePort(host: string): Promise<number> {
  const end = await ephemeralMin();
  const first = Math.max(PRIVILEGED, end - PORTS);
  for (let tries = 0; tries < TRIES_MAX && first < end; tries += 1) {
    const port = randomInt(first, end);
    if (await isFree(host, port)) return port;
  }
  return 0;
}

export async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

async function ephemeralMin(): Promise<number> {
  const range = await readFile(EPHEMERAL, 'utf8').catch(() => '');
  return Number(/^\d+/.exec(range)?.[0] ?? EPHEMERAL_MIN);
}
