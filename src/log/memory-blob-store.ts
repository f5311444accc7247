/**
 * The file store in memory: reference of the contract, for tests and simulation.
 */
import { createHash } from 'node:crypto';
import type { BlobStore, ReceivedBlob } from './blob-store.ts';

export class MemoryBlobStore implements BlobStore {
  readonly #kept = new Map<string, Buffer>();
  readonly #unfinished = new Set<Buffer>();

  async receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedBlob> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of source) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    const digest = createHash('sha256').update(content).digest('hex');
    this.#unfinished.add(content);
    return {
      digest,
      bytes: content.length,
      keep: async () => {
        if (this.#unfinished.delete(content)) this.#kept.set(digest, content);
      },
      drop: async () => {
        this.#unfinished.delete(content);
      },
    };
  }

  async get(digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const content = this.#kept.get(digest);
    return content === undefined ? undefined : chunksOf(content);
  }

  async remove(digest: string): Promise<void> {
    this.#kept.delete(digest);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#kept.keys()];
  }

  async clearUnfinished(): Promise<number> {
    const { size } = this.#unfinished;
    this.#unfinished.clear();
    return size;
  }

  async close(): Promise<void> {}
}

async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  if (content.length > 0) yield content;
}
