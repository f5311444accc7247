/**
 * Consumers outside on a cluster of three servers that are not Ledgerline's own, by the accounts that it prints: through a
 * server that does not lead the stream they can do what they may and nothing else, and they go on when the leader is killed.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confinedToItsOwn } from '../contracts/outside-consumer.contract.ts';
import { type Call, clientOf } from '../dialects/native/client.ts';
import { type Credentials, operatorsConf, outsider } from '../subscribers/outside/given.ts';
import { disorderIn, type ReadingProgram, readingProgram } from '../subscribers/outside/reading-program.ts';
import { startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsCluster, startNatsCluster } from '../support/nats-cluster.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const BETWEEN_KILLS = 30;

const pair = nkeys.createUser();
const ledgerSeed = new TextDecoder().decode(pair.getSeed());

let folder: string;
let cluster: NatsCluster;
let server: ServerProcess;
let call: Call;
let program: ReadingProgram;
let mine: Credentials;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-outside-'));
  const keyFile = join(folder, 'ledger.nk');
  await writeFile(keyFile, ledgerSeed);
  cluster = await startNatsCluster(operatorsConf(pair.getPublicKey(), []), ledgerSeed);
  server = await startServerProcess({
    LEDGERLINE_NATS_URL: cluster.urls,
    LEDGERLINE_NATS_KEY: keyFile,
    LEDGERLINE_NATS_REPLICAS: '3',
  });
  call = clientOf(server.url);
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
  const archive = await add('genesys', 'archive', '0');
  program = readingProgram(archive.consumer, archive.seed);
  mine = await add('acme', 'curious');
  const theirs = await add('other', 'curious');
  const printed = [archive, mine, theirs].map(({ accounts }) => accounts);
  await cluster.configure(operatorsConf(pair.getPublicKey(), printed));
});
afterAll(async () => {
  await program.kill9();
  await server.remove();
  await cluster.remove();
  await rm(folder, { recursive: true });
});

async function add(tenant: string, name: string, from = 'now'): Promise<Credentials> {
  const { body } = await call('POST', `/v1/tenants/${tenant}/consumers`, { name, from });
  return body as unknown as Credentials;
}

const leader = () => eventually('somebody leads', () => cluster.leaderOf('LEDGER'));

confinedToItsOwn(async () => {
  const led = await leader();
  const natsUrl = cluster.server(cluster.names.find((name) => name !== led) ?? led).url;
  return { call, natsUrl, program: await outsider(natsUrl, mine.seed), ledgerSeed };
});

test('a consumer reads everything in order while the stream’s leader is killed, twice', {
  timeout: 600_000,
}, async () => {
  const { url } = server;
  const agents = ['ksippo', 'peer', 'third'];
  const commanders = startCommanders({ url: () => url, tenant: 'genesys', agents, clients: 12 });
  const allIsRead = () => {
    const read = new Set(program.printed.map(({ data }) => data.cause.command));
    return [...commanders.acknowledged.keys()].every((command) => read.has(command)) ? true : undefined;
  };
  program.start(cluster.urls);
  for (let kill = 0; kill < 2; kill += 1) {
    await commanders.more(BETWEEN_KILLS);
    const victim = cluster.server(await leader());
    await victim.kill9();
    await commanders.more(BETWEEN_KILLS);
    await victim.restart();
  }
  await commanders.more(BETWEEN_KILLS);
  await commanders.stop();
  await eventually('all is read', allIsRead);
  expect(disorderIn(program.printed)).toEqual([]);
});
