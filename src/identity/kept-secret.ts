/**
 * A secret of this installation, made when it is first needed, and kept in a file that its user alone may read. One that
 * was cut short (the power failed while it was made, so nobody has used it) is made anew. The folder must be this process's.
 */
import { readWhole, writeWhole } from '../log/whole-file.ts';
import type { RandomBytes } from '../model/random.ts';

const SECRET_BYTES = 32;

export async function keptSecret(file: string, random: RandomBytes): Promise<string> {
  const known = (await readWhole(file)) ?? '';
  if (known.length >= SECRET_BYTES) return known;
  const fresh = Buffer.from(random(SECRET_BYTES)).toString('base64url');
  await writeWhole(file, fresh);
  return fresh;
}
