/** What the tests of src/nats start from: a real nats-server, folders of their own, programs that only pretend. */
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Progress } from '../../src/nats/download.ts';
import { identityOf } from '../../src/nats/process-identity.ts';

export const CONF = fileURLToPath(new URL('../../nats.conf', import.meta.url));

/** `npm test` finds one and names it. */
export function realServer(): string {
  const path = process.env.LEDGERLINE_NATS_BIN;
  if (path === undefined) throw new Error('LEDGERLINE_NATS_BIN must name a nats-server for this test');
  return path;
}

export async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ledgerline nats ')));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

/** A program in the shell's language. */
export async function script(file: string, body: string): Promise<string> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

export function serverSaying(file: string, version: string): Promise<string> {
  return script(file, `echo 'nats-server: v${version}'`);
}

export const SILENT: Progress = { begin() {}, reach() {}, end() {} };

/** True while the pid names a process that has not ended (one that only waits to be reaped has). */
export function isAlive(pid: number): boolean {
  return identityOf(pid) !== undefined;
}
