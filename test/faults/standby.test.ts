/**
 * Servers on one log of an outside NATS server, of which one writes and the others stand by: the writer killed, stopped in
 * order, frozen for longer than its lease lasts; a standby killed while it takes over, and one whose log is another by now.
 * Side by side, for each mostly waits: for processes to start, and for leases to expire.
 */
import { describe, expect, type TestContext, test } from 'vitest';
import { type Commanders, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** Acknowledgements between two faults: enough to be sure that there is load. */
const SOME = 30;
const SHORT_LEASE = { LEDGERLINE_NATS_LEASE_S: '2' };
/** Not to be waited out: whoever takes over was let in. */
const LONG_LEASE = { LEDGERLINE_NATS_LEASE_S: '300' };

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
  test('says for whom, follows, and refuses commands', async (context) => {
    const nats = await aNats(context);
    const writer = await aServer(context, nats, LONG_LEASE);
    const standby = await aServer(context, nats, LONG_LEASE);
    const setReady = ({ url }: ServerProcess) =>
      fetch(`${url}/v1/tenants/genesys/agents/ksippo/setReady`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"signIn":true}',
      });
    const { receipt } = (await (await setReady(writer)).json()) as { readonly receipt: { readonly position: number } };
    const readiness = await eventually('it has what was written', async () => {
      const answer = await fetch(`${standby.url}/readyz`);
      const body = (await answer.json()) as { readonly position: number };
      return body.position >= receipt.position ? { status: answer.status, body } : undefined;
    });
    expect(readiness).toMatchObject({
      status: 503,
      body: {
        status: 'standby',
        of: expect.stringContaining(`process ${writer.pid}`),
        behind: 0,
        dependencies: expect.arrayContaining([expect.objectContaining({ name: 'commands', state: 'down' })]),
      },
    });
    const health = await fetch(`${standby.url}/healthz`);
    expect({ status: health.status, body: await health.json() }).toMatchObject({
      status: 200,
      body: { status: 'standby' },
    });
    expect(await (await fetch(`${standby.url}/metrics`)).text()).toMatch(/^ledgerline_writer 0$/m);
    expect(await (await fetch(`${writer.url}/metrics`)).text()).toMatch(/^ledgerline_writer 1$/m);
    const refused = await setReady(standby);
    expect({ status: refused.status, body: await refused.json() }).toMatchObject({
      status: 503,
      body: { code: 'unavailable', detail: expect.stringContaining('stands by') },
    });
    expect(await standby.stop()).toBe(0);
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
      expect(await statusOf(otherOf(writer, pair))).toBe('standby');
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
