/** What every file store promises. Each implementation's test file runs this suite. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/log/blob-store.ts';

const DIGEST_OF_NOTHING = createHash('sha256').digest('hex');

export async function* bytesOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

export async function contentOf(blob: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (blob === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

export function blobStoreContract(name: string, open: () => Promise<BlobStore>): void {
  describe(`${name}: the file store's promises`, () => {
    let store: BlobStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const keep = async (...chunks: readonly (string | Uint8Array)[]) => {
      const received = await store.receive(bytesOf(...chunks));
      await received.keep();
      return received;
    };

    test('bytes come back under the digest of what they are', async () => {
      const { digest, bytes } = await keep('My', 'Pic');
      expect({ digest, bytes }).toEqual({ digest: createHash('sha256').update('MyPic').digest('hex'), bytes: 5 });
      expect(await contentOf(await store.get(digest))).toBe('MyPic');
      expect(await store.list()).toEqual([digest]);
    });

    test('a file of many chunks comes back whole, and may be read in part', async () => {
      const chunk = Buffer.alloc(100_000, 'abc');
      const { digest, bytes } = await keep(...Array.from({ length: 12 }, () => chunk));
      expect(bytes).toBe(1_200_000);
      expect(await contentOf(await store.get(digest))).toBe(chunk.toString('latin1').repeat(12));
      for await (const part of (await store.get(digest)) ?? []) {
        expect(part.length).toBeGreaterThan(0);
        break;
      }
    });

    test('an empty file is a file', async () => {
      expect((await keep()).digest).toBe(DIGEST_OF_NOTHING);
      expect(await contentOf(await store.get(DIGEST_OF_NOTHING))).toBe('');
    });

    test('equal files are kept once', async () => {
      await keep('same');
      await keep('sa', 'me');
      const both = await Promise.all([store.receive(bytesOf('new')), store.receive(bytesOf('new'))]);
      for (const received of both) await received.keep();
      expect(await store.list()).toHaveLength(2);
    });

    test('what is not kept is not there', async () => {
      const received = await store.receive(bytesOf('dropped'));
      expect(await store.get(received.digest)).toBeUndefined();
      await received.drop();
      expect(await store.list()).toEqual([]);
      expect(await store.clearUnfinished()).toBe(0);
    });

    test('a source that breaks leaves nothing, and its own error is thrown', async () => {
      const failing = async function* () {
        yield Buffer.alloc(600_000);
        throw new Error('cut off');
      };
      await expect(store.receive(failing())).rejects.toThrow('cut off');
      expect([await store.list(), await store.clearUnfinished()]).toEqual([[], 0]);
    });

    test('what was received and neither kept nor dropped can be cleared', async () => {
      const { digest } = await keep('kept');
      await store.receive(bytesOf('forgotten'));
      expect(await store.clearUnfinished()).toBe(1);
      expect(await store.list()).toEqual([digest]);
      expect(await contentOf(await store.get(digest))).toBe('kept');
    });

    test('what is removed is gone, once and twice, and can be kept again', async () => {
      const { digest } = await keep('gone');
      await store.remove(digest);
      await store.remove(digest);
      expect([await store.get(digest), await store.list()]).toEqual([undefined, []]);
      await keep('gone');
      expect(await contentOf(await store.get(digest))).toBe('gone');
    });
  });
}
