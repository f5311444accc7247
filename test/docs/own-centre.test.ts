import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ran } from '../cli/command-line.ts';
import { ctiClient } from '../dialects/xuc/cti-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { documentAt, examplesOf, matches, printedBy, shellFor } from './examples.ts';

const EXAMPLES = examplesOf(documentAt('docs/own-centre.md'));

let folder: string;
let server: ServerProcess;
let shell: (command: string) => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-own-centre-'));
  const { PATH, LEDGERLINE_NATS_BIN } = process.env;
  const env = { PATH, LEDGERLINE_NATS_BIN, LEDGERLINE_DATA: folder, LEDGERLINE_NATS_PORT: '0' };
  const made = await ran(['init', 'acme', '--name', 'Acme Ltd', '--admin', 'Ada Archer', '--json'], { env });
  const { token } = JSON.parse(made.out[0] ?? '{}') as { readonly token: string };
  server = await startServerProcess({ LEDGERLINE_DEMO: '0', LEDGERLINE_GMS_TENANT: 'acme' }, folder);
  shell = await shellFor(server.url, { LEDGERLINE_TOKEN: token });
});
afterAll(async () => {
  await server.remove();
  await rm(folder, { recursive: true, force: true });
});

test.each(EXAMPLES.map(({ command, output }) => [command, output] as const))(
  'a centre made by hand prints what docs/own-centre.md says: %s',
  async (command, output) => {
    const printed = await printedBy(shell, { command, output });
    expect(matches(printed, output) ? output : printed).toBe(output);
  },
);

test('its agent answers and ends the call that rings by the CTI socket', async () => {
  const asked = `curl -H "Content-Type: application/json" -d '{"login":"ann","password":"a good password"}'`;
  const { token } = JSON.parse(await shell(`${asked} http://127.0.0.1:8080/xuc/api/2.0/auth/login`)) as {
    readonly token: string;
  };
  const client = await ctiClient(server.url, token);
  client.command('answer');
  await client.seen('PhoneEvent', { eventType: 'EventEstablished', queueName: 'support' });
  client.command('hangup');
  await client.seen('PhoneEvent', { eventType: 'EventReleased' });
  client.close();
});

test('there are examples to run', () => {
  expect(EXAMPLES.length).toBeGreaterThan(30);
});
