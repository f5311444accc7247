/**
 * A log with three copies on a cluster of three servers that are killed one at a time, the leader first: commands go on,
 * and each that was acknowledged is there exactly once.
 */
import { afterEach, expect, test } from 'vitest';
import { startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsCluster, startNatsCluster } from '../support/nats-cluster.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const BETWEEN_KILLS = 30;
const KILLS = ['the leader', 'a follower'] as const;

let cluster: NatsCluster | undefined;
let server: ServerProcess | undefined;
afterEach(async () => {
  await server?.remove();
  await cluster?.remove();
});

test('commands outlive each server of the cluster, and are there exactly once', { timeout: 600_000 }, async () => {
  cluster = await startNatsCluster();
  const { names, urls, leaderOf, server: nats } = cluster;
  const env = { LEDGERLINE_NATS_URL: urls, LEDGERLINE_NATS_REPLICAS: '3' };
  server = await startServerProcess(env);
  const { url, dataDir } = server;
  const made = ['LEDGER', 'KV_ledgerline_writer', 'KV_ledgerline_shared', 'OBJ_ledgerline-files'];
  expect(await cluster.copies()).toEqual(Object.fromEntries(made.map((stream) => [stream, 3])));
  const commanders = startCommanders({
    url: () => url,
    tenant: 'genesys',
    agents: ['ksippo', 'peer', 'third'],
    clients: 12,
  });
  for (const which of KILLS) {
    await commanders.more(BETWEEN_KILLS);
    const leader = await eventually('somebody leads', () => leaderOf('LEDGER'));
    const victim = which === 'the leader' ? leader : (names.find((name) => name !== leader) ?? leader);
    await nats(victim).kill9();
    await commanders.more(BETWEEN_KILLS);
    await nats(victim).restart();
  }
  await commanders.more(BETWEEN_KILLS);
  await commanders.stop();
  expect(await server.stop()).toBe(0);
  await proveHistory(dataDir, commanders.acknowledged, env);
});
