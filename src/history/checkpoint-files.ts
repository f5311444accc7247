/**
 * Where signed checkpoints are kept: a file that only grows, the hash of every record they cover, and the key they are
 * signed with, readable by its owner alone. Whoever signs reads the end of it, whoever verifies all of it, line by line:
 * in a year it grows to some GB.
 * Who can write both can sign another past: keep the public key, and now and then a copy of the last line, elsewhere.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerlineError, unless } from '../errors.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';
import { LOG_START, type Position } from '../model/position.ts';
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

/** What is wrong with the first line that cannot be trusted; `position`: of the line before it, 0 where there is none. */
export interface LineProblem {
  readonly line: number;
  readonly position: Position;
  readonly problem: string;
}

/** The lines that a file has when this is made, the oldest first, as far as they can be trusted. Each time they are read anew. */
export class SignedLines implements AsyncIterable<SignedCheckpoint> {
  readonly #file: string;
  readonly #bytes: number;
  readonly #key: KeyObject;
  #count = 0;
  #problem: LineProblem | undefined;

  static async in(file: string, key: KeyObject): Promise<SignedLines> {
    return new SignedLines(file, (await stat(file).catch(unless('ENOENT')))?.size ?? 0, key);
  }

  private constructor(file: string, bytes: number, key: KeyObject) {
    this.#file = file;
    this.#bytes = bytes;
    this.#key = key;
  }

  /** How many can be trusted, of those that were read. */
  get count(): number {
    return this.#count;
  }

  /** Known once they were read to their end. */
  get problem(): LineProblem | undefined {
    return this.#problem;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SignedCheckpoint, void> {
    [this.#count, this.#problem] = [0, undefined];
    if (this.#bytes === 0) return;
    const check = new LineCheck(this.#key, null);
    for await (const line of wholeLines(createReadStream(this.#file, { encoding: 'utf8', end: this.#bytes - 1 }))) {
      const read = check.read(line);
      if ('problem' in read) {
        this.#problem = { line: this.#count + 1, position: check.position, problem: read.problem };
        return;
      }
      this.#count += 1;
      yield read.checkpoint;
    }
  }
}

/** The end of the file, from which signing goes on. */
export interface NewestLine {
  readonly checkpoint: SignedCheckpoint;
  readonly hash: string;
}

/**
 * The newest line, undefined where nothing was ever signed; or what is wrong with it or with those just before it. What is
 * wrong further back is for `SignedLines`: this takes the same time however much was signed.
 */
export async function newestLine(
  file: string,
  key: KeyObject,
): Promise<NewestLine | undefined | { readonly problem: string }> {
  const handle = await open(file, 'r').catch(unless('ENOENT'));
  if (handle === undefined) return undefined;
  try {
    const { bytes, from } = await endOf(handle);
    const lines = bytes.toString('utf8').split('\n').slice(0, -1);
    // The first of them begins further ahead.
    const check = new LineCheck(key, from === 0 ? null : undefined);
    let newest: NewestLine | undefined;
    for (const line of from === 0 ? lines : lines.slice(1)) {
      const read = check.read(line);
      if ('problem' in read) return read;
      newest = { checkpoint: read.checkpoint, hash: hashOfLine(line) };
    }
    return newest;
  } finally {
    await handle.close();
  }
}

/** Cuts off a line that was not written to its end. */
export async function dropTornLine(file: string): Promise<void> {
  const handle = await open(file, 'r+').catch(unless('ENOENT'));
  if (handle === undefined) return;
  try {
    const { bytes, from } = await endOf(handle);
    const end = from + bytes.lastIndexOf(LINE_END) + 1;
    if (end < from + bytes.length) await handle.truncate(end);
  } finally {
    await handle.close();
  }
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

const LINE_END = '\n';
/** Some fifty lines. */
const END_BYTES = 64 * 1024;

/** The file from `from` on: a whole line at least, where it has one. */
async function endOf(handle: FileHandle): Promise<{ readonly bytes: Buffer; readonly from: number }> {
  const { size } = await handle.stat();
  for (let length = END_BYTES; ; length *= 2) {
    const from = Math.max(0, size - length);
    const bytes = Buffer.alloc(size - from);
    await handle.read(bytes, 0, bytes.length, from);
    if (from === 0 || bytes.indexOf(LINE_END) < bytes.lastIndexOf(LINE_END)) return { bytes, from };
  }
}

/** A last line without its end was being written when the process died, and does not count. */
async function* wholeLines(texts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split(LINE_END);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Whether each line goes on from the one before. */
class LineCheck {
  readonly #key: KeyObject;
  #last: string | null | undefined;
  #position: Position = LOG_START;

  /** `last`: hash of the line before the first, null where there is none; undefined: not known. */
  constructor(key: KeyObject, last: string | null | undefined) {
    this.#key = key;
    this.#last = last;
  }

  /** Of the newest line that can be trusted. */
  get position(): Position {
    return this.#position;
  }

  read(line: string): ReturnType<typeof readLine> {
    const read = readLine(line, this.#last, this.#key);
    if ('problem' in read) return read;
    const { position } = read.checkpoint;
    if (position <= this.#position) return { problem: 'it does not go on from the one before' };
    this.#last = hashOfLine(line);
    this.#position = position;
    return read;
  }
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
