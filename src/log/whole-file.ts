/** A small file that is replaced as a whole: whoever reads it sees the old text or the new one, also after a power cut. */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unless } from '../errors.ts';

/** Undefined where there is no such file. */
export function readWhole(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(unless('ENOENT', 'ENOTDIR'));
}

/** On disk before it returns; a secret unless `mode` says otherwise. One call at a time per file. */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/** What was made, renamed or removed in a folder is on disk only when the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
