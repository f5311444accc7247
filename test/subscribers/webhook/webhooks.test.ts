/** Webhooks as their owners know them: registered by the API, delivered to receivers of our own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { addressGuard } from '../../../src/subscribers/webhook/address-guard.ts';
import { BACK_OFF_MS } from '../../../src/subscribers/webhook/endpoint.ts';
import { fileKeeper } from '../../../src/subscribers/webhook/place.ts';
import { createPoster } from '../../../src/subscribers/webhook/poster.ts';
import { isSigned } from '../../../src/subscribers/webhook/signature.ts';
import { Webhooks } from '../../../src/subscribers/webhook/webhooks.ts';
import { type Call, clientOf } from '../../dialects/native/client.ts';
import { eventually } from '../../support/eventually.ts';
import { givenServed, type Served } from '../../support/served.ts';
import type { World } from '../../support/world.ts';
import { givenReceiver, type Received, type Receiver } from './receiver.ts';

let served: Served;
let call: Call;
let folder: string;
let webhooks: Webhooks;
let receiver: Receiver;
const others: Receiver[] = [];

function webhooksOf({ runtime, clock }: World): Webhooks {
  return new Webhooks({
    runtime,
    clock,
    poster: createPoster(addressGuard(['127.0.0.1'])),
    keeperOf: (tenant, id) => fileKeeper(folder, tenant, id),
    report: () => undefined,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-webhooks-'));
  receiver = await givenReceiver();
  served = await givenServed({
    behind: (world) => {
      webhooks = webhooksOf(world);
      return { webhooks };
    },
  });
  await webhooks.start();
  call = clientOf(served.url);
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
});
afterEach(async () => {
  await webhooks.stop();
  await served.stop();
  for (const one of [receiver, ...others.splice(0)]) await one.close();
  await rm(folder, { recursive: true });
});

const skill = (name: string, tenant = 'acme') => call('POST', `/v1/tenants/${tenant}/skills`, { id: name, name });
const describeSkill = (name: string, description: string) =>
  call('PATCH', `/v1/tenants/acme/skills/${name}`, { description });

async function register(more: JsonObject = {}, tenant = 'acme'): Promise<{ id: string; secret: string }> {
  const { status, body } = await call('POST', `/v1/tenants/${tenant}/webhooks`, { url: receiver.url, ...more });
  expect(status).toBe(201);
  return body as { id: string; secret: string };
}

const state = async (id: string) => (await call('GET', `/v1/tenants/acme/webhooks/${id}/deliveries`)).body;
const arrived = (count: number, at: Receiver = receiver): Promise<readonly Received[]> =>
  eventually(`${count} messages`, () => (at.received.length >= count ? at.received : undefined));
const sources = (received: readonly Received[]) => received.map(({ event }) => event.source);
const unixS = () => Math.floor(served.world.clock.now() / 1000);

/** Moves time on until it is so. */
async function advancedUntil<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  return eventually(what, async () => {
    const found = await probe();
    if (found === undefined) await served.world.advance(500);
    return found;
  });
}

