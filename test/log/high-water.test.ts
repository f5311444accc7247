import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkMark, markOf, readMark, writeMark } from '../../src/log/high-water.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import { fill } from '../support/entries.ts';

describe('the high-water mark file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-mark-'));
    file = join(folder, 'high-water.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is absent at first, then holds the last mark written, and nothing else lies beside it', async () => {
    expect(await readMark(file)).toBeUndefined();
    await writeMark(file, { logId: 'l', position: 1, hash: 'aa' });
    await writeMark(file, { logId: 'l', position: 2, hash: 'bb' });
    expect(await readMark(file)).toEqual({ logId: 'l', position: 2, hash: 'bb' });
    expect(await readdir(folder)).toEqual(['high-water.json']);
  });

  test('survives a write that was cut off', async () => {
    await writeMark(file, { logId: 'l', position: 1, hash: 'aa' });
    await writeFile(`${file}.new`, '{"logId":"l","posi');
    expect(await readMark(file)).toEqual({ logId: 'l', position: 1, hash: 'aa' });
    await writeMark(file, { logId: 'l', position: 2, hash: 'bb' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ logId: 'l', position: 2, hash: 'bb' });
  });

  test.for(['', 'null', '{}', '{"logId":"l","position":"1","hash":""}', '{"logId":"l","position":-1,"hash":""}'])(
    'is refused, not guessed, when it holds %j',
    async (content) => {
      await writeFile(file, content);
      await expect(readMark(file)).rejects.toMatchObject({ code: 'badConfiguration', details: { file } });
    },
  );
});

describe('checking a log against its mark', () => {
  async function logOf(count: number, prefix = 'x', id = 'log') {
    const log = new MemoryLog({ id, now: () => 0 });
    await fill(log, prefix, count);
    return log;
  }

  async function markAt(log: MemoryLog, position: number) {
    const record = await log.at(position);
    if (record === undefined) throw new Error(`no record at ${position}`);
    return markOf(log, record);
  }

  test('a log that has grown agrees with it', async () => {
    const mark = await markAt(await logOf(5), 5);
    await checkMark(await logOf(9), mark);
    await checkMark(await logOf(5), mark);
  });

  test('a log that was remembered empty agrees with anything of its id', async () => {
    const mark = { logId: 'log', position: 0, hash: '' };
    await checkMark(await logOf(0), mark);
    await checkMark(await logOf(3), mark);
  });

  test('a shorter log is named with both positions', async () => {
    const mark = await markAt(await logOf(5), 5);
    await expect(checkMark(await logOf(3), mark)).rejects.toMatchObject({
      code: 'logBehind',
      message: expect.stringContaining('ends at position 3, where 5 is remembered'),
      details: { position: 5, expected: 5, found: 3 },
    });
  });

  test('another record at its position is named with both hashes', async () => {
    const mark = await markAt(await logOf(5), 5);
    const rewritten = await logOf(6, 'y');
    const { hash } = await markAt(rewritten, 5);
    await expect(checkMark(rewritten, mark)).rejects.toMatchObject({
      code: 'logBehind',
      details: { position: 5, expected: mark.hash, found: hash },
    });
  });

  test('another log is named with both ids, though it be empty', async () => {
    const mark = await markAt(await logOf(5), 5);
    await expect(checkMark(await logOf(5, 'x', 'other'), mark)).rejects.toMatchObject({
      code: 'logBehind',
      details: { position: 5, expected: 'log', found: 'other' },
    });
  });
});
