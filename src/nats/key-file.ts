/** The file that holds the seed of an nkey: how Ledgerline signs in to a NATS server. */
import { readFile } from 'node:fs/promises';
import { nkeys } from 'nats';
import { LedgerlineError } from '../errors.ts';

/** Throws `badConfiguration`, naming the file and the variable that names it. */
export async function readSeed(file: string): Promise<string> {
  try {
    const seed = (await readFile(file, 'utf8')).trim();
    nkeys.fromSeed(new TextEncoder().encode(seed));
    return seed;
  } catch (error) {
    const variable = 'LEDGERLINE_NATS_KEY';
    throw new LedgerlineError(
      'badConfiguration',
      `${variable}: ${file} is no file with the seed of an nkey`,
      { variable, file },
      error,
    );
  }
}
