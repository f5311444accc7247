import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointFilesIn } from '../../src/history/checkpoint-files.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { ran } from './command-line.ts';
import { type GivenServer, givenServer } from './given.ts';

let server: GivenServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-time-travel-'));
  server = await givenServer();
  await server.run('create agents --tenant acme id=ann line=200');
  for (const command of ['setReady', 'setAway']) {
    await server.served.world.advance(1_000);
    const path = `${server.served.url}/v1/tenants/acme/agents/ann/${command}`;
    const headers = { 'content-type': 'application/json', 'Idempotency-Key': `my-${command}` };
    expect(await fetch(path, { method: 'POST', headers, body: '{"signIn":true}' })).toMatchObject({ status: 200 });
  }
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('time travel by the command line', () => {
  test('says why, now and at a moment', async () => {
    const { out } = await server.run('why acme/agent/ann');
    expect(out[0]).toMatch(/^agent ann became away at 2026-01-01T00:00:02.000Z because the agent asked for it/);
    expect(out.at(-1)).toMatch(/^ +4 {2}2026-01-01T00:00:02.000Z {2}agent ann {2}presence became away$/);
    expect((await server.run('why acme/agent/ann --at 3')).out[0]).toContain('became ready');
    expect(await server.run('why acme/agent/bob')).toMatchObject({ code: 1 });
  });

  test('shows timelines and commands', async () => {
    expect((await server.run('timeline acme/agent/ann --limit 2')).out).toHaveLength(2);
    const { out } = await server.run('timeline --command acme/my-setAway');
    expect(out).toEqual([expect.stringContaining('acme/agent/ann  setAway')]);
    expect(await server.run('timeline --command nothing')).toMatchObject({ code: 2 });
  });

  test('shows what changed', async () => {
    expect((await server.run('diff acme/agent/ann')).out).toEqual(
      expect.arrayContaining(['version 2 -> 3', '  /value/present/presence  "ready" -> "away"']),
    );
  });

  test('tries what if', async () => {
    const event = 'agent/ann={"type":"setDnd","on":true}';
    const { out } = await server.run(['fork', 'acme', '--at', '3', '--event', event]);
    expect(out).toEqual([
      expect.stringMatching(/^from 3 to 4: /),
      expect.any(String),
      expect.any(String),
      'agent ann ends otherwise',
      '  /context/dnd  false -> true',
    ]);
    expect((await server.run('fork acme --at 3')).out).toContain('history comes out the same');
    expect(await server.run('fork acme --at 3 --event agent')).toMatchObject({ code: 2 });
    expect(await server.run('fork acme --at 3 --event agent/nobody={"type":"setReady"}')).toMatchObject({
      code: 1,
      err: ['ledgerline: the events are refused at 3: There is no acme/agent/nobody.'],
    });
  });

  test('exports records and tests', async () => {
    const csv = join(folder, 'ann.csv');
    expect(await server.run(['export-history', 'acme/agent/ann', '--format', 'csv', '--output', csv])).toMatchObject({
      code: 0,
      err: [expect.stringMatching(/^[1-9]\d+ bytes written to .*ann\.csv$/)],
    });
    expect((await readFile(csv, 'utf8')).trimEnd().split('\n')).toHaveLength(4);
    expect((await server.run('export-history acme')).out.join('\n')).toContain('setAway');
    const file = join(folder, 'ann.test.ts');
    expect(await server.run(['export-test', 'acme/agent/ann', '--output', file])).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toMatch(
      /version: 3, at: "2026-01-01T00:00:02.000Z", event: \{.*"type":"setAway"/,
    );
  });
});

describe('verify', () => {
  let dataDir: string;
  let running: ServerProcess | undefined;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-verify-'));
    env = {
      PATH: process.env.PATH,
      LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN,
      LEDGERLINE_DATA: dataDir,
      LEDGERLINE_NATS_PORT: '0',
      LEDGERLINE_PORT: '0',
    };
    running = await startServerProcess({ LEDGERLINE_DEMO: '1' }, dataDir);
  });
  afterAll(async () => {
    await running?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('proves the log beside the server that writes it, wherever another one answers', async () => {
    const { code, out } = await ran(['verify'], { env: { ...env, LEDGERLINE_URL: 'http://127.0.0.1:1' } });
    expect(out.join('\n')).toMatch(/^\d+ records, \d+ commands, \d+ actors/);
    expect(out.join('\n')).toContain('the projections were not compared');
    expect(code).toBe(0);
  });

  test('proves log, signatures and projections when the server is down', async () => {
    await running?.stop();
    const { code, out, err } = await ran(['verify'], { env });
    expect([out.join('\n'), err]).toEqual([expect.stringMatching(/([1-9]\d*) of \1 signed checkpoints agree/), []]);
    expect(out).toContain('the projections are those of a rebuild');
    expect(code).toBe(0);
  });

  test('ends with 1 when the signed lines were touched', async () => {
    const { lines } = checkpointFilesIn(dataDir);
    const text = await readFile(lines, 'utf8');
    await writeFile(lines, text.replace('"time":"2', '"time":"1'));
    const { code, out } = await ran(['verify', '--json'], { env });
    expect(JSON.parse(out.join(''))).toMatchObject({
      found: 0,
      checkpointFile: { line: 1, problem: 'its signature is wrong' },
    });
    expect(code).toBe(1);
  });
});
