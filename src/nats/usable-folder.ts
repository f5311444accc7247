/**
 * A folder that the configuration names: made where it is not there, and refused in one line where it cannot be, or cannot
 * be written to, before anything is begun in it.
 */
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, LedgerlineError, messageOf } from '../errors.ts';

/** Throws `badConfiguration`, naming the variable. */
export async function usableFolder(variable: string, folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const { bavail, blocks } = await statfs(folder);
    if (blocks > 0 && bavail === 0) throw new Error('its disk is full');
  } catch (error) {
    const why = hasCode(error, 'EEXIST') ? 'it is no folder' : messageOf(error);
    throw new LedgerlineError('badConfiguration', `${variable}: ${folder} cannot be used: ${why}`, { variable }, error);
  }
}

/**
 * With all that is missing above it. Node's own `recursive` never ends where a file system says of a folder that cannot be
 * made there that something above it were missing, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  const above = dirname(folder);
  if (above !== folder && !(await isThere(above))) await makeFolder(above);
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** Also what cannot be looked at: making something below it says why. */
async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => !hasCode(error, 'ENOENT'),
  );
}
