import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkArchive, describeProblem, firstDifference } from '../../../src/log/archive/archive-check.ts';
import { writeGenesis, writeRecords } from '../../../src/log/archive/archive-writer.ts';
import { archiveAt, type KeptArchive } from '../../../src/log/archive/archives.ts';
import { writeManifest } from '../../../src/log/archive/manifest.ts';
import type { StoredRecord } from '../../../src/log/log.ts';
import { MemoryLog } from '../../../src/log/memory-log.ts';
import { all, entry, mustAppend, positions, positionsFrom, text } from '../../support/entries.ts';

const RECORDS = 1_000;
const TRICKY = ['', '\ufeffbyte order', 'line\nbreaks\r\n\u2028\u2029', '"quotes" \\ \u0000', '\u{1f4de} ☎'];
const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

let folder: string;
let log: MemoryLog;
const keys = generateKeyPairSync('ed25519');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-archive-'));
  let now = 0;
  log = new MemoryLog({ id: 'old', now: () => ++now * 1000 });
  for (let index = 0; index < RECORDS; index += 1) {
    const subject = `evt.t.k.a${index % 7}`;
    const expected = (await log.last(subject))?.position ?? 0;
    await mustAppend(log, [entry(subject, index === 300 ? BYTES : (TRICKY[index] ?? `payload ${index}`), expected)]);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* lastOfEach() {
  for (let position = RECORDS - 6; position <= RECORDS; position += 1) {
    const record = await log.at(position);
    if (record !== undefined) yield [record];
  }
}

async function given(begins: AsyncIterable<readonly StoredRecord[]> = lastOfEach()): Promise<KeptArchive> {
  const written = await writeRecords({ log, folder, first: 1, last: RECORDS });
  const genesis = await writeGenesis(folder, begins);
  const content = { ...written, genesis, log: log.id, generation: 1, time: '2026-01-01T00:00:00Z', previous: null };
  await writeManifest(folder, content, keys.privateKey);
  const archive = await archiveAt(folder);
  if (archive === undefined) throw new Error('there is no archive');
  return archive;
}

describe('an archive', () => {
  test('gives back every record as the log had it, any range of them', async () => {
    const { records } = await given();
    expect(await all(records.read({ after: 0, upTo: RECORDS }))).toEqual(log.records.map(asBuffer));
    for (const [after, upTo] of [
      [0, 1],
      [255, 256],
      [256, 513],
      [999, 1000],
      [1000, 1000],
      [700, 5000],
    ] as const) {
      const found = positions(await all(records.read({ after, upTo })));
      expect(found).toEqual(after >= RECORDS ? [] : positionsFrom(after + 1, Math.min(upTo, RECORDS)));
    }
  });

  test('finds single records: by position, by subject, by the time they were stored', async () => {
    const { records } = await given();
    expect(text(await records.at(700))).toBe('payload 699');
    expect(await records.at(0)).toBeUndefined();
    expect(await records.at(RECORDS + 1)).toBeUndefined();
    expect((await records.next('evt.t.k.a3', 4))?.position).toBe(11);
    expect(await records.next('evt.t.k.a3', RECORDS)).toBeUndefined();
    expect(await records.next('evt.t.k.nobody', 0)).toBeUndefined();
    for (const time of [0, 1, 500_500, 1_000_000, 1_000_001])
      expect((await records.since(time))?.position).toBe((await log.since(time))?.position);
  });

  test('gives the history of a subject', async () => {
    const { records } = await given();
    for (const after of [0, 500, 996, RECORDS])
      expect(positions(await all(records.history('evt.t.k.a2', after)))).toEqual(
        positions(await all(log.history('evt.t.k.a2', after))),
      );
  });

  test('is plain gzip and JSON to everybody else', async () => {
    await given();
    const file = join(folder, 'records-000000000001.jsonl.gz');
    const lines = (await promisify(gunzip)(await readFile(file))).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(RECORDS);
    expect(JSON.parse(lines[9] ?? '')).toEqual({
      position: 10,
      subject: 'evt.t.k.a2',
      storedAt: '1970-01-01T00:00:10.000Z',
      payload: 'payload 9',
    });
  });

  test('is found in order, and equal to the log', async () => {
    const archive = await given();
    expect(await checkArchive(archive, { key: keys.publicKey })).toEqual([]);
    expect(await firstDifference(archive, log)).toBeUndefined();
  });

  test('is told from a log that went another way', async () => {
    const archive = await given();
    const records = log.records.map((record) =>
      record.position === 444 ? { ...record, payload: Buffer.from('another') } : record,
    );
    expect(await firstDifference(archive, new MemoryLog({ id: 'old', now: () => 0, records }))).toBe(444);
  });

  test('without its manifest is none', async () => {
    await writeRecords({ log, folder, first: 1, last: RECORDS });
    expect(await archiveAt(folder)).toBeUndefined();
  });
});

describe('a damaged archive', () => {
  const RECORDS_FILE = 'records-000000000001.jsonl.gz';

  async function problems(damage: () => Promise<unknown>): Promise<readonly string[]> {
    const archive = await given();
    await damage();
    const found = await checkArchive(archive, { key: keys.publicKey });
    return found.map(describeProblem).map((line) => line.replace(`${folder}/`, ''));
  }

  async function edit(name: string, change: (bytes: Buffer) => Buffer): Promise<void> {
    const file = join(folder, name);
    await writeFile(file, change(await readFile(file)));
  }

  test('is named by file and positions when one byte is another', async () => {
    const found = await problems(async () => {
      const second = (await archiveAt(folder))?.manifest.records[0]?.blocks[1] ?? 0;
      await edit(RECORDS_FILE, (bytes) => {
        bytes[second + 400] = (bytes[second + 400] ?? 0) ^ 1;
        return bytes;
      });
    });
    expect(found).toEqual([
      expect.stringMatching(/^records-000000000001\.jsonl\.gz: its SHA-256 is [0-9a-f]{64}, the manifest says /),
      'records-000000000001.jsonl.gz, positions 257 to 512: these records cannot be read',
    ]);
  });

  test.each([RECORDS_FILE, 'subjects.jsonl.gz', 'genesis.jsonl.gz'])('is named when %s is gone', async (name) => {
    expect((await problems(() => unlink(join(folder, name))))[0]).toBe(`${name}: it is not there`);
  });

  test('is named when it was cut short', async () => {
    const found = await problems(() => truncate(join(folder, RECORDS_FILE), 3_000));
    expect(found.some((line) => /positions \d+ to 1000: these records cannot be read$/.test(line))).toBe(true);
  });

  test('is named when the next generation began with something else', async () => {
    async function* forged() {
      for await (const [record] of lastOfEach())
        if (record !== undefined)
          yield [record.position === 998 ? { ...record, payload: Buffer.from('forged') } : record];
    }
    const found = await checkArchive(await given(forged()), { key: keys.publicKey });
    expect(found).toEqual([
      {
        file: join(folder, RECORDS_FILE),
        first: 998,
        last: 998,
        problem: 'it is not what the next generation began with',
      },
    ]);
  });

  test('is named when its manifest was edited, whatever the files hold', async () => {
    await given();
    await edit('manifest.json', (bytes) => Buffer.from(bytes.toString().replace('2026-01-01', '2026-01-02')));
    const archive = await archiveAt(folder);
    expect(archive === undefined ? undefined : await checkArchive(archive, { key: keys.publicKey })).toEqual([
      { file: join(folder, 'manifest.json'), problem: 'its signature is wrong' },
    ]);
  });

  test('is named when somebody else signed it', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(await checkArchive(await given(), { key: publicKey })).toMatchObject([
      { problem: 'it was signed with another key' },
    ]);
  });
});

function asBuffer<R extends { readonly payload: Uint8Array }>(record: R): R {
  return { ...record, payload: Buffer.from(record.payload) };
}
