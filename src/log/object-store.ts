/**
 * The file store in a JetStream object store, a stream of its own beside the log: an upload is chunks without a name until
 * it is kept, and then an object named by its digest. Any NATS client can read the store.
 * Made, listed and removed by @nats-io/obj; chunks are written and read here, one at a time and with one buffer, because
 * the library copies what it writes once more and pushes a whole object into memory when it reads.
 */
import { createHash } from 'node:crypto';
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type SeqMsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm } from '@nats-io/obj';
import { headers, type MsgHdrs } from 'nats';
import { LedgerlineError } from '../errors.ts';
import type { BlobStore, ReceivedBlob } from './blob-store.ts';
import { Connection } from './connection.ts';
import { patiently } from './patience.ts';

export interface ObjectStoreOptions {
  readonly servers: string | readonly string[];
  /** Seed of the nkey to sign in with. */
  readonly seed?: string | undefined;
  /** Letters, digits, `-` and `_`. Default: ledgerline-files. */
  readonly bucket?: string;
  /** A uuid or the like. */
  readonly mintId: () => string;
  /** ms since 1970; for people who look at the store. */
  readonly now: () => number;
  /** Of a store that is created. Default: 1. */
  readonly replicas?: number;
}

const REQUEST_MS_MAX = 10_000;
/** Each is acknowledged, on disk, before the next: few and large ones, below the 1 MB that a message may have. */
const CHUNK_BYTES = 768 * 1024;
const NO_MESSAGE = 10037;

