/**
 * Real processes killed under load: what was acknowledged is in the log exactly once, versions have no gaps, and
 * projections rebuilt from zero equal the ones that lived through it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openLedger } from '../../src/ledger.ts';
import { type ChainHead, chainBreak, decode } from '../../src/log/codec.ts';
import { keyOf } from '../../src/model/actor-id.ts';
import { Database } from '../../src/projector/database.ts';
import { type Commanders, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { tablesOf } from '../support/given.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const KILLS = 20;
const AGENTS = ['ksippo', 'peer', 'third'];
/** Acknowledgements between two kills: enough to be sure that there is load. */
const BETWEEN_KILLS = 30;

let server: ServerProcess | undefined;
afterEach(() => server?.remove());

function load(under: ServerProcess): Commanders {
  return startCommanders({ url: () => under.url, tenant: 'genesys', agents: AGENTS, clients: 12 });
}

async function untilAcknowledged(commanders: Commanders, more: number): Promise<void> {
  const enough = commanders.acknowledged.size + more;
  await eventually(
    `${enough} acknowledgements`,
    () => (commanders.acknowledged.size >= enough ? true : undefined),
    30_000,
  );
}

/** Reads the log itself, with no server of ours before it. */
async function proveHistory(dataDir: string, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const live = digest(join(dataDir, 'projections', 'live.db'));
  await rm(join(dataDir, 'projections'), { recursive: true });
  const config = readConfig(
    { LEDGERLINE_NATS_PORT: '0', LEDGERLINE_DATA: dataDir, LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN },
    '/',
  );
  const io = { logger: pino({ level: 'silent' }), searchPath: process.env.PATH ?? '', progress: () => undefined };
  const ledger = await openLedger(config, io);
  try {
    const heads = new Map<string, ChainHead>();
    const found = new Map<string, number>();
    for await (const chunk of ledger.log.read({ after: 0, upTo: await ledger.log.head() })) {
      for (const stored of chunk) {
        const decoded = decode(stored);
        if (decoded.kind === 'junk') throw new Error(`${stored.position}: ${decoded.reason}`);
        const { record } = decoded;
        const key = keyOf(record.actor);
        expect(chainBreak(record, heads.get(key)), `${key} at ${stored.position}`).toBeUndefined();
        heads.set(key, { version: record.transition.data.version, hash: record.hash });
        const { command } = record.transition.data.cause;
        found.set(command, (found.get(command) ?? 0) + 1);
      }
    }
    const wrong = [...acknowledged.keys()].filter((id) => found.get(id) !== 1);
    expect(wrong).toEqual([]);
  } finally {
    await ledger.close();
  }
  expect(digest(join(dataDir, 'projections', 'live.db'))).toEqual(live);
}

function digest(file: string): Record<string, unknown[]> {
  const database = new Database(file);
  try {
    return tablesOf(database);
  } finally {
    database.close();
  }
}

describe('every acknowledged command is in the log exactly once', () => {
  test(`after ${KILLS} kills of the NATS server`, { timeout: 360_000 }, async () => {
    server = await startServerProcess();
    const commanders = load(server);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await untilAcknowledged(commanders, BETWEEN_KILLS);
      process.kill(await server.natsPid(), 'SIGKILL');
    }
    await untilAcknowledged(commanders, BETWEEN_KILLS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });

  test(`after ${KILLS} kills of the Node process`, { timeout: 360_000 }, async () => {
    server = await startServerProcess();
    const commanders = load(server);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await untilAcknowledged(commanders, BETWEEN_KILLS);
      await server.kill9();
      await server.start();
    }
    await untilAcknowledged(commanders, BETWEEN_KILLS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });
});
