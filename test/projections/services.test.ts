import { afterEach, beforeEach, expect, test } from 'vitest';
import { chat, chatsOf, transcriptOf } from '../../projections/chats.ts';
import { isFileKept, reservationOf, reservationsFor, service } from '../../projections/services.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import { givenWorld, WORLD_START_MS, type World } from '../support/world.ts';

const tenant = 'genesys';
const DIGEST = 'a'.repeat(64);
const PICTURE = { digest: DIGEST, bytes: 7, contentType: 'image/png', fileName: 'MyPic.png' };

let world: World;
beforeEach(async () => {
  world = await givenWorld();
});
afterEach(() => world.close());

const tell = (kind: string, id: string, event: MachineEvent) =>
  world.record(tenant, { to: { tenant, kind, id }, event });
const create = (id: string, more: object = {}) =>
  tell('service', id, {
    type: 'create',
    configuration: 'request-interaction',
    service: 'request-interaction',
    texts: { language: 'french' },
    files: {},
    ...more,
  });
const hold = (id: string, more: object = {}) =>
  tell('reservation', id, { type: 'hold', accessNumber: '8003449999', ...more });

test('a service is shown while it lives, to its own tenant', async () => {
  await create('s1', { ttlMs: 1000, phoneNumber: '6504669999' });
  const { live } = world.runtime;
  expect(service(live, tenant, 's1')).toMatchObject({
    texts: { language: 'french' },
    phoneNumber: '6504669999',
    expiresAt: WORLD_START_MS + 1000,
  });
  expect(service(live, 'lunchlab', 's1')).toBeUndefined();
  await world.advance(1000);
  expect(service(live, tenant, 's1')).toBeUndefined();
});

test('a service whose end is due but not recorded yet is gone all the same', async () => {
  await create('s1', { ttlMs: 1000 });
  await hold('s1');
  const { live } = world.runtime;
  const later = {
    position: live.position,
    now: WORLD_START_MS + 1000,
    changedAt: live.changedAt,
    get: live.get,
    all: live.all,
  };
  expect(service(later, tenant, 's1')).toBeUndefined();
  expect(reservationsFor(later, tenant, '8003449999')).toEqual([]);
});

test('a past moment shows what was alive then', async () => {
  const { position } = await create('s1');
  await tell('service', 's1', { type: 'delete' });
  expect(service(world.runtime.live, tenant, 's1')).toBeUndefined();
  expect(service(await world.runtime.query({ position }), tenant, 's1')).toMatchObject({ id: 's1' });
});

test('the newest reservation of a number comes first, and none once it ended', async () => {
  await create('s1');
  await create('s2');
  await hold('s1', { accessCode: '1111' });
  await hold('s2', { accessCode: '2222', ttlMs: 5000 });
  const found = () => reservationsFor(world.runtime.live, tenant, '8003449999').map((one) => one.service);
  expect(found()).toEqual(['s2', 's1']);
  expect(reservationOf(world.runtime.live, tenant, 's1')).toMatchObject({ accessCode: '1111' });
  await world.advance(5000);
  expect(found()).toEqual(['s1']);
  await tell('service', 's1', { type: 'delete' });
  expect(found()).toEqual([]);
});

test('two services never share a number and code, and a code that was given back is free', async () => {
  await create('s1');
  await create('s2');
  await hold('s1', { accessCode: '1111' });
  await expect(hold('s2', { accessCode: '1111' })).rejects.toThrow('taken');
  await tell('service', 's1', { type: 'delete' });
  await hold('s2', { accessCode: '1111' });
});

test('a file is kept as long as a service refers to it', async () => {
  const { live } = world.runtime;
  await create('s1', { files: { FileKey: PICTURE } });
  await create('s2', { files: { other: PICTURE } });
  await tell('service', 's1', { type: 'removeKey', key: 'FileKey' });
  expect(isFileKept(live, DIGEST)).toBe(true);
  await tell('service', 's2', { type: 'delete' });
  expect(isFileKept(live, DIGEST)).toBe(false);
});

test('a chat keeps its whole transcript, also after its end', async () => {
  await create('s1', { service: 'request-chat' });
  await tell('service', 's1', { type: 'startChat', chat: 'c1', nickname: 'Ann' });
  await tell('chat', 'c1', { type: 'say', participant: 'client', text: 'Hello' });
  await tell('chat', 'c1', { type: 'leave', participant: 'client' });
  const found = chat(world.runtime.live, tenant, 'c1');
  expect(found).toMatchObject({ open: false, service: 's1', entries: 3 });
  expect(chatsOf(world.runtime.live, { tenant, limit: 10 })).toEqual([found]);
  const entries = found === undefined ? [] : transcriptOf(world.runtime.live, found, 2, 10);
  expect(entries.map(({ number, event, text }) => [number, event, text])).toEqual([
    [2, 'Message.Text', 'Hello'],
    [3, 'Notice.Left', 'has left the session'],
  ]);
  expect(service(world.runtime.live, tenant, 's1')?.chat).toEqual({ id: 'c1', open: false });
});
