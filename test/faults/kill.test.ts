/**
 * Real processes killed under load: what was acknowledged is in the log exactly once, versions have no gaps, and
 * projections rebuilt from zero equal the ones that lived through it. And one that is frozen, which keeps nobody for ever.
 * Side by side, for each mostly waits: for processes to start again, and for patience to run out.
 */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, type TestContext, test } from 'vitest';
import { LedgerlineClient } from '../../src/client/client.ts';
import { aQueue, type Commanders, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { untilWritten } from '../support/until-written.ts';

const KILLS = 20;
const AGENTS = ['ksippo', 'peer', 'third'];
/** Acknowledgements between two kills: enough to be sure that there is load. */
const BETWEEN_KILLS = 30;

async function aServer({ onTestFinished }: TestContext): Promise<ServerProcess> {
  const server = await startServerProcess();
  onTestFinished(() => server.remove());
  return server;
}

function load(under: ServerProcess): Commanders {
  return startCommanders({ url: () => under.url, tenant: 'genesys', agents: AGENTS, clients: 12 });
}

/** The folder of the log's stream. */
function streamIn(dataDir: string): string {
  const account = join(dataDir, 'nats', 'jetstream');
  const [name = ''] = readdirSync(account);
  return join(account, name, 'streams', 'LEDGER');
}

/** Where the NATS server keeps batches while it writes them. */
function stagingIn(dataDir: string): string {
  return join(streamIn(dataDir), 'batches');
}

/** Ids of the commands that made queues, as they are told to whoever follows. */
function readCommands(url: string): { readonly seen: ReadonlySet<string>; stop(): void } {
  const seen = new Set<string>();
  const stopping = new AbortController();
  const client = new LedgerlineClient({ url });
  const read = async () => {
    for await (const { record } of client.follow({ kinds: ['outbound-queue'], since: 0, signal: stopping.signal }))
      seen.add(record.data.cause.command);
  };
  void read();
  return { seen, stop: () => stopping.abort() };
}

describe.concurrent('every acknowledged command is in the log exactly once', () => {
  test(`after ${KILLS} kills of the NATS server`, { timeout: 900_000 }, async (context) => {
    const server = await aServer(context);
    const commanders = load(server);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await commanders.more(BETWEEN_KILLS);
      process.kill(await server.natsPid(), 'SIGKILL');
    }
    await commanders.more(BETWEEN_KILLS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });

  test(`after ${KILLS} kills of the NATS server that lose what it had staged`, {
    timeout: 900_000,
  }, async (context) => {
    const server = await aServer(context);
    const { dataDir, url } = server;
    const commanders = startCommanders({ url: () => url, tenant: 'genesys', agents: [], clients: 10, request: aQueue });
    const reader = readCommands(url);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await commanders.more(BETWEEN_KILLS);
      const pid = await server.natsPid();
      await eventually('a batch is staged', () => (readdirSync(stagingIn(dataDir)).length > 0 ? true : undefined));
      // Anywhere in the some 20 ms that staging and writing it take; and, every fourth time, in the midst of the writing.
      if (kill % 4 !== 0) await delay(kill);
      else await untilWritten(streamIn(dataDir));
      process.kill(pid, 'SIGKILL');
      await rm(stagingIn(dataDir), { recursive: true, force: true });
    }
    await commanders.more(BETWEEN_KILLS);
    await commanders.stop();
    const all = [...commanders.acknowledged.keys()];
    await eventually('the reader has seen them', () => (all.every((id) => reader.seen.has(id)) ? true : undefined));
    reader.stop();
    expect(await server.stop()).toBe(0);
    const { commands } = await proveHistory(dataDir, commanders.acknowledged);
    expect([...reader.seen].filter((id) => !commands.has(id))).toEqual([]);
  });

  test(`after ${KILLS} kills of the Node process`, { timeout: 900_000 }, async (context) => {
    const server = await aServer(context);
    const commanders = load(server);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await commanders.more(BETWEEN_KILLS);
      await server.kill9();
      await server.start();
    }
    await commanders.more(BETWEEN_KILLS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });
});

test.concurrent('a server whose last command nobody can settle ends when it is asked to', async (context) => {
  const server = await aServer(context);
  const nats = await server.natsPid();
  process.kill(nats, 'SIGSTOP');
  const answer = await fetch(`${server.url}/v1/tenants/genesys/agents/ksippo/setReady`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"signIn":true}',
  });
  expect(await answer.json()).toMatchObject({ code: 'outcomeUnknown' });
  expect(await server.stop()).toBe(0);
  expect(server.output).toContain('the next start goes on with it');
  process.kill(nats, 'SIGCONT');
});
