import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { greeting } from '../src/main.ts';
import { isAlive, newFolder, script } from './nats/given.ts';
import { eventually } from './support/eventually.ts';
import { SERVER, SERVER_ENVIRONMENT, SERVER_FLAGS } from './support/server-process.ts';

test('what is said once it serves is one line for programs; on a terminal people are told where to look', () => {
  const config = { host: '::1', tls: undefined, proxies: [] };
  const said = { ports: [8080, 8090], position: 1, isTTY: false };
  expect(greeting(config, said)).toEqual(['ledgerline ready http://[::1]:8080 http://[::1]:8090']);
  expect(greeting(config, { ...said, isTTY: true })[1]).toBe(
    'the console is at http://[::1]:8080/console; Ctrl-C ends the server',
  );
  expect(greeting(config, { ...said, position: 0 })[1]).toMatch(
    /^the log is empty: stop this, and .* init <tenant>` makes/,
  );
});

test('who serves other machines in the open is told so', () => {
  const said = { ports: [8080], position: 1, isTTY: false };
  const open = { host: '0.0.0.0', tls: undefined, proxies: [] };
  expect(greeting(open, said)[1]).toMatch(/^other machines are served over plain http/);
  expect(greeting({ ...open, proxies: ['10.0.0.1'] }, said)).toHaveLength(1);
  expect(greeting({ ...open, tls: { certFile: 'c', keyFile: 'k' } }, said)).toHaveLength(1);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a server that still starts, and its NATS server', async (signal) => {
  const folder = await newFolder();
  const pidFile = join(folder, 'pid');
  const neverReady = await script(
    join(folder, 'nats-server'),
    `[ "$1" = --version ] && { echo 'nats-server: v2.15.0'; exit; }\necho $$ > '${pidFile}'\nexec sleep 600`,
  );
  const server = spawn(process.execPath, [...SERVER_FLAGS, SERVER], {
    env: {
      ...{ ...SERVER_ENVIRONMENT, ...process.env, LEDGERLINE_NATS_BIN: neverReady },
      ...{ LEDGERLINE_DATA: join(folder, 'data'), LEDGERLINE_PORT: '0', LEDGERLINE_NATS_PORT: '0' },
    },
    stdio: 'ignore',
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const exited = once(server, 'exit');
  const nats = await eventually(
    'the NATS server runs',
    async () => Number(await readFile(pidFile, 'utf8')) || undefined,
  );
  server.kill(signal);
  expect(await exited).toEqual([0, null]);
  await eventually('the NATS server has gone', () => (isAlive(nats) ? undefined : true));
});
