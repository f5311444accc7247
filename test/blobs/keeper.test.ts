import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlobKeeper } from '../../src/blobs/keeper.ts';
import { serviceFiles } from '../../src/blobs/service-files.ts';
import { MemoryBlobStore } from '../../src/log/memory-blob-store.ts';
import { bytesOf, contentOf } from '../contracts/blob-store.contract.ts';
import { eventually } from '../support/eventually.ts';
import { givenWorld, type World } from '../support/world.ts';

const tenant = 'genesys';

let world: World;
let store: MemoryBlobStore;
let keeper: BlobKeeper;

beforeEach(async () => {
  world = await givenWorld();
  store = new MemoryBlobStore();
  keeper = aKeeper();
});
afterEach(async () => {
  await keeper.stop();
  await world.close();
});

const aKeeper = () =>
  new BlobKeeper({
    store,
    runtime: world.runtime,
    references: serviceFiles,
    failed: (_, error) => {
      throw error;
    },
  });

const tell = (id: string, event: Record<string, unknown> & { type: string }) =>
  world.record(tenant, { to: { tenant, kind: 'service', id }, event: event as never });

async function aServiceWith(id: string, digest: string): Promise<void> {
  const file = { digest, bytes: 5, contentType: 'image/png', fileName: 'MyPic.png' };
  const configuration = 'request-interaction';
  await tell(id, { type: 'create', configuration, service: configuration, texts: {}, files: { FileKey: file } });
}

const storedAre = (digests: readonly string[]) =>
  eventually('the store to hold what is kept', async () => {
    expect(await store.list()).toEqual(digests);
    return true;
  });

test('a file goes with the last service that refers to it', async () => {
  await keeper.start();
  const blob = await keeper.put(bytesOf('MyPic'));
  await aServiceWith('s1', blob.digest);
  await aServiceWith('s2', blob.digest);
  blob.release('used');
  await tell('s1', { type: 'delete' });
  await storedAre([blob.digest]);
  await tell('s2', { type: 'removeKey', key: 'FileKey' });
  await storedAre([]);
});

test('an upload that nobody came to refer to goes, unless another does', async () => {
  await keeper.start();
  const blob = await keeper.put(bytesOf('MyPic'));
  const again = await keeper.put(bytesOf('MyPic'));
  blob.release('unused');
  await keeper.atRest();
  expect(await store.list()).toEqual([blob.digest]);
  again.release('unused');
  await keeper.atRest();
  expect(await store.list()).toEqual([]);
});

test('an upload under way is not taken away by the end of another reference', async () => {
  await keeper.start();
  const first = await keeper.put(bytesOf('MyPic'));
  await aServiceWith('s1', first.digest);
  first.release('used');
  const second = await keeper.put(bytesOf('MyPic'));
  await tell('s1', { type: 'delete' });
  await world.runtime.atRest();
  await keeper.atRest();
  await aServiceWith('s2', second.digest);
  second.release('used');
  expect(await contentOf(await keeper.get(second.digest))).toBe('MyPic');
});

test('a start sweeps orphans and unfinished uploads, keeps the rest, and says how far it is', async () => {
  const kept = await store.receive(bytesOf('kept'));
  await kept.keep();
  await aServiceWith('s1', kept.digest);
  await (await store.receive(bytesOf('orphan'))).keep();
  await store.receive(bytesOf('unfinished'));
  const progress: number[][] = [];
  expect(await keeper.start((done, total) => progress.push([done, total]))).toBe(2);
  expect(progress).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(await store.list()).toEqual([kept.digest]);
  await tell('s1', { type: 'clearStorage' });
  await storedAre([]);
});
