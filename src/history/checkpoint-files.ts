/**
 * Where signed checkpoints are kept: a file that only grows, the hash of every record they cover, and the key they are
 * signed with, readable by its owner alone.
 * Who can write both can sign another past: keep the public key, and now and then a copy of the last line, elsewhere.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { constants, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerlineError, unless } from '../errors.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';
import type { Position } from '../model/position.ts';
import { hashOfLine, readLine, type SignedCheckpoint } from './checkpoint-line.ts';

export interface CheckpointFiles {
  /** JSON Lines, oldest first. */
  readonly lines: string;
  /** Leaf hashes of the tree, `LEAF_BYTES` each, the first record's first: they show which record is not what was signed. */
  readonly leaves: string;
  /** PEM, PKCS#8, mode 0600. */
  readonly privateKey: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
}

const LEAF_BYTES = 32;

export function checkpointFilesIn(folder: string): CheckpointFiles {
  return {
    lines: join(folder, 'signed-checkpoints.jsonl'),
    leaves: join(folder, 'signed-records.sha256'),
    privateKey: join(folder, 'signing-key.pem'),
    publicKey: join(folder, 'signing-key.pub.pem'),
  };
}

/**
 * The key of the folder, which must be this process's; made when it is first asked for, and on disk before it is used. Throws
 * `badConfiguration` for a file that is no Ed25519 key.
 */
export async function signingKey({ privateKey, publicKey }: CheckpointFiles): Promise<KeyObject> {
  // An empty file is what a power cut left of a key that older programs did not sync.
  const text = (await readWhole(privateKey)) || (await madeKey(privateKey));
  const key = keyIn(privateKey, text, createPrivateKey);
  const pem = String(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  if ((await readWhole(publicKey)) !== pem) await writeWhole(publicKey, pem, 0o644);
  return key;
}

async function madeKey(file: string): Promise<string> {
  const pem = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeWhole(file, pem);
  return pem;
}

/** Undefined where nothing was ever signed. */
export async function publicKeyIn(file: string): Promise<KeyObject | undefined> {
  const text = await readWhole(file);
  return text === undefined ? undefined : keyIn(file, text, createPublicKey);
}

/** The lines as far as they can be trusted, and what is wrong with the first that cannot. */
export interface ReadLines {
  readonly checkpoints: readonly SignedCheckpoint[];
  /** Hash of the last trusted line; null before the first. */
  readonly last: string | null;
  readonly problem?: { readonly line: number; readonly position: Position; readonly problem: string };
}

/** A last line without its end was being written when the process died, and does not count. */
export async function readLines(file: string, key: KeyObject): Promise<ReadLines> {
  const whole = wholeLines((await readWhole(file)) ?? '');
  const checkpoints: SignedCheckpoint[] = [];
  let last: string | null = null;
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const read = readLine(line, last, key);
    const position = checkpoints.at(-1)?.position ?? 0;
    if ('problem' in read) return { checkpoints, last, problem: { line: index + 1, position, problem: read.problem } };
    if (read.checkpoint.position <= position) {
      return {
        checkpoints,
        last,
        problem: { line: index + 1, position, problem: 'it does not go on from the one before' },
      };
    }
    checkpoints.push(read.checkpoint);
    last = hashOfLine(line);
  }
  return { checkpoints, last };
}

/** Cuts off a line that was not written to its end. */
export async function dropTornLine(file: string): Promise<void> {
  const text = await readWhole(file);
  const whole = wholeLines(text ?? '');
  if (text !== undefined && whole !== text) await truncate(file, Buffer.byteLength(whole));
}

/** On disk before it returns. */
export async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a', 0o644);
  try {
    await handle.writeFile(`${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Writes the leaf hashes of the records after a position. They are trusted no further than their tree has a signed root. */
export async function writeLeaves(file: string, after: Position, leaves: readonly Buffer[]): Promise<void> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o644);
  try {
    await handle.write(Buffer.concat(leaves), 0, leaves.length * LEAF_BYTES, after * LEAF_BYTES);
  } finally {
    await handle.close();
  }
}

/** Those of the records after `after` up to `upTo`; undefined where not all of them were kept. */
export async function readLeaves(
  file: string,
  { after, upTo }: { readonly after: Position; readonly upTo: Position },
): Promise<readonly Buffer[] | undefined> {
  const handle = await open(file, 'r').catch(unless('ENOENT'));
  if (handle === undefined) return undefined;
  try {
    const kept = Buffer.alloc((upTo - after) * LEAF_BYTES);
    const { bytesRead } = await handle.read(kept, 0, kept.length, after * LEAF_BYTES);
    if (bytesRead < kept.length) return undefined;
    return Array.from({ length: upTo - after }, (_, at) => kept.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES));
  } finally {
    await handle.close();
  }
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function keyIn(file: string, text: string, read: (pem: string) => KeyObject): KeyObject {
  try {
    const key = read(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw new LedgerlineError('badConfiguration', `${file} is no key`, { file }, error);
  }
  throw new LedgerlineError('badConfiguration', `${file} is no Ed25519 key`, { file });
}
