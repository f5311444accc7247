import { describe, expect, it } from 'vitest';
import type { ServiceContext } from '../../../machines/service/context.ts';
import { FILES_BYTES_MAX, KEYS_MAX, STORAGE_BYTES_MAX } from '../../../machines/service/events.ts';
import { serviceKind } from '../../../machines/service/machine.ts';
import { actorOf, START } from '../actor.ts';

const CREATE = {
  type: 'create',
  configuration: 'request-interaction',
  service: 'request-interaction',
  texts: { language: 'french' },
  files: {},
};
const PICTURE = { digest: 'a'.repeat(64), bytes: 7, contentType: 'image/png', fileName: 'MyPic.png' };
const store = (texts: Record<string, string>, files = {}) => ({ type: 'store', texts, files });
const RESERVED = { type: 'reserved', accessNumber: '8003449999', expiresAt: null };

const aService = (more = {}) => actorOf<ServiceContext>(serviceKind, 's1').given({ ...CREATE, ...more });

describe('a service', () => {
  it('lives until its time is over, and then keeps nothing', () => {
    const service = aService({ ttlMs: 3000 }).wait(2999);
    expect(service.value).toEqual({ active: 'expiring' });
    service.wait(1);
    expect(service.value).toBe('expired');
    expect(service.context).toMatchObject({ texts: {}, files: {}, endedAt: START + 3000 });
  });

  it('without a time to live stays until it is deleted', () => {
    const service = aService().wait(1e12);
    expect(service.value).toEqual({ active: 'lasting' });
    expect(service.given({ type: 'delete' }).value).toBe('deleted');
  });

  it.each([
    ['a time to live', { ttlMs: 10_000 }, 10_000],
    ['a moment', { expiresAt: START + 5_000 }, 4_000],
    ['both, of which the time to live wins', { ttlMs: 10_000, expiresAt: START + 2 }, 10_000],
  ])('is given %s later, counted from then on', (_, expiration, ms) => {
    const service = aService({ ttlMs: 3000 })
      .wait(1000)
      .given({ type: 'setExpiration', ...expiration });
    expect(service.wait(ms - 1).value).toEqual({ active: 'expiring' });
    expect(service.wait(1).value).toBe('expired');
  });

  it('that lasts can be given an end', () => {
    expect(aService().given({ type: 'setExpiration', ttlMs: 5 }).wait(5).value).toBe('expired');
  });

  it.each(['store', 'removeKey', 'clearStorage', 'setExpiration', 'delete', 'startChat'])(
    'refuses %s once it has ended',
    (type) => {
      const service = aService().given({ type: 'delete' });
      const event = { type, texts: {}, files: {}, key: 'k', ttlMs: 1, chat: 'c', nickname: 'Ann' };
      expect(service.when(event)).toEqual({ kind: 'refused', reason: 'ended' });
    },
  );

  it('takes what its reservation and its chat tell it, also after its end', () => {
    const service = aService().given({ type: 'delete' });
    service.given({ type: 'reservation.ended', how: 'expired' }, { type: 'chat.ended', chat: 'c1' });
    expect(service.value).toBe('deleted');
  });

  it('is created once', () => {
    expect(aService().when(CREATE)).toEqual({ kind: 'refused', reason: 'exists' });
  });
});

