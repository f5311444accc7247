/** The data folder taken away under a running server: nothing more may be acknowledged, or written where another has begun. */
import { rename, rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { LedgerlineClient } from '../../src/client/client.ts';
import { hasCode } from '../../src/errors.ts';
import { ran } from '../cli/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

async function started(dataDir?: string): Promise<ServerProcess> {
  const server = await startServerProcess({}, dataDir);
  servers.push(server);
  return server;
}

function isGone(pid: number): true | undefined {
  try {
    process.kill(pid, 0);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return true;
    throw error;
  }
}

test.each<[string, (dataDir: string) => Promise<void>]>([
  ['removed', (dataDir) => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 })],
  ['moved', (dataDir) => rename(dataDir, `${dataDir}-moved`)],
])('a server whose data folder is %s ends, and leaves alone who begins there anew', async (_, takeAway) => {
  const first = await started();
  const { dataDir, pid } = first;
  const natsPid = await first.natsPid();
  await takeAway(dataDir);
  const second = await started(dataDir);
  await eventually('the first has ended', () => isGone(pid));
  await eventually('its NATS server, too', () => isGone(natsPid));
  expect(first.output).toContain(`${dataDir}/nats was removed, moved or exchanged under this process`);
  const client = new LedgerlineClient({ url: second.url });
  await client.command('/v1/tenants/genesys/agents/ksippo/setReady', { signIn: true });
  expect(await second.stop()).toBe(0);
  const env = { ...process.env, LEDGERLINE_DATA: dataDir, LEDGERLINE_NATS_PORT: '0' };
  expect(await ran(['verify'], { env })).toMatchObject({ code: 0 });
  await rm(`${dataDir}-moved`, { recursive: true, force: true });
});
