/**
 * Servers on one log of an outside NATS server, of which one writes and the others stand by: the writer killed, stopped in
 * order, frozen for longer than its lease lasts; a standby killed while it takes over, and one whose log is another by now.
 * Side by side, for each mostly waits: for processes to start, and for leases to expire.
 */
import { connect } from 'nats';
import { describe, expect, type TestContext, test } from 'vitest';
import { LedgerlineClient } from '../../src/client/client.ts';
import { type Commanders, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** Acknowledgements between two faults: enough to be sure that there is load. */
const SOME = 30;
/** To be waited out; longer than a busy machine keeps a writer from renewing it while others start. */
const SHORT_LEASE = { LEDGERLINE_NATS_LEASE_S: '5' };
/** Not to be waited out: whoever takes over was let in. */
const LONG_LEASE = { LEDGERLINE_NATS_LEASE_S: '300' };

const AGENT = '/v1/tenants/genesys/agents/ksippo';
const REFUSED = { status: 503, body: { code: 'unavailable', detail: expect.stringContaining('stands by') } };
const ADMIN = `Basic ${Buffer.from('admin:admin1').toString('base64')}`;
const READS: readonly (readonly [path: string, headers: Readonly<Record<string, string>>])[] = [
  [AGENT, {}],
  [AGENT, { 'as-of': '188' }],
  ['/api/v2/users', { authorization: ADMIN }],
  ['/6/v2/api/tenants/c255052e-c560-4340-b73e-675eabc3aed3/extensions', { authorization: 'Bearer demo-telco-north' }],
  ['/genesys/1/service/efef8eb61-1f24-593d-90da-0034aca34b55/storage/Key1', {}],
  ['/xuc/api/1.0/historyByUsername/avencall.com/alicej/?size=5', {}],
];

async function aNats({ onTestFinished }: TestContext): Promise<NatsServer> {
  const nats = await startNatsServer();
  onTestFinished(() => nats.remove());
  return nats;
}

async function aServer(
  { onTestFinished }: TestContext,
  nats: NatsServer,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const server = await startServerProcess({ LEDGERLINE_NATS_URL: nats.url, LEDGERLINE_STANDBY: '1', ...env });
  onTestFinished(() => server.remove());
  return server;
}

/** Each request goes to the next of the servers, whoever writes: a balancer that knows nothing. */
function load(...servers: readonly ServerProcess[]): Commanders {
  let turn = 0;
  const url = () => servers[turn++ % servers.length]?.url ?? '';
  return startCommanders({ url, tenant: 'genesys', agents: ['ksippo', 'peer', 'third'], clients: 6 });
}

async function statusOf({ url }: ServerProcess): Promise<unknown> {
  return ((await (await fetch(`${url}/readyz`)).json()) as { readonly status: unknown }).status;
}

/** What a consumer outside is answered that asks for a session, by each server that answers. */
async function sessionOf(consumer: string, { url }: NatsServer): Promise<unknown> {
  const client = await connect({ servers: url });
  try {
    const answers = [];
    for await (const answer of await client.requestMany(`resume.${consumer}`, '', {
      strategy: 'timer',
      maxWait: 2_000,
    }))
      answers.push(answer.json());
    expect(answers).toHaveLength(1);
    return answers[0];
  } finally {
    await client.close();
  }
}

function untilReady(...servers: readonly ServerProcess[]): Promise<ServerProcess> {
  return eventually('one is ready', async () => {
    for (const server of servers) if ((await statusOf(server).catch(() => undefined)) === 'ready') return server;
    return undefined;
  });
}

function otherOf(one: ServerProcess, servers: readonly ServerProcess[]): ServerProcess {
  const other = servers.find((server) => server !== one);
  if (other === undefined) throw new Error('there is one only');
  return other;
}

describe.concurrent('a server that stands by', () => {
  test('says for whom, answers reads where it is to, and goes on telling what happens when it has taken over', async (context) => {
    const nats = await aNats(context);
    const writer = await aServer(context, nats, LONG_LEASE);
    const standby = await aServer(context, nats, { ...LONG_LEASE, LEDGERLINE_STANDBY: 'reads' });
    const told: string[] = [];
    const leaving = new AbortController();
    const follow = async () => {
      const client = new LedgerlineClient({ url: standby.url });
      const following = client.follow({ tenant: 'genesys', kinds: ['agent'], since: 0, signal: leaving.signal });
      for await (const { record } of following) told.push(record.data.cause.command);
    };
    void follow();
    const change = async ({ url }: ServerProcess, id: string) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': id };
      const answer = await fetch(`${url}${AGENT}/setReady`, { method: 'POST', headers, body: '{"signIn":true}' });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await change(writer, 'at-the-writer')).toMatchObject({ status: 200 });
    await eventually('the standby tells it', () => (told.includes('at-the-writer') ? true : undefined));
    const readiness = await fetch(`${standby.url}/readyz`);
    expect({ status: readiness.status, body: await readiness.json() }).toMatchObject({
      status: 503,
      body: {
        status: 'standby',
        of: expect.stringContaining(`process ${writer.pid}`),
        behind: 0,
        dependencies: expect.arrayContaining([expect.objectContaining({ name: 'commands', state: 'down' })]),
      },
    });
    expect(await (await fetch(`${standby.url}/metrics`)).text()).toMatch(/^ledgerline_writer 0$/m);
    expect(await (await fetch(`${writer.url}/metrics`)).text()).toMatch(/^ledgerline_writer 1$/m);
    for (const [path, headers] of READS) {
      const [from, at] = await Promise.all([writer, standby].map(({ url }) => fetch(url + path, { headers })));
      expect([path, at?.status, await at?.text()]).toEqual([path, 200, await from?.text()]);
    }
    const added = await fetch(`${writer.url}/v1/tenants/genesys/consumers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"board","from":"0"}',
    });
    expect(added.status).toBe(201);
    expect(await sessionOf('genesys=board', nats)).not.toHaveProperty('error');
    expect(await change(standby, 'at-the-standby')).toMatchObject(REFUSED);
    expect(await writer.stop()).toBe(0);
    await untilReady(standby);
    expect(await change(standby, 'at-the-next-writer')).toMatchObject({ status: 200 });
    await eventually('it still tells', () => (told.includes('at-the-next-writer') ? true : undefined));
    leaving.abort();
    expect(await sessionOf('genesys=board', nats)).not.toHaveProperty('error');
    expect(told).not.toContain('at-the-standby');
  });

  test('takes over from a writer that is killed, also when the first to do so is killed while it does', async (context) => {
    const nats = await aNats(context);
    const writer = await aServer(context, nats, SHORT_LEASE);
    const waiting = await Promise.all([aServer(context, nats, SHORT_LEASE), aServer(context, nats, SHORT_LEASE)]);
    const commanders = load(writer, ...waiting);
    await commanders.more(SOME);
    await writer.kill9();
    const first = await eventually('one takes over', () =>
      waiting.find(({ output }) => output.includes('taking over')),
    );
    await first.kill9();
    const second = otherOf(first, waiting);
    await commanders.more(SOME);
    expect(await statusOf(second)).toBe('ready');
    await writer.start();
    expect(await statusOf(writer)).toBe('standby');
    await commanders.more(SOME);
    await commanders.stop();
    expect([await second.stop(), await writer.stop()]).toEqual([0, 0]);
    await proveHistory(second.dataDir, commanders.acknowledged, { LEDGERLINE_NATS_URL: nats.url });
  });

  test('takes over at once from a writer that ends in order, and so they take turns', async (context) => {
    const nats = await aNats(context);
    const pair = await Promise.all([aServer(context, nats, LONG_LEASE), aServer(context, nats, LONG_LEASE)]);
    const commanders = load(...pair);
    for (let turn = 0; turn < 2; turn += 1) {
      await commanders.more(SOME);
      const writer = await untilReady(...pair);
      const standby = otherOf(writer, pair);
      expect(await statusOf(standby)).toBe('standby');
      expect((await fetch(standby.url + AGENT)).status).toBe(503);
      expect(await writer.stop()).toBe(0);
      await commanders.more(SOME);
      await writer.start();
    }
    await commanders.stop();
    for (const server of pair) expect(await server.stop()).toBe(0);
    await proveHistory(pair[0].dataDir, commanders.acknowledged, { LEDGERLINE_NATS_URL: nats.url });
  });

  test('has taken over when a writer that was frozen goes on: that one does no harm, and ends', async (context) => {
    const nats = await aNats(context);
    const writer = await aServer(context, nats, SHORT_LEASE);
    const standby = await aServer(context, nats, SHORT_LEASE);
    const commanders = load(writer, standby);
    await commanders.more(SOME);
    process.kill(writer.pid, 'SIGSTOP');
    expect(await untilReady(standby)).toBe(standby);
    process.kill(writer.pid, 'SIGCONT');
    expect(await eventually('the writer has ended', () => writer.exitCode)).toBe(1);
    expect(writer.output).toContain("the writer's lease is lost");
    await commanders.more(SOME);
    await commanders.stop();
    expect(await standby.stop()).toBe(0);
    await proveHistory(standby.dataDir, commanders.acknowledged, { LEDGERLINE_NATS_URL: nats.url });
  });

  test('outlives an outage of NATS, and ends when the log has gone backwards', async (context) => {
    const nats = await aNats(context);
    const pair = await Promise.all([aServer(context, nats, LONG_LEASE), aServer(context, nats, LONG_LEASE)]);
    const commanders = load(...pair);
    const writer = await untilReady(...pair);
    const standby = otherOf(writer, pair);
    await nats.stop();
    const goBack = await nats.backUp();
    await nats.restart();
    await commanders.more(SOME);
    await commanders.stop();
    expect(await statusOf(standby)).toBe('standby');
    await eventually('it has caught up', async () => {
      const position = async ({ url }: ServerProcess) =>
        ((await (await fetch(`${url}/healthz`)).json()) as { readonly position: number }).position;
      return (await position(standby)) === (await position(writer)) ? true : undefined;
    });
    await nats.kill9();
    await goBack();
    await nats.restart();
    expect(await eventually('the standby has ended', () => standby.exitCode)).toBe(1);
    expect(standby.output).toMatch(/the log ends at position \d+/);
  });
});
