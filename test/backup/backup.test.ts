/** Backups and what is made of them, on a real NATS server each, with a log that has a past in archives. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupAt, type KeptBackup } from '../../src/backup/backup.ts';
import { checkBackup } from '../../src/backup/check-backup.ts';
import { assertRestored, layOut, type RestoreStep, restore } from '../../src/backup/restore-backup.ts';
import { writeBackup } from '../../src/backup/write-backup.ts';
import type { BlobStore } from '../../src/log/blob-store.ts';
import { hashOf } from '../../src/log/codec.ts';
import { Connection } from '../../src/log/connection.ts';
import { openWholeLog } from '../../src/log/generation/whole-log.ts';
import type { Log } from '../../src/log/log.ts';
import { MemoryBlobStore } from '../../src/log/memory-blob-store.ts';
import { all } from '../support/entries.ts';
import { type GenerationWorld, givenGenerations, subjectOfThing } from '../support/generations.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { poweredDisk } from '../support/powered-disk.ts';

const DAY = 24 * 3_600_000;
const GRANT = { tenant: 't', name: 'board', kinds: ['thing'] };

const DISK_MIB = 64;
const disk = poweredDisk(DISK_MIB);
afterAll(() => disk?.remove());

let world: GenerationWorld;
let log: Log;
let files: MemoryBlobStore;
let folder: string;
let dataDir: string;
let target: string;
let empty: NatsServer;
let restored: MemoryBlobStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-backup-'));
  [dataDir, target] = [join(folder, 'data'), join(folder, 'restored')];
  await mkdir(join(dataDir, 'webhooks', 't'), { recursive: true });
  await writeFile(join(dataDir, 'jwt-secret'), 'secret');
  await writeFile(join(dataDir, 'webhooks', 't', 'crm=20.json'), '{}');
  await writeFile(join(dataDir, 'high-water.json'), '{}');
  files = new MemoryBlobStore();
  restored = new MemoryBlobStore();
  world = await givenGenerations();
  empty = await startNatsServer();
  log = await world.open();
  for (const id of ['a', 'secret', 'a', 'b']) await world.move(log, id, DAY);
});
afterEach(async () => {
  await world.end();
  await empty.remove();
  await rm(folder, { recursive: true });
});

async function keep(text: string, store: BlobStore = files): Promise<string> {
  const received = await store.receive(
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
  await received.keep();
  return received.digest;
}

function backUp(store: BlobStore = files, withArchives = true, into = folder): Promise<KeptBackup> {
  return writeBackup({
    ...{ folder: join(into, 'backup'), log, store, dataDir, archiveDir: world.archives, withArchives },
    grants: [GRANT],
    consumers: { progress: async () => ({ acknowledged: 2, waiting: 0, inFlight: 10 }) },
    time: '2026-01-01T00:00:00Z',
  });
}

async function* removedOnTheWay(digest: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from('bre');
  await files.remove(digest);
  throw new Error('it is gone');
}

const archiveDir = () => join(target, 'archive');
const begun: unknown[] = [];

async function restoreInto(server: NatsServer, backup: KeptBackup, reached?: (step: RestoreStep) => void) {
  begun.length = 0;
  const checked = await checkBackup(backup, { archiveDir: world.archives });
  expect(checked.problems).toEqual([]);
  const told = reached === undefined ? {} : { reached };
  const into = { backup, checked, dataDir: target, archiveDir: archiveDir(), ...told };
  await mkdir(target, { recursive: true });
  await layOut(into);
  const connection = await Connection.open({ servers: server.url, name: 'test', requestMsMax: 10_000 });
  const consumers = { begin: async (...what: unknown[]) => void begun.push(what) };
  try {
    await restore({ ...into, connection, store: restored, consumers, replicas: 1 });
  } finally {
    await connection.close();
  }
}

async function opened<Result>(server: NatsServer, work: (log: Log) => Promise<Result>): Promise<Result> {
  const other = await openWholeLog({ servers: server.url, mintId: randomUUID }, archiveDir());
  return work(other).finally(() => other.close());
}

async function wholeOf(of: Log) {
  const records = await all(of.read({ after: 0, upTo: await of.head() }));
  return records.map(({ position, subject, payload }) => ({ position, subject, hash: hashOf(payload) }));
}

async function nextGeneration(): Promise<void> {
  await world.plan(30 * DAY);
  await world.begin();
  log = await world.open();
}

describe('a backup', () => {
  test('is restored as the log it was: positions, chains, files, small files, places of consumers', async () => {
    const digest = await keep('a file');
    const backup = await backUp();
    await restoreInto(empty, backup);
    await opened(empty, async (other) => {
      expect(other.id).toBe(log.id);
      expect(await wholeOf(other)).toEqual(await wholeOf(log));
      await world.move(other, 'a', 2 * DAY);
      expect(JSON.parse(Buffer.from((await other.last(subjectOfThing('a')))?.payload ?? '').toString())).toMatchObject({
        data: { version: 3, prev: hashOf((await log.last(subjectOfThing('a')))?.payload ?? Buffer.of()) },
      });
    });
    expect(await restored.list()).toEqual([digest]);
    expect((await readdir(target)).sort()).toEqual(['jwt-secret', 'webhooks']);
    expect(await readFile(join(target, 'webhooks', 't', 'crm=20.json'), 'utf8')).toBe('{}');
    expect(begun).toEqual([[GRANT, { after: 2, inFlight: 10 }]]);
  });

  test('holds what was in the log when it was made, and not what came after', async () => {
    const backup = await backUp();
    await world.move(log, 'late', 2 * DAY);
    await restoreInto(empty, backup);
    await opened(empty, async (other) => expect(await other.head()).toBe((await log.head()) - 1));
  });

  test('of a later generation brings its archives, and of one that holds nothing yet what it began with', async () => {
    await nextGeneration();
    await restoreInto(empty, await backUp());
    await opened(empty, async (other) => {
      expect(other.generation).toMatchObject({ number: 2, seam: 4, reach: 0 });
      expect(await wholeOf(other)).toEqual(await wholeOf(log));
      expect((await other.last(subjectOfThing('a')))?.payload).toEqual((await log.last(subjectOfThing('a')))?.payload);
      await world.move(other, 'a', 3 * DAY);
      expect(await other.head()).toBe(5);
    });
  });

  test('of a third generation can leave its archives out, and is restored with those that are at hand', async () => {
    await nextGeneration();
    for (const id of ['a', 'c']) await world.move(log, id, 2 * DAY);
    await nextGeneration();
    await world.move(log, 'c', 3 * DAY);
    const backup = await backUp(files, false);
    expect(await readdir(join(backup.folder))).not.toContain('archive');
    expect((await checkBackup(backup, { archiveDir: archiveDir() })).problems).toEqual([
      expect.stringMatching(/generation-1: it is not there$/),
      expect.stringMatching(/generation-2: it is not there$/),
      expect.stringContaining('the archive before it is not the one it was written after'),
    ]);
    await restoreInto(empty, backup);
    await opened(empty, async (other) => expect(await wholeOf(other)).toEqual(await wholeOf(log)));
  });

  test('has the files that come while it is made, and does without one that goes', async () => {
    const [stays, goes, breaks] = [await keep('stays'), await keep('goes'), await keep('breaks')];
    let asked = 0;
    const store: BlobStore = Object.assign(Object.create(files), {
      list: async () => {
        asked += 1;
        if (asked === 2) await keep('comes');
        return files.list();
      },
      get: async (digest: string) => {
        if (digest === goes) await files.remove(goes);
        const known = await files.get(digest);
        if (digest === breaks && known !== undefined) return removedOnTheWay(breaks);
        return files.get(digest);
      },
    });
    const backup = await backUp(store);
    expect(backup.files).toEqual([stays, (await files.list()).find((one) => one !== stays)].sort());
    expect((await readdir(join(backup.folder, 'files'))).sort()).toEqual(backup.files);
  });
});

const STEPS: readonly RestoreStep[] = ['laidOut', 'made', 'filling', 'proven', 'opened', 'files', 'consumers'];

describe('an interrupted restore', () => {
  test.each(STEPS)('when it was %s, keeps servers away, and is finished by the next', async (step) => {
    await keep('a file');
    await nextGeneration();
    await world.move(log, 'a', 2 * DAY);
    const backup = await backUp();
    const stop = (at: RestoreStep) => {
      if (at === step) throw new Error(`stopped: ${at}`);
    };
    await expect(restoreInto(empty, backup, stop)).rejects.toThrow(`stopped: ${step}`);
    await empty.kill9();
    await empty.restart();
    await expect(assertRestored(target)).rejects.toThrow(`repeat \`ledgerline restore ${backup.folder}\``);
    await restoreInto(empty, backup);
    await expect(assertRestored(target)).resolves.toBeUndefined();
    await opened(empty, async (other) => expect(await wholeOf(other)).toEqual(await wholeOf(log)));
    expect(await restored.list()).toEqual(await files.list());
    expect(begun).toHaveLength(1);
  });

  test('is not finished with another backup', async () => {
    const backup = await backUp();
    const stop = () => {
      throw new Error('stopped');
    };
    await expect(restoreInto(empty, backup, stop)).rejects.toThrow('stopped');
    await expect(restoreInto(empty, { ...backup, sha256: 'f'.repeat(64) })).rejects.toThrow(
      'is half restored from another backup',
    );
  });
});

describe.skipIf(disk === undefined)('a machine that loses its power', () => {
  const lose = async () => {
    disk?.cut();
    await disk?.restore();
  };

  test('has the whole backup once it is made', async () => {
    const digest = await keep('a file');
    await nextGeneration();
    await world.move(log, 'a', 2 * DAY);
    const { folder: of } = await backUp(files, true, disk?.folder);
    await lose();
    const found = await backupAt(of);
    expect(found?.files).toEqual([digest]);
    expect(found && (await checkBackup(found, { archiveDir: archiveDir() })).problems).toEqual([]);
  });

  test.each(STEPS)('when a restore had come to %s, finishes it afterwards', async (step) => {
    await keep('a file');
    await nextGeneration();
    await world.move(log, 'a', 2 * DAY);
    target = join(disk?.folder ?? '', step);
    const backup = await backUp();
    const stop = (at: RestoreStep) => {
      if (at === step) throw new Error(`stopped: ${at}`);
    };
    await mkdir(target);
    disk?.sync();
    await expect(restoreInto(empty, backup, stop)).rejects.toThrow(`stopped: ${step}`);
    await lose();
    await expect(assertRestored(target)).rejects.toThrow('is half restored');
    await restoreInto(empty, backup);
    await lose();
    await expect(assertRestored(target)).resolves.toBeUndefined();
    await opened(empty, async (other) => expect(await wholeOf(other)).toEqual(await wholeOf(log)));
    expect(await readFile(join(target, 'webhooks', 't', 'crm=20.json'), 'utf8')).toBe('{}');
  });
});

describe('nothing is restored', () => {
  test('into a folder that holds something', async () => {
    await mkdir(target);
    await writeFile(join(target, 'jwt-secret'), 'mine');
    await expect(restoreInto(empty, await backUp())).rejects.toThrow(`LEDGERLINE_DATA: ${target} is not empty`);
    expect(await readdir(target)).toEqual(['jwt-secret']);
  });

  test('to a server that holds a log: another one, or the same that has grown', async () => {
    const backup = await backUp();
    await world.move(log, 'a', 2 * DAY);
    await expect(restoreInto(world.server, backup)).rejects.toThrow('the NATS server holds a log already');
    await rm(target, { recursive: true });
    await opened(empty, async () => undefined);
    await expect(restoreInto(empty, backup)).rejects.toThrow('the NATS server holds a log already');
  });

  test('of a folder that is no backup, or was not finished', async () => {
    expect(await backupAt(folder)).toBeUndefined();
    const { folder: of } = await backUp();
    await writeFile(join(of, 'backup.json'), '{"format":"ledgerline-backup/2"}');
    await expect(backupAt(of)).rejects.toThrow('describes no backup');
  });
});

test.each([
  ['files', /files\/\w{64}: its SHA-256 is /],
  ['data/jwt-secret', /data\/jwt-secret: its SHA-256 is /],
  ['log/records-000000000001.jsonl.gz', /positions 1 to 4: these records cannot be read/],
  ['log/manifest.json', /manifest\.json is no manifest|log: it is not what the backup was made with/],
])('one byte changed in %s shows', async (name, problem) => {
  await keep('a file');
  const backup = await backUp();
  const [file = ''] =
    name === 'files' ? (await readdir(join(backup.folder, name))).map((one) => `files/${one}`) : [name];
  const bytes = await readFile(join(backup.folder, file));
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(join(backup.folder, file), bytes);
  const found = await checkBackup(backup, { archiveDir: archiveDir() }).then(
    ({ problems }) => problems,
    (error: unknown) => [String(error)],
  );
  expect(found.join('\n')).toMatch(problem);
});

test('a part that is gone shows', async () => {
  await keep('a file');
  const backup = await backUp();
  await rm(join(backup.folder, 'files'), { recursive: true });
  await rm(join(backup.folder, 'log'), { recursive: true });
  expect((await checkBackup(backup, { archiveDir: archiveDir() })).problems).toEqual([
    expect.stringMatching(/files\/\w{64}: it is not there$/),
    expect.stringMatching(/log: it is not what the backup was made with$/),
  ]);
});
