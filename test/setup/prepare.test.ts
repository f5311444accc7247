/** The real first step in a made-up repository, with a made-up npm that notes what it is asked and "installs" at once. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

interface Prepared {
  readonly code: number;
  readonly stderr: string;
}

interface Repository {
  prepare(...args: string[]): Promise<Prepared>;
  /** What npm was asked for so far: `ci`, `rebuild`. */
  asked(): Promise<string[]>;
  lock(packages: object): Promise<void>;
  /** What npm has left behind in node_modules. */
  installed(packages: object): Promise<void>;
}

const LOCKED = {
  '': {},
  'node_modules/koa': { version: '3.3.0' },
  'node_modules/vitest': { version: '5.1.1', dev: true },
  'node_modules/elsewhere': { version: '1.0.0', optional: true },
};

/** `npm`: the body of a program that is run for npm, after it has noted what it was asked for. */
async function aRepository(npm: string): Promise<Repository> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'ledgerline setup ')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const setup = fileURLToPath(new URL('../../src/setup', import.meta.url));
  await cp(setup, join(root, 'src/setup'), { recursive: true });
  await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
  await writeFile(join(root, 'asked'), '');
  await writeFile(
    join(root, 'npm-cli.js'),
    `const fs = require('node:fs');
    const root = ${JSON.stringify(root)};
    fs.appendFileSync(root + '/asked', process.argv[2] + '\\n');
    const install = () => {
      fs.mkdirSync(root + '/node_modules/.bin', { recursive: true });
      fs.copyFileSync(root + '/package-lock.json', root + '/node_modules/.package-lock.json');
      fs.rmSync(root + '/node_modules/.bin/node', { force: true });
      fs.symlinkSync(process.execPath, root + '/node_modules/.bin/node');
    };
    ${npm}`,
  );
  const write = (file: string, packages: object): Promise<void> =>
    writeFile(join(root, file), JSON.stringify({ packages }));
  await write('package-lock.json', LOCKED);
  return {
    prepare: (...args) =>
      new Promise((resolve) => {
        const env = { ...process.env, npm_execpath: join(root, 'npm-cli.js'), LEDGERLINE_NATS_BIN: '' };
        execFile(process.execPath, [join(root, 'src/setup/prepare.mjs'), ...args], { env }, (error, _, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code), stderr }),
        );
      }),
    asked: async () => (await readFile(join(root, 'asked'), 'utf8')).split('\n').filter((line) => line !== ''),
    lock: (packages) => write('package-lock.json', packages),
    installed: async (packages) => {
      await write('node_modules/.package-lock.json', packages);
      await symlink(process.execPath, join(root, 'node_modules/.bin/node'));
    },
  };
}

describe('the first step of every npm script', () => {
  test('installs after a clone, and is silent the next time', async () => {
    const repository = await aRepository('install();');
    expect(await repository.prepare()).toEqual({ code: 0, stderr: expect.stringContaining('installing npm packages') });
    expect(await repository.prepare()).toEqual({ code: 0, stderr: '' });
    expect(await repository.asked()).toEqual(['ci']);
  });

  test('installs again when the lock asks for another version', async () => {
    const repository = await aRepository('install();');
    await repository.installed(LOCKED);
    await repository.prepare();
    expect(await repository.asked()).toEqual([]);
    await repository.lock({ ...LOCKED, 'node_modules/koa': { version: '3.4.0' } });
    expect((await repository.prepare()).code).toBe(0);
    expect(await repository.asked()).toEqual(['ci']);
  });

  test('does not ask for what tests need unless told to', async () => {
    const repository = await aRepository('install();');
    await repository.installed({ 'node_modules/koa': { version: '3.3.0' } });
    await repository.prepare();
    expect(await repository.asked()).toEqual([]);
    await repository.prepare('--dev');
    expect(await repository.asked()).toEqual(['ci']);
  });

  test('installs once when two are started together', async () => {
    const repository = await aRepository('setTimeout(install, 500);');
    const both = await Promise.all([repository.prepare(), repository.prepare()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await repository.asked()).toEqual(['ci']);
  });

  test('says in one message what is missing and how to supply it, when nothing can be fetched', async () => {
    const repository = await aRepository(`console.error('npm error code EAI_AGAIN\\nnpm error\\n'); process.exit(1);`);
    const { code, stderr } = await repository.prepare();
    expect(code).toBe(1);
    expect(stderr).toContain('The npm packages are missing, the pinned Node 24 among them');
    expect(stderr).toContain('npm ci ended with exit code 1\n  npm error code EAI_AGAIN\nThey are needed once');
    expect(stderr).toContain('npm ci --offline');
    expect(stderr).toContain('LEDGERLINE_NATS_BIN=/path/to/nats-server');
  });

  test('goes on with its own Node when npm brought none that runs', async () => {
    const repository = await aRepository(
      `if (process.argv[2] === 'ci') { install(); fs.rmSync(root + '/node_modules/.bin/node'); }`,
    );
    expect((await repository.prepare()).code).toBe(0);
    expect(await repository.asked()).toEqual(['ci', 'rebuild']);
    await repository.prepare();
    expect(await repository.asked()).toEqual(['ci', 'rebuild']);
  });

  test('fetches the pinned Node where npm was told to run no install scripts', async () => {
    const repository = await aRepository(
      `install(); if (process.argv[2] === 'ci') fs.rmSync(root + '/node_modules/.bin/node');`,
    );
    expect((await repository.prepare()).code).toBe(0);
    expect(await repository.asked()).toEqual(['ci', 'rebuild']);
  });
});
