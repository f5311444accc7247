/**
 * The archives of an installation: a folder with one folder per generation. What stands in the live stream is in none of
 * them; what is in them stands nowhere else. They belong to the log: without them it is not whole.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unless } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import type { StoredRecord } from '../log.ts';
import { Archive } from './archive.ts';
import { readLines } from './block-file.ts';
import { type Manifest, type ReadManifest, readManifest } from './manifest.ts';
import { recordOf } from './record-line.ts';

export interface KeptArchive extends ReadManifest {
  readonly folder: string;
  readonly records: Archive;
}

export function archiveFolder(folder: string, generation: number): string {
  return join(folder, `generation-${generation}`);
}

/** Finished archives in a folder, oldest generation first; none where there is no folder. Throws `recordInvalid`. */
export async function archivesIn(folder: string): Promise<readonly KeptArchive[]> {
  const found: KeptArchive[] = [];
  for (const name of (await readdir(folder).catch(unless('ENOENT'))) ?? []) {
    const archive = /^generation-\d+$/.test(name) ? await archiveAt(join(folder, name)) : undefined;
    if (archive !== undefined) found.push(archive);
  }
  return found.sort((one, other) => one.manifest.generation - other.manifest.generation);
}

/** Undefined for a folder that is no archive, or one that was not finished. */
export async function archiveAt(folder: string): Promise<KeptArchive | undefined> {
  const read = await readManifest(folder);
  return read === undefined ? undefined : { ...read, folder, records: new Archive(folder, read.manifest) };
}

/** The records with which the generation after this one began, oldest first; with the positions they had. */
export async function* genesisOf(
  folder: string,
  { genesis }: Pick<Manifest, 'genesis'>,
): AsyncGenerator<readonly StoredRecord[], void> {
  if (genesis !== null) for await (const { lines } of readLines(folder, genesis)) yield lines.map(recordOf);
}

/** The archives of one log up to a position: each goes on where the one before ended. */
export function coverage(
  archives: readonly KeptArchive[],
  { log, upTo }: { readonly log: string; readonly upTo: Position },
): readonly KeptArchive[] {
  const own = archives.filter(({ manifest }) => manifest.log === log && manifest.last <= upTo);
  return own.filter(({ manifest }, index) => manifest.first === (own[index - 1]?.manifest.last ?? 0) + 1);
}
