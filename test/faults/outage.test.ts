/** An outside NATS server that is away for longer than the writer's lease lasts: when it is back the process goes on by itself. */
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { startServerProcess } from '../support/server-process.ts';

test('after a long outage commands are taken again, without anybody’s doing', async () => {
  const nats = await startNatsServer();
  onTestFinished(() => nats.remove());
  const server = await startServerProcess({ LEDGERLINE_NATS_URL: nats.url });
  onTestFinished(() => server.remove());
  const readiness = async () => (await fetch(`${server.url}/readyz`)).text();
  const setReady = () =>
    fetch(`${server.url}/v1/tenants/genesys/agents/ksippo/setReady`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"signIn":true}',
    });
  await nats.kill9();
  const lapsed = 'the right to write the log could not be renewed in time';
  await eventually('the lease lapses', async () => ((await readiness()).includes(lapsed) ? true : undefined));
  expect((await setReady()).status).toBe(503);
  await nats.restart();
  await eventually('commands are taken', async () => ((await setReady()).status === 200 ? true : undefined));
  expect(await readiness()).toContain('"status":"ready"');
});
