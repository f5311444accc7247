import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAILURES } from '../../src/errors.ts';
import { ran } from '../cli/command-line.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { documentAt } from './examples.ts';

test('docs/operations.md lists every failure there is, with who may retry', () => {
  const rows = [...documentAt('docs/operations.md').matchAll(/^\| `(\w+)` \| (never|same|reload) \|/gm)];
  expect(Object.fromEntries(rows.map(([, code, retry]) => [code, retry]))).toEqual(FAILURES);
});

test('docs/operations.md lists every metric of ours that is scraped, and its rules ask for no other', async () => {
  const server = await startServerProcess();
  try {
    const scraped = await (await fetch(`${server.url}/metrics`)).text();
    const ours = new Set([...scraped.matchAll(/^# TYPE (ledgerline_\w+)/gm)].map(([, name]) => name));
    const text = documentAt('docs/operations.md');
    const named = new Set([...text.matchAll(/\bledgerline_\w+?(?=_bucket\b|\b)/g)].map(([name]) => name));
    expect([...named].sort()).toEqual([...ours].sort());
  } finally {
    await server.remove();
  }
});

describe('a restored backup, as docs/operations.md describes it', () => {
  let folder: string;
  let data: string;
  let backup: string;
  let server: ServerProcess;

  const run = (words: string) => ran(words.split(' '), { env: { LEDGERLINE_URL: server.url } });
  const restore = async (...names: string[]) => {
    for (const name of names) {
      await rm(join(data, name), { recursive: true });
      await cp(join(backup, name), join(data, name), { recursive: true });
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-operations-'));
    data = join(folder, 'data');
    backup = join(folder, 'backup');
    server = await startServerProcess({ LEDGERLINE_DEMO: '1' }, data);
    await run('create skills id=before name=before --tenant genesys');
    await server.stop();
    await cp(data, backup, { recursive: true });
    await server.start();
    await run('create skills id=after name=after --tenant genesys');
    await server.stop();
  });
  afterAll(async () => {
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('is refused when only the log is restored, and nothing is changed', async () => {
    await restore('nats');
    const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
    const env = { ...process.env, LEDGERLINE_DATA: data, LEDGERLINE_PORT: '0', LEDGERLINE_NATS_PORT: '0' };
    await expect(promisify(execFile)(process.execPath, [main], { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ledgerline: .*at position \d+.*it went backwards or was exchanged/m),
    });
  });

  test('is accepted without what remembers more, when that is deleted', async () => {
    await rm(join(data, 'high-water.json'));
    await rm(join(data, 'projections'), { recursive: true });
    await server.start();
    expect(await run('get skills before --tenant genesys')).toMatchObject({ code: 0 });
    expect(await run('get skills after --tenant genesys')).toMatchObject({ code: 1 });
    await run('create skills id=later name=later --tenant genesys');
    expect(await server.stop()).toBe(0);
  });

  test('is accepted when the folder is restored whole', async () => {
    await restore('nats', 'high-water.json', 'projections');
    await server.start();
    expect(await run('get skills before --tenant genesys')).toMatchObject({ code: 0 });
    expect(await run('get skills later --tenant genesys')).toMatchObject({ code: 1 });
    expect(await server.stop()).toBe(0);
  });
});