describe('a webhook', () => {
  test('is told what its tenant records from then on, signed, under the id of the record', async () => {
    await skill('before');
    const { secret } = await register();
    const made = await skill('after');
    await skill('elsewhere', 'other');
    await skill('last');
    const [first, second] = await arrived(2);
    expect(sources(receiver.received)).toEqual(['/tenants/acme/skills/after', '/tenants/acme/skills/last']);
    const { headers, text, event } = first ?? expect.fail();
    expect(headers['webhook-id']).toBe(event.id);
    expect(headers['ledgerline-position']).toBe(made.headers.get('ledgerline-position'));
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const timestamp = Number(headers['webhook-timestamp']);
    const message = { id: String(event.id), timestamp, body: text };
    expect(isSigned(message, String(headers['webhook-signature']), secret, unixS())).toBe(true);
    expect(second?.headers['webhook-id']).not.toBe(event.id);
  });

  test.each(['http://10.0.0.1/hook', 'https://[::1]/hook', 'https://169.254.169.254/'])(
    'is not made for %s, nor moved there, where the operator does not allow it',
    async (url) => {
      const refused = {
        status: 400,
        body: {
          problems: [{ field: 'url', message: expect.stringContaining('LEDGERLINE_WEBHOOK_ALLOW does not name it') }],
        },
      };
      const { id } = await register();
      expect(await call('POST', '/v1/tenants/acme/webhooks', { url })).toMatchObject(refused);
      expect(await call('PATCH', `/v1/tenants/acme/webhooks/${id}`, { url })).toMatchObject(refused);
      expect((await call('GET', '/v1/tenants/acme/webhooks')).body.items).toMatchObject([{ id, url: receiver.url }]);
    },
  );

  test.each([
    [{ kinds: ['place'] }, ['/tenants/acme/places/p']],
    [{ ids: ['a'] }, ['/tenants/acme/skills/a']],
    [{ types: ['ledgerline.place.*'] }, ['/tenants/acme/places/p']],
    [{ types: ['ledgerline.skill.create'] }, ['/tenants/acme/skills/a', '/tenants/acme/skills/b']],
  ])('with %j is told just that', async (filter, wanted) => {
    await register(filter);
    await skill('a');
    await skill('b');
    await call('POST', '/v1/tenants/acme/places', { id: 'p', name: 'p' });
    await arrived(wanted.length);
    await webhooks.stop();
    expect(sources(receiver.received).sort()).toEqual([...wanted].sort());
  });

  test('of the installation is told of every tenant, and never of a secret', async () => {
    await register({}, 'installation');
    await call('POST', '/v1/tenants/acme/tokens', { scopes: ['read'] });
    await skill('a');
    await skill('b', 'other');
    expect(new Set(sources(await arrived(2)))).toEqual(new Set(['/tenants/acme/skills/a', '/tenants/other/skills/b']));
  });

  test('keeps the order of each actor while actors do not wait for each other', async () => {
    await register({ kinds: ['skill'] });
    receiver.answer = ({ event }) => (event.source === '/tenants/acme/skills/slow' ? held : 204);
    let release = (_: number) => {};
    const held = new Promise<number>((resolve) => {
      release = resolve;
    });
    await skill('slow');
    for (const text of ['1', '2', '3']) await describeSkill('slow', text);
    for (const name of ['a', 'b', 'c']) await skill(name);
    await arrived(4);
    expect(sources(receiver.received).filter((source) => source === '/tenants/acme/skills/slow')).toHaveLength(1);
    release(204);
    const received = await arrived(7);
    const versions = received
      .filter(({ event }) => event.source === '/tenants/acme/skills/slow')
      .map(({ event }) => (event.data as JsonObject).version);
    expect(versions).toEqual([1, 2, 3, 4]);
  });

  test('that is down gets everything later, in order per actor, under the same ids', async () => {
    const { id } = await register();
    receiver.answer = () => 503;
    await skill('a');
    await describeSkill('a', 'x');
    await skill('b');
    await arrived(2);
    receiver.answer = () => 204;
    await advancedUntil('all is delivered', async () => ((await state(id)).waiting === 0 ? true : undefined));
    const tries = receiver.received.filter(({ event }) => event.source === '/tenants/acme/skills/a');
    const versions = tries.map(({ event }) => (event.data as JsonObject).version);
    expect(versions).toEqual([...versions].sort());
    expect(new Set(tries.slice(0, -1).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await state(id)).position).toBe(served.world.runtime.live.position);
  });

  test('is asked with one message at a time while it is down', async () => {
    await register({ kinds: ['skill'] });
    receiver.answer = () => 500;
    await Promise.all(Array.from({ length: 200 }, (_, n) => skill(`s${n}`)));
    await arrived(4);
    for (let minute = 0; minute < 10; minute++) await served.world.advance(60_000);
    expect(receiver.received.length).toBeLessThan(60);
  });

  test('gives a record up after its last try, and goes on with the next', async () => {
    const { id } = await register({ kinds: ['skill'] });
    receiver.answer = ({ event }) => (event.source === '/tenants/acme/skills/bad' ? 400 : 204);
    await skill('bad');
    await skill('good');
    const dead = await eventually('it is given up', async () => {
      const found = (await state(id)).dead as readonly JsonObject[];
      if (found.length === 0) await served.world.advance(600_000);
      return found[0];
    });
    const tries = receiver.received.filter(({ event }) => event.source === '/tenants/acme/skills/bad');
    expect(tries).toHaveLength(BACK_OFF_MS.length + 1);
    expect(dead).toMatchObject({ id: tries[0]?.event.id, type: 'ledgerline.skill.create', reason: 'answered 400' });
    await describeSkill('bad', 'again');
    receiver.answer = () => 204;
    await advancedUntil('the next one is taken', async () => ((await state(id)).waiting === 0 ? true : undefined));
    const last = receiver.received.at(-1) ?? expect.fail();
    expect((last.event.data as JsonObject).version).toBe(2);
  });

  test('goes on where it was after a restart, with nothing missing', async () => {
    const { id } = await register({ kinds: ['skill'] });
    receiver.answer = () => 503;
    await skill('a');
    await arrived(1);
    await webhooks.stop();
    await skill('b');
    receiver.answer = () => 204;
    webhooks = webhooksOf(served.world);
    await webhooks.start();
    const endpoint = await webhooks.find('acme', id);
    const end = served.world.runtime.live.position;
    await eventually('all is delivered', () => (endpoint?.state.position === end ? true : undefined));
    expect(new Set(sources(receiver.received))).toEqual(new Set(['/tenants/acme/skills/a', '/tenants/acme/skills/b']));
    const tried = endpoint?.state.attempts.map(({ position, outcome }) => `${position === end} ${outcome.kind}`);
    expect(tried?.[0]).toBe('false failed');
    expect(tried?.slice(1).sort()).toEqual(['false taken', 'true taken']);
  });

  test('keeps the newest 200 attempts, over restarts and changes of its settings', async () => {
    const { id } = await register({ kinds: ['skill'] });
    for (let n = 0; n < 205; n += 1) await call('POST', `/v1/tenants/acme/webhooks/${id}/test`);
    const before = (await state(id)).attempts;
    expect(before).toHaveLength(200);
    await call('PATCH', `/v1/tenants/acme/webhooks/${id}`, { description: 'board' });
    expect((await state(id)).attempts).toEqual(before);
    await webhooks.stop();
    const again = webhooksOf(served.world);
    await again.start();
    expect((await again.find('acme', id))?.state.attempts.map(({ id: message }) => message)).toEqual(
      (before as readonly JsonObject[]).map(({ id: message }) => message),
    );
    await again.stop();
  });

  test('is sent the past again from where its owner says, in order', async () => {
    const { id } = await register({ kinds: ['skill'] });
    for (const name of ['a', 'b', 'c']) await skill(name);
    const since = Number(
      receiver.received[0]?.headers['ledgerline-position'] ?? (await arrived(3))[0]?.headers['ledgerline-position'],
    );
    await arrived(3);
    const { status } = await call('POST', `/v1/tenants/acme/webhooks/${id}/redeliver`, { since: `${since}` });
    expect(status).toBe(202);
    const again = (await arrived(5)).slice(3);
    expect(sources(again).sort()).toEqual(['/tenants/acme/skills/b', '/tenants/acme/skills/c']);
    const ids = receiver.received.map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(3);
  });

  test('that is slow harms no other', async () => {
    const quick = await givenReceiver();
    others.push(quick);
    await register({ kinds: ['skill'] });
    await register({ kinds: ['skill'], url: quick.url });
    receiver.answer = () => new Promise(() => undefined);
    await Promise.all(Array.from({ length: 100 }, (_, n) => skill(`s${n}`)));
    expect(new Set(sources(await arrived(100, quick))).size).toBe(100);
    await receiver.close();
    receiver = await givenReceiver();
  });

  test('is tried out on demand, and its log says what happened', async () => {
    const { id, secret } = await register();
    const tried = await call('POST', `/v1/tenants/acme/webhooks/${id}/test`);
    expect(tried.body).toEqual({ outcome: { kind: 'taken', status: 204 } });
    const [message] = await arrived(1);
    expect(message?.event).toMatchObject({ type: 'ledgerline.webhook.test', specversion: '1.0' });
    const { headers, text } = message ?? expect.fail();
    const signed = { id: String(headers['webhook-id']), timestamp: Number(headers['webhook-timestamp']), body: text };
    expect(isSigned(signed, String(headers['webhook-signature']), secret, unixS())).toBe(true);
    receiver.answer = () => 410;
    await call('POST', `/v1/tenants/acme/webhooks/${id}/test`);
    const { attempts } = await state(id);
    expect(attempts).toMatchObject([
      { type: 'ledgerline.webhook.test', position: null, outcome: { kind: 'taken' } },
      { outcome: { kind: 'failed', status: 410, reason: 'answered 410' } },
    ]);
  });

  test('signs with both secrets while one replaces the other', async () => {
    const { id, secret } = await register();
    const { body } = await call('POST', `/v1/tenants/acme/webhooks/${id}/secret`);
    await skill('a');
    const { headers, text } = (await arrived(1))[0] ?? expect.fail();
    const message = { id: String(headers['webhook-id']), timestamp: Number(headers['webhook-timestamp']), body: text };
    for (const one of [secret, String(body.secret)]) {
      expect(isSigned(message, String(headers['webhook-signature']), one, unixS())).toBe(true);
    }
  });

  test('shows no secret once it is made, and is gone with its place when it is removed', async () => {
    const { id, secret } = await register();
    const listed = await call('GET', '/v1/tenants/acme/webhooks');
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect(listed.body.items).toMatchObject([{ id, url: receiver.url }]);
    await call('PATCH', `/v1/tenants/acme/webhooks/${id}`, { enabled: false });
    await skill('a');
    await call('PATCH', `/v1/tenants/acme/webhooks/${id}`, { enabled: null, description: 'board' });
    expect(sources(await arrived(1))).toEqual(['/tenants/acme/skills/a']);
    await call('DELETE', `/v1/tenants/acme/webhooks/${id}`);
    expect((await call('GET', `/v1/tenants/acme/webhooks/${id}/deliveries`)).status).toBe(404);
    expect(await readdir(join(folder, 'acme'))).toEqual([]);
  });

  test.each(['ftp://example.com', 'file:///etc/passwd', 'https://user:pw@example.com/', 'nonsense'])(
    'is not registered for %s',
    async (url) => {
      expect((await call('POST', '/v1/tenants/acme/webhooks', { url })).status).toBe(400);
    },
  );

  test('is one of a hundred at most that a tenant has', async () => {
    const asked = { url: receiver.url, enabled: false };
    const key = { 'Idempotency-Key': 'the-last-one' };
    const attributes = { url: receiver.url, secrets: ['whsec_'], enabled: false };
    const others = Array.from({ length: 99 }, (_, nth) => ({
      to: { tenant: 'acme', kind: 'webhook', id: `w${nth}` },
      event: { type: 'create', attributes },
    }));
    await served.world.record('acme', ...others);
    const last = await call('POST', '/v1/tenants/acme/webhooks', asked, key);
    expect(last.status).toBe(201);
    expect(await call('POST', '/v1/tenants/acme/webhooks', asked)).toMatchObject({ status: 409 });
    expect(await call('POST', '/v1/tenants/acme/webhooks', asked, key)).toMatchObject({ status: 201 });
    await register({ enabled: false }, 'other');
    await call('DELETE', `/v1/tenants/acme/webhooks/${last.body.id}`);
    await register({ enabled: false });
  });

  test('is nobody else’s to see or touch', async () => {
    const { id } = await register();
    const made = await call('POST', '/v1/tenants/other/tokens', { scopes: ['admin'] });
    const stranger = clientOf(served.url, String(made.body.token));
    expect((await stranger('GET', `/v1/tenants/acme/webhooks/${id}/deliveries`)).status).toBe(404);
    expect((await stranger('POST', `/v1/tenants/other/webhooks/${id}/redeliver`, { since: '0' })).status).toBe(404);
    const reader = await call('POST', '/v1/tenants/acme/tokens', { scopes: ['read', 'events'] });
    expect((await clientOf(served.url, String(reader.body.token))('GET', '/v1/tenants/acme/webhooks')).status).toBe(
      403,
    );
  });
});
