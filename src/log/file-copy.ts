/** Files of any size, copied so that one is there whole or not at all, also after a power cut, and what proves that it is the same. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode, unless } from '../errors.ts';
import { syncFolder } from './whole-file.ts';

/** Readable by its owner alone, and on disk before it returns. Throws what the source throws; then nothing is there. */
export async function writeFrom(file: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = `${file}.new`;
  await makeFolders(dirname(file));
  const handle = await open(draft, 'w', 0o600);
  try {
    for await (const piece of source) await handle.writeFile(piece);
    await handle.sync();
  } catch (error) {
    await rm(draft);
    throw error;
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

async function makeFolders(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made !== dirname(first); made = dirname(made)) await syncFolder(dirname(made));
}

/** False where there is nothing to copy. */
export async function copyFile(from: string, to: string): Promise<boolean> {
  // A stream would tell of a missing file before anybody listens to it.
  const source = await open(from).catch(unless('ENOENT'));
  if (source === undefined) return false;
  await writeFrom(to, source.createReadStream());
  return true;
}

/** SHA-256, hex; undefined where there is no such file. */
export async function digestOfFile(file: string): Promise<string | undefined> {
  const digest = createHash('sha256');
  try {
    await pipeline(createReadStream(file), digest);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  return digest.digest('hex');
}