describe('its storage', () => {
  it('adds keys and replaces them, whether they are texts or files', () => {
    const service = aService().given(store({ a: '1', b: '2' }, { c: PICTURE }));
    service.given(store({ c: '3' }, { a: PICTURE }));
    expect(service.context.texts).toEqual({ language: 'french', b: '2', c: '3' });
    expect(service.context.files).toEqual({ a: PICTURE });
  });

  it('loses one key, a key that is not there, and all keys', () => {
    const service = aService().given(store({ a: '1' }, { c: PICTURE }));
    service.given({ type: 'removeKey', key: 'c' }, { type: 'removeKey', key: 'nope' });
    expect(service.context).toMatchObject({ texts: { language: 'french', a: '1' }, files: {} });
    service.given({ type: 'clearStorage' });
    expect(service.context).toMatchObject({ texts: {}, files: {} });
  });

  it.each([
    ['bytes of text', 'storageTooLarge', store({ a: 'x'.repeat(STORAGE_BYTES_MAX) })],
    ['bytes once escaped', 'storageTooLarge', store({ a: '\u0001'.repeat(STORAGE_BYTES_MAX / 6) })],
    [
      'keys',
      'tooManyKeys',
      store(Object.fromEntries(Array.from({ length: KEYS_MAX + 1 }, (_, index) => [`k${index}`, '']))),
    ],
    ['bytes of files', 'filesTooLarge', store({}, { a: { ...PICTURE, bytes: FILES_BYTES_MAX + 1 } })],
  ])('refuses too many %s, and keeps what it had', (_, reason, event) => {
    const service = aService();
    expect(service.when(event)).toMatchObject({ kind: 'refused', reason });
    expect(service.context.texts).toEqual({ language: 'french' });
    expect(actorOf(serviceKind).when({ ...CREATE, ...event, type: 'create' })).toMatchObject({ reason });
  });

  it.each(['', 'k'.repeat(257), 'a\u0000b'])('takes no key %j', (key) => {
    const event = { type: 'store', texts: Object.fromEntries([[key, 'x']]), files: {} };
    expect(serviceKind.events.store?.safeParse(event).success).toBe(false);
  });

  it('takes keys that every object has', () => {
    const service = aService().given(store({ constructor: 'x', prototype: 'y' }), {
      type: 'removeKey',
      key: 'prototype',
    });
    expect(service.context.texts).toEqual({ language: 'french', constructor: 'x' });
  });
});

describe('its reservation and call', () => {
  it('is given back when the service ends', () => {
    const service = aService({ ttlMs: 10 }).given(RESERVED).wait(10);
    expect(service.tells).toEqual([
      { to: { tenant: 'acme', kind: 'reservation', id: 's1' }, event: { type: 'release' } },
    ]);
    expect(service.context.reservation).toBeNull();
  });

  it('is given back when the call is there', () => {
    const service = aService().given(RESERVED, { type: 'linkCall', call: 'c1' });
    expect(service.context).toMatchObject({ call: 'c1', reservation: null });
    expect(service.tells).toHaveLength(1);
  });

  it('keeps the first call that came in by it, and loses none to its own end', () => {
    const service = aService().given(RESERVED, { type: 'linkCall', call: 'c1' }, { type: 'linkCall', call: 'c2' });
    expect(service.context.call).toBe('c1');
    service.given({ type: 'delete' }, { type: 'linkCall', call: 'c3' });
    expect([service.value, service.tells]).toEqual(['deleted', []]);
  });

  it('is forgotten when it ended by itself', () => {
    const service = aService().given(RESERVED, { type: 'reservation.ended', how: 'matched' });
    expect(service.context.reservation).toBeNull();
    expect(service.given({ type: 'delete' }).tells).toEqual([]);
  });
});

describe('its chat', () => {
  const start = { type: 'startChat', chat: 'c1', nickname: 'Ann' };

  it('belongs to services for chats alone, one at a time', () => {
    expect(aService().when(start)).toEqual({ kind: 'refused', reason: 'noChat' });
    const service = aService({ service: 'request-chat', user: 'default' }).given(start);
    expect(service.tells).toEqual([
      {
        to: { tenant: 'acme', kind: 'chat', id: 'c1' },
        event: { type: 'open', service: 's1', nickname: 'Ann', user: 'default' },
      },
    ]);
    expect(service.when({ ...start, chat: 'c2' })).toEqual({ kind: 'refused', reason: 'chatOpen' });
    service.given({ type: 'chat.ended', chat: 'c1' }, { ...start, chat: 'c2', user: 'other', text: 'Hello' });
    expect(service.context.chat).toEqual({ id: 'c2', open: true });
    expect(service.tells).toMatchObject([{ event: { type: 'open', user: 'other', text: 'Hello' } }]);
  });

  it('is closed with the service', () => {
    const service = aService({ service: 'request-chat' }).given(start, { type: 'delete' });
    expect(service.tells).toEqual([{ to: { tenant: 'acme', kind: 'chat', id: 'c1' }, event: { type: 'close' } }]);
  });
});
