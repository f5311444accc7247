/** A NATS server that is there and does nothing any more keeps nobody for ever. */
import { afterEach, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

let server: ServerProcess | undefined;
afterEach(() => server?.remove());

test('a server whose last command nobody can settle ends when it is asked to', { timeout: 120_000 }, async () => {
  server = await startServerProcess();
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
