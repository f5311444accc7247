import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import { versionOf } from '../../src/nats/binary-version.ts';
import { type EmbeddedServer, startEmbedded } from '../../src/nats/embedded.ts';
import { identityOf } from '../../src/nats/process-identity.ts';
import { Staging } from '../../src/nats/staging.ts';
import { entriesOnNewSubjects, mustAppend } from '../support/entries.ts';
import { eventually } from '../support/eventually.ts';
import { CONF, newFolder, realServer } from './given.ts';

const TMPFS = 0x01021994;
const SHARED_MEMORY = '/dev/shm';
const hasMemory = existsSync(SHARED_MEMORY) && statfsSync(SHARED_MEMORY).type === TMPFS;

/** A folder of the test's own in memory. */
function memoryFolder(): string {
  const folder = mkdtempSync(join(SHARED_MEMORY, 'ledgerline-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A data folder as a server lays it out, without one. */
async function givenLog(memory?: string) {
  const dataDir = await newFolder();
  const stream = join(dataDir, 'jetstream', 'LEDGER', 'streams', 'LEDGER');
  mkdirSync(stream, { recursive: true });
  const warnings: string[] = [];
  const again = (folder = dataDir) =>
    new Staging({ dataDir: folder, memory, warn: (message) => warnings.push(message) });
  return { dataDir, link: join(stream, 'batches'), staging: again(), again, warnings };
}

function movedAway(folder: string): void {
  renameSync(folder, `${folder}-elsewhere`);
  symlinkSync(`${folder}-elsewhere`, folder);
}

const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

describe.skipIf(!hasMemory)('batches of the log', () => {
  test('are staged in a private folder in memory, of which nothing is left when the server has ended', async () => {
    const memory = memoryFolder();
    const { link, staging } = await givenLog(memory);
    staging.prepare();
    staging.attend();
    expect(readlinkSync(link).startsWith(`${memory}/`)).toBe(true);
    expect(lstatSync(dirname(readlinkSync(link))).mode & 0o777).toBe(0o700);
    writeFileSync(join(link, 'batch'), '');
    staging.attend();
    expect(readdirSync(link)).toEqual(['batch']);
    rmSync(join(link, 'batch'));
    staging.close();
    expect([isLink(link), readdirSync(memory)]).toEqual([false, []]);
  });

  test('that a server left unfinished are there for the next, and gone once that has begun', async () => {
    const memory = memoryFolder();
    const { link, staging, again } = await givenLog(memory);
    staging.attend();
    writeFileSync(join(link, 'unfinished'), '');
    staging.close();
    const next = again();
    next.prepare();
    next.attend();
    expect(readdirSync(link)).toEqual(['unfinished']);
    // As the server does once it has looked.
    rmSync(link);
    next.attend();
    expect([readdirSync(link), readdirSync(memory)]).toEqual([[], [expect.any(String)]]);
  });

  test('are staged anew where somebody has cleaned the memory', async () => {
    const memory = memoryFolder();
    const { link, staging } = await givenLog(memory);
    staging.attend();
    for (const name of readdirSync(memory)) rmSync(join(memory, name), { recursive: true });
    expect(existsSync(link)).toBe(false);
    staging.attend();
    expect(readdirSync(link)).toEqual([]);
  });

  test('are staged in memory again when too many files were open for a while', async () => {
    const { dataDir, link } = await givenLog();
    const program = `
      import { closeSync, openSync } from 'node:fs';
      import { Staging } from ${JSON.stringify(new URL('../../src/nats/staging.ts', import.meta.url).href)};
      const [dataDir, memory] = process.argv.slice(1);
      const staging = new Staging({ dataDir, memory, warn: (message) => console.log(message) });
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch { staging.attend(); }
      for (const file of open) closeSync(file);
      staging.attend();`;
    const words = [process.execPath, '--input-type=module-typescript', '-e', program, dataDir, memoryFolder()];
    const said = execFileSync('/bin/sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...words], { encoding: 'utf8' });
    expect([isLink(link), said]).toEqual([true, '']);
  });

  test('leave those alone that are staged on disk just now', async () => {
    const { link, staging, warnings } = await givenLog(memoryFolder());
    mkdirSync(join(link, 'batch'), { recursive: true });
    staging.attend();
    expect(isLink(link)).toBe(false);
    rmSync(join(link, 'batch'), { recursive: true });
    staging.attend();
    expect([isLink(link), warnings]).toEqual([true, []]);
  });

  test.each([
    ['that others may enter', (folder: string) => chmodSync(folder, 0o777)],
    ['of another log', (folder: string) => writeFileSync(join(folder, 'owner'), 'somebody else')],
    ['that is a link itself', movedAway],
  ])('never follow a link into a folder %s', async (_, spoil) => {
    const { link, staging, again } = await givenLog(memoryFolder());
    staging.attend();
    const target = readlinkSync(link);
    writeFileSync(join(target, 'theirs'), '');
    spoil(dirname(target));
    again().prepare();
    expect(isLink(link)).toBe(false);
    expect(existsSync(join(target, 'theirs'))).toBe(true);
  });

  test('of a copy of the data folder are not staged where those of the original are', async () => {
    const memory = memoryFolder();
    const { dataDir, link, staging, again } = await givenLog(memory);
    staging.attend();
    const copy = await newFolder();
    cpSync(dataDir, copy, { recursive: true, verbatimSymlinks: true });
    const other = again(copy);
    other.prepare();
    other.attend();
    expect(readlinkSync(join(copy, 'jetstream', 'LEDGER', 'streams', 'LEDGER', 'batches'))).not.toBe(
      readlinkSync(link),
    );
  });
});

describe.skipIf(!hasMemory)('what a server that was killed left in memory', () => {
  const DEAD = { ...identityOf(process.pid), began: 'before' };

  /** Where it lies; `again` is the next server on this machine, of another log. */
  async function givenRemains(): Promise<{ dataDir: string; folder: string; again(): void }> {
    const memory = memoryFolder();
    const { dataDir, link, staging } = await givenLog(memory);
    staging.attend();
    const folder = dirname(readlinkSync(link));
    writeFileSync(join(folder, 'user'), JSON.stringify(DEAD));
    const other = await givenLog(memory);
    return { dataDir, folder, again: () => other.staging.prepare() };
  }

  test('goes when the next server starts, once its data folder is gone', async () => {
    const { dataDir, folder, again } = await givenRemains();
    again();
    expect(existsSync(folder)).toBe(true);
    rmSync(dataDir, { recursive: true });
    again();
    expect(existsSync(folder)).toBe(false);
  });

  test('goes, too, when there is another data folder in the place of its own', async () => {
    const { dataDir, folder, again } = await givenRemains();
    renameSync(dataDir, `${dataDir}-before`);
    mkdirSync(dataDir);
    again();
    expect(existsSync(folder)).toBe(false);
    rmSync(`${dataDir}-before`, { recursive: true });
  });

  test.each([
    ['its user runs', (folder: string) => writeFileSync(join(folder, 'user'), JSON.stringify(identityOf(process.pid)))],
    [
      'its user cannot be seen from here',
      (folder: string) => writeFileSync(join(folder, 'user'), JSON.stringify({ ...DEAD, place: 'elsewhere' })),
    ],
    ['nobody knows its user', (folder: string) => rmSync(join(folder, 'user'))],
    ['it is of another make', (folder: string) => writeFileSync(join(folder, 'owner'), 'somebody')],
    ['others may enter it', (folder: string) => chmodSync(folder, 0o755)],
    ['it is called otherwise', (folder: string) => renameSync(folder, `${folder}-kept`)],
  ])('stays where %s', async (_, change) => {
    const { dataDir, folder, again } = await givenRemains();
    rmSync(dataDir, { recursive: true });
    change(folder);
    again();
    expect([existsSync(folder), existsSync(`${folder}-kept`)]).toContain(true);
  });

  test('is used by who goes on with it', async () => {
    const memory = memoryFolder();
    const { link, staging, again } = await givenLog(memory);
    staging.attend();
    const user = join(dirname(readlinkSync(link)), 'user');
    writeFileSync(user, JSON.stringify(DEAD));
    again().prepare();
    expect(JSON.parse(readFileSync(user, 'utf8'))).toEqual(identityOf(process.pid));
  });
});

test('batches of the log stay where they are without a tmpfs, and where it is not wanted', async () => {
  for (const memory of [undefined, '/proc', '/nowhere']) {
    const { link, staging, warnings } = await givenLog(memory);
    staging.prepare();
    staging.attend();
    staging.close();
    expect([existsSync(link), warnings.length]).toEqual([false, memory === '/proc' ? 1 : 0]);
  }
});

describe.skipIf(!hasMemory)('the embedded server', () => {
  async function started(memory: string): Promise<{ server: EmbeddedServer; dataDir: string; link: string }> {
    const path = realServer();
    const dataDir = await newFolder();
    const server = await startEmbedded({
      ...{ binary: { path, version: await versionOf(path) }, dataDir, confPath: CONF, stagingMemory: memory },
      ...{ port: 0, portTaken: 'refuse', storeBytesMax: 100_000_000, onStatus: () => {}, warn: () => {} },
    });
    onTestFinished(() => server.stop());
    return { server, dataDir, link: join(dataDir, 'jetstream', '$G', 'streams', 'LEDGER', 'batches') };
  }

  test('stages in memory what is written in batches, also after it was killed, and leaves nothing there', async () => {
    const memory = memoryFolder();
    const { server, dataDir, link } = await started(memory);
    const log = await openJetStreamLog({ servers: server.url, mintId: () => crypto.randomUUID() });
    onTestFinished(() => log.close());
    server.stage();
    await mustAppend(log, entriesOnNewSubjects('first', 20));
    expect(isLink(link)).toBe(true);
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await eventually('it is up again', () =>
      server.status.kind === 'up' && server.status.pid !== pid && log.status === 'up' ? true : undefined,
    );
    expect(isLink(link)).toBe(true);
    await mustAppend(log, entriesOnNewSubjects('second', 20));
    expect(await log.head()).toBe(40);
    await server.stop();
    expect(readdirSync(memory)).toEqual([]);
  });
});
