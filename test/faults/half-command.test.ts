/**
 * Half a command at the end of a real log, as a power cut leaves it: written by hand, by somebody who knows the log's key.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { LedgerlineClient } from '../../src/client/client.ts';
import { encode, hashOf } from '../../src/log/codec.ts';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Transition } from '../../src/model/transition.ts';
import { readSeed } from '../../src/nats/key-file.ts';
import { ran } from '../cli/command-line.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const SUBJECT = 'evt.genesys.agent.ksippo';
const AGENT = '/v1/tenants/genesys/agents/ksippo';

let server: ServerProcess | undefined;
afterEach(() => server?.remove());

/** Stores the first of two records of a command; the second never comes. Resolves to its position. */
async function halfACommand({ url, dataDir }: ServerProcess): Promise<number> {
  const { ports } = (await (await fetch(`${url}/healthz`)).json()) as { readonly ports: { readonly nats: number } };
  const seed = await readSeed(join(dataDir, 'nats', 'ledger.nk'));
  const log = await openJetStreamLog({ servers: `nats://127.0.0.1:${ports.nats}`, seed, mintId: randomUUID });
  try {
    const last = await log.last(SUBJECT);
    if (last === undefined) throw new Error('no such agent');
    const before = JSON.parse(Buffer.from(last.payload).toString()) as Transition;
    const { data } = before;
    const cause = { ...data.cause, command: `half-${last.position}` };
    const part = { number: 1, of: 2 };
    const version = data.version + 1;
    const half = { ...before, data: { ...data, version, prev: hashOf(last.payload), cause, part } };
    const outcome = await log.append([{ subject: SUBJECT, payload: encode(half), expected: last.position }]);
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    return outcome.first;
  } finally {
    await log.close();
  }
}

test('half a command is nobody’s: its actor goes on, whether the server ran meanwhile or began with it', async () => {
  server = await startServerProcess();
  const { dataDir } = server;
  const client = () => new LedgerlineClient({ url: server?.url ?? '' });
  const command = (id: string, what: string) => client().command(`${AGENT}/${what}`, { signIn: true }, { id });
  await command('before', 'setReady');
  const versionNow = async () => (await client().query<{ version: number }>(`${AGENT}`)).version;
  const before = await versionNow();

  const running = await halfACommand(server);
  expect(await versionNow()).toBe(before);
  const next = await command('next', 'setAway');
  expect(next.receipt).toMatchObject({ position: running + 2 });
  expect(await versionNow()).toBe(before + 1);

  const atStart = await halfACommand(server);
  expect(await server.stop()).toBe(0);
  await server.start();
  expect(await versionNow()).toBe(before + 1);
  expect((await command('again', 'setReady')).receipt).toMatchObject({ position: atStart + 2 });

  const last = await halfACommand(server);
  expect(await server.stop()).toBe(0);
  const env = { ...process.env, LEDGERLINE_DATA: dataDir, LEDGERLINE_NATS_PORT: '0' };
  const { code, out } = await ran(['verify'], { env });
  expect(out).toContainEqual(
    `3 records of incomplete commands, the first at ${running}: void, never acknowledged, skipped by every reader`,
  );
  expect(out).toContainEqual('the projections are those of a rebuild');
  expect(code).toBe(0);
  const begun = await ran(['generation', 'new', '--json'], { env });
  expect(JSON.parse(begun.out[0] ?? '')).toMatchObject({ generation: 2, seam: last + 1 });
  await server.start();
  expect((await command('in-the-next', 'setAway')).receipt).toMatchObject({ position: last + 2 });
});
