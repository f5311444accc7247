/**
 * The file store in a JetStream object store, a stream of its own beside the log. An upload goes in under a name of its
 * own and is renamed to its digest when it is kept, so that nothing half-written ever bears a digest.
 * Written by @nats-io/obj; read chunk by chunk here, because its own reader pushes a whole object into memory.
 */
import { createHash } from 'node:crypto';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm } from '@nats-io/obj';
import { LedgerlineError } from '../errors.ts';
import type { BlobStore, ReceivedBlob } from './blob-store.ts';
import { Connection } from './connection.ts';

export interface ObjectStoreOptions {
  readonly servers: string | readonly string[];
  /** Letters, digits, `-` and `_`. Default: ledgerline-files. */
  readonly bucket?: string;
  /** A uuid or the like. */
  readonly mintId: () => string;
  /** Of a store that is created. Default: 1. */
  readonly replicas?: number;
}

const REQUEST_MS_MAX = 5000;
/** Each is acknowledged, on disk, before the next: few and large ones, below the 1 MB that a message may have. */
const CHUNK_BYTES = 768 * 1024;
const UNFINISHED = 'upload.';
const NO_MESSAGE = 10037;

/** Throws `unavailable` when no server answers. */
export async function openObjectStore(options: ObjectStoreOptions): Promise<BlobStore> {
  const { servers, bucket = 'ledgerline-files', mintId, replicas = 1 } = options;
  const connection = await Connection.open({ servers, name: 'ledgerline files', requestMsMax: REQUEST_MS_MAX });
  try {
    const manager = await jetstreamManager(connection.nats);
    const client: JetStreamClient = jetstream(connection.nats);
    const objects = await new Objm(client).create(bucket, { replicas, description: 'Ledgerline: files, by digest' });
    return new NatsBlobStore({ connection, manager, objects, bucket, mintId });
  } catch (error) {
    await connection.close();
    throw failed(error);
  }
}

interface Parts {
  readonly connection: Connection;
  readonly manager: JetStreamManager;
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly mintId: () => string;
}

class NatsBlobStore implements BlobStore {
  readonly #parts: Parts;
  readonly #stream: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stream = `OBJ_${parts.bucket}`;
  }

  async receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedBlob> {
    const { objects, mintId } = this.#parts;
    const name = UNFINISHED + mintId();
    const hash = createHash('sha256');
    let bytes = 0;
    let broken: { readonly error: unknown } | undefined;
    const chunks = source[Symbol.asyncIterator]();
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await chunks.next();
            if (done === true) return controller.close();
            hash.update(value);
            bytes += value.length;
            controller.enqueue(value);
          } catch (error) {
            broken = { error };
            controller.error(error);
          }
        },
      },
      { highWaterMark: 0 },
    );
    try {
      await objects.put({ name, options: { max_chunk_size: CHUNK_BYTES } }, stream, { timeout: REQUEST_MS_MAX });
    } catch (error) {
      // The source may still hold an open connection: it is told that nobody reads on.
      await chunks.return?.();
      throw broken === undefined ? failed(error) : broken.error;
    }
    const digest = hash.digest('hex');
    return { digest, bytes, keep: () => this.#keep(name, digest), drop: () => this.remove(name) };
  }

  async get(digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const info = await this.#info(digest);
    return info === undefined ? undefined : this.#chunks(info, digest);
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#parts.objects.delete(name);
    } catch (error) {
      if (!isMissing(error)) throw failed(error);
    }
  }

  async list(): Promise<readonly string[]> {
    const names = (await this.#all()).map(({ name }) => name);
    return names.filter((name) => !name.startsWith(UNFINISHED));
  }

  async clearUnfinished(): Promise<number> {
    const { manager, bucket } = this.#parts;
    const all = await this.#all();
    const unfinished = all.filter(({ name }) => name.startsWith(UNFINISHED));
    for (const { name } of unfinished) await this.remove(name);
    // Chunks of uploads that were cut off before they had a name.
    const prefix = `$O.${bucket}.C.`;
    const known = new Set(all.map(({ nuid }) => prefix + nuid));
    const { state } = await manager.streams.info(this.#stream, { subjects_filter: `${prefix}>` });
    const nameless = Object.keys(state.subjects ?? {}).filter((subject) => !known.has(subject));
    for (const subject of nameless) await manager.streams.purge(this.#stream, { filter: subject });
    return unfinished.length + nameless.length;
  }

  async close(): Promise<void> {
    await this.#parts.connection.close();
  }

  async #keep(name: string, digest: string): Promise<void> {
    if ((await this.#info(digest)) !== undefined) return this.remove(name);
    try {
      await this.#parts.objects.update(name, { name: digest });
    } catch (error) {
      throw failed(error);
    }
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

  async *#chunks({ nuid, chunks, bucket }: ObjectInfo, digest: string): AsyncGenerator<Uint8Array> {
    const { manager } = this.#parts;
    const hash = createHash('sha256');
    let after = 0;
    for (let read = 0; read < chunks; read += 1) {
      const query = { seq: after + 1, next_by_subj: `$O.${bucket}.C.${nuid}` };
      const message = await manager.streams.getMessage(this.#stream, query).catch((error: unknown) => {
        throw failed(error);
      });
      if (message === null) throw damaged(digest);
      after = message.seq;
      hash.update(message.data);
      yield message.data;
    }
    if (hash.digest('hex') !== digest) throw damaged(digest);
  }
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
