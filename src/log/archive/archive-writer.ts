/**
 * Writes a stretch of the log into the files of an archive: the records as they are stored, and the list of their subjects.
 * Everything is on disk before it returns. The caller checks the files, then writes the manifest that makes them an archive.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Position } from '../../model/position.ts';
import { hashOf } from '../codec.ts';
import type { Log, StoredRecord } from '../log.ts';
import { syncFolder } from '../whole-file.ts';
import type { ArchiveFiles } from './archive.ts';
import { type BlockFile, BlockFileWriter } from './block-file.ts';
import { lineOf } from './record-line.ts';

/** A multiple of the lines of a block. */
const FILE_LINES_MAX = 65_536;

export interface WriteRecords {
  readonly log: Pick<Log, 'read'>;
  /** Whatever it holds is deleted first. */
  readonly folder: string;
  readonly first: Position;
  readonly last: Position;
  readonly progress?: (done: number, total: number) => void;
}

export interface WrittenRecords extends ArchiveFiles {
  /** SHA-256 (hex) of the payload at `last`. */
  readonly head: string;
}

/** Throws as `log.read` does. */
export async function writeRecords(options: WriteRecords): Promise<WrittenRecords> {
  const { log, folder, first, last, progress } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The folders themselves must be on disk before anything relies on what is in them.
  for (const above of [dirname(folder), dirname(dirname(folder))]) await syncFolder(above);
  const positions = new Map<string, Position[]>();
  const files: BlockFile[] = [];
  let writer: BlockFileWriter | undefined;
  let head = '';
  for await (const chunk of log.read({ after: first - 1, upTo: last })) {
    for (const record of chunk) {
      writer ??= await BlockFileWriter.open(folder, `records-${String(record.position).padStart(12, '0')}.jsonl.gz`);
      await writer.add(lineOf(record));
      const known = positions.get(record.subject);
      if (known === undefined) positions.set(record.subject, [record.position]);
      else known.push(record.position);
      if (record.position === last) head = hashOf(record.payload);
      if (writer.lines < FILE_LINES_MAX) continue;
      files.push(await writer.close());
      writer = undefined;
    }
    progress?.((chunk.at(-1)?.position ?? first) - first + 1, last - first + 1);
  }
  if (writer !== undefined) files.push(await writer.close());
  const subjects = await writeSubjects(folder, positions);
  await syncFolder(folder);
  return { first, last, records: files, subjects, head };
}

/** The records that the next generation begins with, oldest first. */
export async function writeGenesis(
  folder: string,
  records: AsyncIterable<readonly StoredRecord[]>,
): Promise<BlockFile> {
  const writer = await BlockFileWriter.open(folder, 'genesis.jsonl.gz');
  for await (const chunk of records) for (const record of chunk) await writer.add(lineOf(record));
  const file = await writer.close();
  await syncFolder(folder);
  return file;
}

async function writeSubjects(folder: string, positions: ReadonlyMap<string, readonly Position[]>): Promise<BlockFile> {
  const writer = await BlockFileWriter.open(folder, 'subjects.jsonl.gz');
  for (const [subject, found] of positions) await writer.add(JSON.stringify({ subject, positions: found }));
  return writer.close();
}
