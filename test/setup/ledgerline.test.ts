/** The program `ledgerline` as npm starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { SERVER_ENVIRONMENT, SERVER_FLAGS } from '../support/server-process.ts';

const PROGRAM = fileURLToPath(new URL('../../src/setup/ledgerline.mjs', import.meta.url));

async function ledgerline(...words: string[]): Promise<{ readonly child: ChildProcess; said(): string }> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-program-'));
  const env = { ...process.env, LEDGERLINE_DATA: folder, LEDGERLINE_PORT: '0', LEDGERLINE_NATS_PORT: '0' };
  const child = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return { child, said: () => said };
}

test('`start` becomes the server: the same process, with the settings it is to have, ended by SIGTERM with 0', async () => {
  const { child, said } = await ledgerline('start');
  await eventually('the server is ready', () => said().includes('ledgerline ready') || undefined);
  const shown = async (what: string): Promise<string[]> =>
    (await readFile(`/proc/${child.pid}/${what}`, 'utf8')).split('\0');
  expect(await shown('cmdline')).toEqual(expect.arrayContaining([...SERVER_FLAGS]));
  const settings = Object.keys(SERVER_ENVIRONMENT).map((name) => expect.stringContaining(`${name}=`));
  expect(await shown('environ')).toEqual(expect.arrayContaining(settings));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('installed as a package it says where it runs instead', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-program-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const installed = join(folder, 'node_modules', 'ledgerline', 'src', 'setup');
  await cp(dirname(PROGRAM), installed, { recursive: true });
  const child = spawn(process.execPath, [join(installed, 'ledgerline.mjs'), 'start'], { stdio: 'pipe' });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([code, said]).toEqual([1, expect.stringContaining('run in a clone')]);
});

test('`start --help` explains the command instead', async () => {
  const { child, said } = await ledgerline('start', '--help');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said()).toContain('LEDGERLINE_DATA');
});
