/**
 * The port of the file store: bytes under the SHA-256 of what they are, so that equal files are one. Knows nothing of who
 * refers to them; what nobody refers to any more is removed by blobs/keeper.ts. Two implementations: object-store.ts
 * (NATS) and memory-blob-store.ts; one contract suite runs both.
 */

/** An upload that has come to its end and is not kept yet. One of the two must be called, once. */
export interface ReceivedBlob {
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
  readonly bytes: number;
  /** Keeps it under its digest; one that is there already is kept instead. */
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/** Every call throws `unavailable` when the store cannot be reached. */
export interface BlobStore {
  /**
   * Takes what the source yields (and never writes to again), holding little of it at a time; resolves once all of it is on disk. When the source
   * fails nothing stays and its error is thrown.
   */
  receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedBlob>;
  /** The bytes, read as they are asked for; undefined when none are kept. A damaged blob fails while it is read. */
  get(digest: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** No mistake when there is none. */
  remove(digest: string): Promise<void>;
  /** Digests of all that are kept. */
  list(): Promise<readonly string[]>;
  /** Removes what was received, or begun, and neither kept nor dropped. Only while nothing is under way; how many there were. */
  clearUnfinished(): Promise<number>;
  close(): Promise<void>;
}
