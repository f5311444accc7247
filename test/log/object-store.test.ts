import { jetstreamManager } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openObjectStore } from '../../src/log/object-store.ts';
import { blobStoreContract, bytesOf, contentOf } from '../contracts/blob-store.contract.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';

let server: NatsServer;
let minted = 0;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.remove());

const open = (bucket = `files-${++minted}`) =>
  openObjectStore({ servers: server.url, bucket, mintId: () => `id${++minted}`, now: () => 0 });

blobStoreContract('object-store', () => open());

test('what is kept can be read by any client of the object store', async () => {
  const store = await open('readable');
  const kept = await store.receive(bytesOf(Buffer.alloc(2_000_000, 'abc')));
  await kept.keep();
  const client = await connect({ servers: server.url });
  const bytes = await (await new Objm(client).open('readable')).getBlob(kept.digest);
  expect(Buffer.from(bytes ?? []).equals(Buffer.alloc(2_000_000, 'abc'))).toBe(true);
  await client.close();
  await store.close();
});

test('a chunk that was left by a killed upload is cleared', async () => {
  const store = await open('left-over');
  const kept = await store.receive(bytesOf('kept'));
  await kept.keep();
  const client = await connect({ servers: server.url });
  client.publish('$O.left-over.C.nobody', 'half a file');
  await client.flush();
  expect(await store.clearUnfinished()).toBe(1);
  const manager = await jetstreamManager(client);
  const { state } = await manager.streams.info('OBJ_left-over', { subjects_filter: '$O.left-over.C.>' });
  expect(Object.keys(state.subjects ?? {})).toHaveLength(1);
  expect(await contentOf(await store.get(kept.digest))).toBe('kept');
  await client.close();
  await store.close();
});

test('a file whose bytes changed on disk fails while it is read', async () => {
  const store = await open('damaged');
  const kept = await store.receive(bytesOf('kept'));
  await kept.keep();
  const client = await connect({ servers: server.url });
  const manager = await jetstreamManager(client);
  const { state } = await manager.streams.info('OBJ_damaged', { subjects_filter: '$O.damaged.C.>' });
  const [subject = ''] = Object.keys(state.subjects ?? {});
  await manager.streams.purge('OBJ_damaged', { filter: subject });
  client.publish(subject, 'kepT');
  await client.flush();
  await expect(contentOf(await store.get(kept.digest))).rejects.toMatchObject({ code: 'recordInvalid' });
  await client.close();
  await store.close();
});

test('a server that is gone makes the store unavailable', async () => {
  const other = await startNatsServer();
  const store = await openObjectStore({ servers: other.url, mintId: () => 'x', now: () => 0 });
  await other.stop();
  await expect(store.receive(bytesOf('x'))).rejects.toMatchObject({ code: 'unavailable' });
  await store.close();
  await other.remove();
});
