/**
 * Real processes killed under load: what was acknowledged is in the log exactly once, versions have no gaps, and
 * projections rebuilt from zero equal the ones that lived through it.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { type Commanders, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { proveHistory } from '../support/prove-history.ts';
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
