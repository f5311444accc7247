/**
 * What the log may occupy. A reached limit is an error that names itself, a full disk a server that hangs: so the limit
 * lies below what the disk has, and it counts what the log already holds, lest it shrink as the log grows.
 */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Of what is free now. The rest is for the projections, and for noticing in time. */
const FREE_SHARE = 0.9;
/** A server given nothing at all would take that for "no limit". */
const BYTES_MIN = 64 * 1024 * 1024;

export async function storeBytesMaxFor(dataDir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dataDir);
  const held = await bytesIn(join(dataDir, 'jetstream'));
  return Math.max(BYTES_MIN, held + Math.floor(bavail * bsize * FREE_SHARE));
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) => stat(join(entry.parentPath, entry.name)).then((file) => file.size));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
