import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lockFolder } from '../../src/nats/folder-lock.ts';
import { freePort } from '../../src/nats/free-port.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { ran } from './command-line.ts';

let dataDir: string;
let env: Record<string, string | undefined>;
let server: ServerProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-cli-'));
  env = {
    PATH: process.env.PATH,
    LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN,
    LEDGERLINE_DATA: dataDir,
    LEDGERLINE_NATS_PORT: '0',
    LEDGERLINE_PORT: '0',
    // Where nobody is, whoever runs on the default port of this machine.
    LEDGERLINE_URL: `http://127.0.0.1:${await freePort('127.0.0.1')}`,
    LEDGERLINE_DEMO: '0',
  };
});
afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('an installation, from its first command on', () => {
  let token: string;

  test('is found empty and fit by the doctor, who makes nothing', async () => {
    const { code, out } = await ran(['doctor', '--json'], {
      env: { ...env, LEDGERLINE_DATA: join(dataDir, 'not-yet') },
    });
    expect(out.map((line) => JSON.parse(line))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'Node.js', verdict: 'yes' }),
        expect.objectContaining({ check: 'nats-server', verdict: 'yes' }),
        expect.objectContaining({ check: 'data folder writable', verdict: 'yes' }),
        expect.objectContaining({ check: 'server', verdict: 'note' }),
      ]),
    );
    expect(code).toBe(0);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test.each(['verify', 'rebuild', 'generation new', 'archive write elsewhere', 'token recover'])(
    'has no log before it begins: %s says so and makes none',
    async (line) => {
      const folder = join(dataDir, 'not-yet');
      const { code, err } = await ran(line.split(' '), { env: { ...env, LEDGERLINE_DATA: folder } });
      expect({ code, said: err.join(' ') }).toEqual({ code: 2, said: expect.stringContaining(`no log in ${folder}`) });
      expect(await readdir(dataDir)).toEqual([]);
    },
  );

  test.each(['installation', 'a b', 'a.b'])('takes no tenant called %j', async (name) => {
    expect(await ran(['init', name], { env })).toMatchObject({ code: 2, out: [] });
  });

  test('has no administrator without a name', async () => {
    expect(await ran(['init', 'acme', '--admin', ' '], { env })).toMatchObject({
      code: 1,
      out: [],
      err: [expect.stringMatching(/^ledgerline: refused: create is not usable: attributes\.firstName: /)],
    });
  });

  test('gets its first administrator and tenant, once', async () => {
    const byNpx = { env: { ...env, npm_command: 'exec' } };
    const made = await ran(['init', 'acme', '--name', 'Acme Ltd', '--admin', 'Ada B. Archer'], byNpx);
    expect(made).toMatchObject({ code: 0, out: [expect.stringMatching(/^ll_/)] });
    expect(made.err.join('\n')).toMatch(/LEDGERLINE_DEMO=0 npx ledgerline start\n.*\n {2}npx ledgerline create users/);
    token = made.out[0] ?? '';
    const again = await ran(['init', 'other'], { env });
    expect(again).toMatchObject({ code: 1, out: [], err: [expect.stringContaining('not empty')] });
  });

  test('serves the administrator and nobody else', async () => {
    server = await startServerProcess({ LEDGERLINE_DEMO: '0' }, dataDir);
    env = { ...env, LEDGERLINE_URL: server.url };
    expect(await ran(['list', 'tenants'], { env })).toMatchObject({ code: 1, out: [] });
    env = { ...env, LEDGERLINE_TOKEN: token };
    expect(await ran(['list', 'tenants', '--json'], { env })).toMatchObject({
      code: 0,
      out: [expect.stringContaining('Acme Ltd')],
    });
    expect(
      await ran(['create', 'users', 'id=ann', 'firstName=Ann', 'lastName=Archer', 'roles=agent'], { env }),
    ).toMatchObject({ code: 0 });
    expect((await ran(['history', 'acme/user/ann'], { env })).out.join()).toContain('user:administrator via native');
  });

  test('is found well by the doctor while it runs', async () => {
    const { code, out } = await ran(['doctor'], { env });
    expect(out.join('\n')).toMatch(new RegExp(`^note {2}data folder in use: by process ${server?.pid}$`, 'm'));
    expect(out.join('\n')).toMatch(/^yes {3}server: ready,/m);
    expect(out.join('\n')).toMatch(/^yes {3}server: projections: up$/m);
    expect(out.join('\n')).toMatch(/^yes {3}token: /m);
    expect(code).toBe(0);
  });

  test('is told from the folder that the commands would read, and a wrong token from a good one', async () => {
    const elsewhere = { ...env, LEDGERLINE_DATA: join(dataDir, 'not-yet') };
    const { code, out } = await ran(['doctor', '--token', 'll_mistyped'], { env: elsewhere });
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/^note {2}data folder: the server at \S+ has another one/m);
    expect(out.join('\n')).toMatch(/^no {4}token: \S+ does not know this token/m);
  });

  test('is not verified against signed checkpoints that are not there', async () => {
    expect(await ran(['verify', '--checkpoints', '/nowhere/lines.jsonl'], { env })).toMatchObject({
      code: 2,
      err: ['ledgerline: /nowhere/lines.jsonl: there is no such file or folder'],
    });
  });

  test.each([[['rebuild']], [['init', 'x']], [['token', 'recover']]])(
    'is left alone by %j while it runs',
    async (words) => {
      expect(await ran(words, { env })).toMatchObject({
        code: 1,
        err: [expect.stringContaining(`process ${server?.pid}`)],
      });
      expect(await ran(['list', 'users'], { env })).toMatchObject({ code: 0 });
    },
  );

  test('is gone through also when its log went backwards, which nobody serves', async () => {
    expect(await server?.stop()).toBe(0);
    const file = join(dataDir, 'high-water.json');
    const mark = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify({ ...JSON.parse(mark), position: 9_999 }));
    const { code, out } = await ran(['verify', '--json'], { env });
    await writeFile(file, mark);
    expect(code).toBe(1);
    expect(JSON.parse(out.join(''))).toMatchObject({
      behind: expect.stringMatching(/^the log ends at position \d+, where 9999 is remembered/),
      found: 0,
      upTo: 4,
    });
    expect(await ran(['verify'], { env })).toMatchObject({ code: 0 });
    await server?.start();
    env = { ...env, LEDGERLINE_URL: server?.url };
  });

  test('looks the same after its projections were made again, and cleans up after a rebuild that was killed', async () => {
    const seen = await ran(['export', 'acme'], { env });
    expect(await server?.stop()).toBe(0);
    const rebuilt = await ran(['rebuild', '--json'], { env });
    expect(rebuilt.code).toBe(0);
    expect(JSON.parse(rebuilt.out.join(''))).toMatchObject({ position: 4, dataDir });
    await mkdir(join(dataDir, 'projections.before'));
    await server?.start();
    expect(await readdir(dataDir)).not.toContain('projections.before');
    env = { ...env, LEDGERLINE_URL: server?.url };
    expect((await ran(['export', 'acme'], { env })).out).toEqual(seen.out);
  });

  test('lets whoever holds its folder in again when the last token was lost', async () => {
    expect(await server?.stop()).toBe(0);
    const made = await ran(['token', 'recover'], { env });
    expect(made).toMatchObject({ code: 0, out: [expect.stringMatching(/^ll_/)] });
    await server?.start();
    env = { ...env, LEDGERLINE_URL: server?.url, LEDGERLINE_TOKEN: made.out[0] };
    expect(await ran(['create', 'skills', 'id=french', 'name=French'], { env })).toMatchObject({ code: 0 });
    expect((await ran(['token', 'list', '--tenant', 'installation'], { env })).out.join('\n')).toContain(
      'made by recover',
    );
  });

  test('that holds its folder and does not answer is what the doctor finds wrong', async () => {
    const { code, out } = await ran(['doctor', '--url', 'http://127.0.0.1:9'], { env });
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/^no {4}server: process \d+ holds the folder, but does not answer/m);
  });
});

test('a port that was asked for and is taken is what the doctor finds wrong', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const asked = { ...env, LEDGERLINE_DATA: join(dataDir, 'not-yet'), LEDGERLINE_URL: 'http://127.0.0.1:9' };
  const { code, out } = await ran(['doctor'], { env: { ...asked, LEDGERLINE_PORT: `0,${port}` } });
  expect(code).toBe(1);
  expect(out.join('\n')).toMatch(new RegExp(`^no {4}port ${port}: cannot be had on 127.0.0.1 \\(EADDRINUSE\\)$`, 'm'));
  expect(out.join('\n')).toMatch(/^yes {3}NATS port 0: any free one$/m);
});

describe('rebuild', () => {
  test('does not touch what another process works on with an outside NATS server', async () => {
    const lock = await lockFolder(dataDir);
    onTestFinished(() => lock.release());
    const { code, err } = await ran(['rebuild'], { env: { ...env, LEDGERLINE_NATS_URL: 'nats://127.0.0.1:1' } });
    expect({ code, err }).toEqual({ code: 1, err: [expect.stringContaining(`process ${process.pid}`)] });
    expect(await readdir(join(dataDir, 'projections'))).toContain('live.db');
  });
});
