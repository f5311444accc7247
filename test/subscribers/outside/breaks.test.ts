/**
 * A consumer outside as the documentation has it (docs/examples/nats-consumer.ts), with as many records on their way as it
 * has unless told otherwise, while everything it depends on breaks: each record reaches it, each actor's in order.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Call, clientOf } from '../../dialects/native/client.ts';
import { type Commanders, startCommanders } from '../../support/commander.ts';
import { eventually } from '../../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { disorderIn, type ReadingProgram, readingProgram } from './reading-program.ts';

const CONSUMER = { tenant: 'genesys', name: 'archive' };
const AGENTS = ['ksippo', 'peer', 'third'];
const BETWEEN_BREAKS = 150;

let server: ServerProcess;
let call: Call;
let proxy: TcpProxy;
let commanders: Commanders;
let program: ReadingProgram;

const consumers = `/v1/tenants/${CONSUMER.tenant}/consumers`;
const natsUrl = async () => `nats://127.0.0.1:${((await call('GET', '/healthz')).body.ports as { nats: number }).nats}`;
const readMore = (count = BETWEEN_BREAKS) => {
  const enough = program.printed.length + count;
  return eventually(`${count} more are read`, () => (program.printed.length >= enough ? true : undefined));
};

beforeAll(async () => {
  server = await startServerProcess();
  call = clientOf(server.url);
  commanders = startCommanders({ url: () => server.url, tenant: CONSUMER.tenant, agents: AGENTS, clients: 12 });
  // A past to read at full speed, so that much is on its way when something breaks.
  await eventually('there is a past', () => (commanders.acknowledged.size > 2_000 ? true : undefined), 240_000);
  const { body } = await call('POST', consumers, { name: CONSUMER.name, from: '0' });
  program = readingProgram(`${CONSUMER.tenant}=${CONSUMER.name}`, String(body.seed));
  proxy = await startTcpProxy(await natsUrl());
});
afterAll(async () => {
  await program.kill9();
  await commanders.stop();
  await proxy.close();
  await server.remove();
});

async function whenTheProgramIsKilled(): Promise<void> {
  await program.kill9();
  program.start(proxy.url);
  await readMore();
}

async function whenTheNetworkIsCut(): Promise<void> {
  proxy.cut();
  await readMore();
}

/** Records, acknowledgements or both are lost on the way before the break shows. */
async function whenTheNetworkSwallows(direction: 'requests' | 'replies'): Promise<void> {
  proxy.lose(direction);
  const enough = commanders.acknowledged.size + BETWEEN_BREAKS;
  await eventually('some are lost', () => (commanders.acknowledged.size >= enough ? true : undefined));
  proxy.cut();
  await readMore();
}

async function whenTheNatsServerIsKilled(): Promise<void> {
  process.kill(await server.natsPid(), 'SIGKILL');
  await readMore();
}

/** Both processes go; the server that comes back listens elsewhere. */
async function whenLedgerlineIsKilled(): Promise<void> {
  await server.kill9();
  await server.start();
  call = clientOf(server.url);
  await program.kill9();
  program.start(await natsUrl());
  await readMore();
}

async function whenOtherConsumersComeAndGo(): Promise<void> {
  for (const name of ['one', 'two', 'three']) await call('POST', consumers, { name });
  for (const name of ['one', 'two', 'three']) await call('DELETE', `${consumers}/${name}`);
  await readMore();
}

test('every record is read, each actor’s in order, whatever breaks meanwhile', { timeout: 600_000 }, async () => {
  program.start(proxy.url);
  await readMore(500);
  for (let round = 0; round < 2; round += 1) {
    await whenTheProgramIsKilled();
    await whenTheNetworkIsCut();
    await whenTheNetworkSwallows('replies');
    await whenTheNetworkSwallows('requests');
    await whenTheNatsServerIsKilled();
    await whenOtherConsumersComeAndGo();
  }
  await whenLedgerlineIsKilled();
  await commanders.stop();
  const last = Number((await call('GET', '/healthz')).body.position);
  const isRead = async () => {
    const { body } = await call('GET', consumers);
    const [{ progress }] = body.items as [{ readonly progress: { readonly waiting: number } }];
    return progress.waiting === 0 ? true : undefined;
  };
  await eventually(`all up to ${last} is acknowledged`, isRead);
  expect(disorderIn(program.printed)).toEqual([]);
  const read = new Set(program.printed.map(({ data }) => data.cause.command));
  expect([...commanders.acknowledged.keys()].filter((command) => !read.has(command))).toEqual([]);
});