/** Throws `unavailable` when no server answers. */
export async function openObjectStore(options: ObjectStoreOptions): Promise<BlobStore> {
  const { servers, seed, bucket = 'ledgerline-files', mintId, now, replicas = 1 } = options;
  const connection = await Connection.open({ servers, seed, name: 'ledgerline files', requestMsMax: REQUEST_MS_MAX });
  try {
    const client: JetStreamClient = jetstream(connection.nats, { timeout: REQUEST_MS_MAX });
    const { manager, objects } = await patiently('the store of files', () =>
      openBucket(connection, client, bucket, replicas),
    );
    return new NatsBlobStore({ connection, client, manager, objects, bucket, mintId, now });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function openBucket(
  connection: Connection,
  client: JetStreamClient,
  bucket: string,
  replicas: number,
): Promise<Pick<Parts, 'manager' | 'objects'>> {
  try {
    const manager = await jetstreamManager(connection.nats, { timeout: REQUEST_MS_MAX });
    const objects = await new Objm(client).create(bucket, { replicas, description: 'Ledgerline: files, by digest' });
    return { manager, objects };
  } catch (error) {
    throw failed(error);
  }
}

interface Parts {
  readonly connection: Connection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly mintId: () => string;
  readonly now: () => number;
}

class NatsBlobStore implements BlobStore {
  readonly #parts: Parts;
  readonly #stream: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stream = `OBJ_${parts.bucket}`;
  }

  async receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedBlob> {
    const nuid = this.#parts.mintId();
    const hash = createHash('sha256');
    let [bytes, chunks] = [0, 0];
    try {
      for await (const chunk of inChunks(source)) {
        hash.update(chunk);
        bytes += chunk.length;
        chunks += 1;
        await this.#publish(this.#chunksOf(nuid), chunk);
      }
    } catch (error) {
      await this.#purge(nuid);
      throw error;
    }
    const sum = hash.digest();
    const digest = sum.toString('hex');
    const about = { nuid, size: bytes, chunks, digest: `SHA-256=${padded(sum.toString('base64url'))}` };
    return { digest, bytes, keep: () => this.#keep(digest, about), drop: () => this.#purge(nuid) };
  }

  async get(digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const info = await this.#info(digest);
    return info === undefined ? undefined : this.#chunks(info, digest);
  }

  async remove(digest: string): Promise<void> {
    try {
      await this.#parts.objects.delete(digest);
    } catch (error) {
      if (!isMissing(error)) throw failed(error);
    }
  }

  async list(): Promise<readonly string[]> {
    return (await this.#all()).map(({ name }) => name);
  }

  async clearUnfinished(): Promise<number> {
    const kept = new Set((await this.#all()).map(({ nuid }) => nuid));
    const prefix = this.#chunksOf('');
    try {
      const { state } = await this.#parts.manager.streams.info(this.#stream, { subjects_filter: `${prefix}>` });
      const nuids = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
      const unfinished = nuids.filter((nuid) => !kept.has(nuid));
      for (const nuid of unfinished) await this.#purge(nuid);
      return unfinished.length;
    } catch (error) {
      throw failed(error);
    }
  }

  async close(): Promise<void> {
    await this.#parts.connection.close();
  }

  async #keep(digest: string, about: Pick<ObjectInfo, 'nuid' | 'size' | 'chunks' | 'digest'>): Promise<void> {
    if ((await this.#info(digest)) !== undefined) return this.#purge(about.nuid);
    const { bucket, now } = this.#parts;
    const mtime = new Date(now()).toISOString();
    const info = { name: digest, bucket, ...about, mtime, deleted: false, options: { max_chunk_size: CHUNK_BYTES } };
    const rollup = headers();
    rollup.set('Nats-Rollup', 'sub');
    const subject = `$O.${bucket}.M.${padded(Buffer.from(digest).toString('base64url'))}`;
    await this.#publish(subject, JSON.stringify(info), rollup);
  }

  #chunksOf(nuid: string): string {
    return `$O.${this.#parts.bucket}.C.${nuid}`;
  }

  async #publish(subject: string, payload: Uint8Array | string, more?: MsgHdrs): Promise<void> {
    try {
      await this.#parts.client.publish(subject, payload, {
        timeout: REQUEST_MS_MAX,
        ...(more === undefined ? {} : { headers: more }),
      });
    } catch (error) {
      throw failed(error);
    }
  }

  /** Best effort: what stays behind is cleared at the next start. */
  async #purge(nuid: string): Promise<void> {
    await this.#parts.manager.streams.purge(this.#stream, { filter: this.#chunksOf(nuid) }).catch(() => undefined);
  }

  async #info(name: string): Promise<ObjectInfo | undefined> {
    try {
      const info = await this.#parts.objects.info(name);
      return info === null || info.deleted ? undefined : info;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed(error);
    }
  }

  async #all(): Promise<readonly ObjectInfo[]> {
    try {
      return await this.#parts.objects.list();
    } catch (error) {
      throw failed(error);
    }
  }

  async *#chunks({ nuid, chunks }: ObjectInfo, digest: string): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let after = 0;
    for (let read = 0; read < chunks; read += 1) {
      const query = { seq: after + 1, next_by_subj: this.#chunksOf(nuid) };
      const message = await this.#chunk(query);
      if (message === null) throw damaged(digest);
      after = message.seq;
      hash.update(message.data);
      yield message.data;
    }
    if (hash.digest('hex') !== digest) throw damaged(digest);
  }

  /** As bytes from any replica or, where that lags behind, as Base64 from the leader. */
  async #chunk(query: SeqMsgRequest): Promise<StoredMsg | null> {
    const { direct, streams } = this.#parts.manager;
    try {
      return (await direct.getMessage(this.#stream, query)) ?? (await streams.getMessage(this.#stream, query));
    } catch (error) {
      throw failed(error);
    }
  }
}

/** The same buffer each time, filled to the brim but for the last. */
async function* inChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let filled = 0;
  for await (const piece of source) {
    for (let taken = 0; taken < piece.length; ) {
      const part = piece.subarray(taken, taken + CHUNK_BYTES - filled);
      buffer.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < CHUNK_BYTES) continue;
      yield buffer;
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** Base64 as the object store writes it, with its padding. */
function padded(base64url: string): string {
  return base64url.padEnd(Math.ceil(base64url.length / 4) * 4, '=');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NO_MESSAGE;
}

function damaged(digest: string): LedgerlineError {
  return new LedgerlineError('recordInvalid', 'a stored file is not what its digest says', { digest });
}

function failed(error: unknown): LedgerlineError {
  if (error instanceof LedgerlineError) return error;
  return new LedgerlineError('unavailable', 'the file store cannot be reached', {}, error);
}
