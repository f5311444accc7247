import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf, eventsOf } from './client.ts';

let served: Served;
let call: Call;
let stop: AbortController;

beforeEach(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  stop = new AbortController();
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
});
afterEach(async () => {
  stop.abort();
  await served.stop();
});

const open = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${served.url}/v1/events?${query}`, { headers, signal: stop.signal });

async function take(answer: Response, count: number): Promise<{ id: number; data: JsonObject }[]> {
  const taken: { id: number; data: JsonObject }[] = [];
  for await (const event of eventsOf(answer)) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

const skill = (tenant: string, name: string) => call('POST', `/v1/tenants/${tenant}/skills`, { id: name, name });

describe('the event stream', () => {
  test('tells what happens from now on, as CloudEvents with their position', async () => {
    const answer = await open('');
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const made = await skill('acme', 'English');
    const [event] = await take(answer, 1);
    expect(event).toMatchObject({
      id: Number(made.headers.get('ledgerline-position')),
      data: { specversion: '1.0', type: 'ledgerline.skill.create', source: '/tenants/acme/skills/English' },
    });
  });

  test('begins where its reader says, and goes on live without a gap', async () => {
    await skill('acme', 'one');
    const since = served.world.runtime.live.position;
    await skill('acme', 'two');
    const answer = await open(`since=${since}`);
    await skill('acme', 'three');
    const names = (await take(answer, 2)).map(({ data }) => data.source);
    expect(names).toEqual(['/tenants/acme/skills/two', '/tenants/acme/skills/three']);
  });

  test('goes on after the last id of a reader that was cut off', async () => {
    await skill('acme', 'one');
    const [seen] = await take(await open('since=0&kind=skill'), 1);
    await skill('acme', 'two');
    const [next] = await take(await open('since=0&kind=skill', { 'last-event-id': String(seen?.id) }), 1);
    expect(next?.data.source).toBe('/tenants/acme/skills/two');
  });

  test('begins at a time', async () => {
    await served.world.advance(1000);
    await skill('acme', 'late');
    const [event] = await take(await open('since=2026-01-01T00:00:00.500Z'), 1);
    expect(event?.data.source).toBe('/tenants/acme/skills/late');
  });

  test.each([
    ['tenant=other', ['/tenants/other/tenants/other', '/tenants/other/skills/b']],
    ['kind=skill&id=a', ['/tenants/acme/skills/a']],
    ['type=ledgerline.skill.create', ['/tenants/acme/skills/a', '/tenants/other/skills/b']],
    ['kind=skill&kind=place', ['/tenants/acme/skills/a', '/tenants/other/skills/b', '/tenants/acme/places/p']],
  ])('with %s tells just that', async (query, sources) => {
    await skill('acme', 'a');
    await skill('other', 'b');
    await call('POST', '/v1/tenants/acme/places', { id: 'p', name: 'p' });
    const events = await take(await open(`since=0&${query}`), sources.length);
    expect(events.map(({ data }) => data.source)).toEqual(sources);
  });

  test('never tells a secret', async () => {
    await call('POST', '/v1/tenants/acme/tokens', { scopes: ['read'] });
    await call('POST', '/v1/tenants/acme/users', { id: 'u', firstName: 'U', lastName: 'U', roles: [] });
    await call('POST', '/v1/tenants/acme/users/u/credentials', { dialect: 'gws', name: 'u', password: 'pw' });
    await skill('acme', 'end');
    const types: unknown[] = [];
    for await (const { data } of eventsOf(await open('since=0'))) {
      types.push(data.type);
      if (data.source === '/tenants/acme/skills/end') break;
    }
    expect(types).toEqual([
      'ledgerline.tenant.create',
      'ledgerline.tenant.create',
      'ledgerline.user.create',
      'ledgerline.user.change',
      'ledgerline.skill.create',
    ]);
  });

  test.each(['since=soon', 'since=999999', 'since=-1'])('refuses %s', async (query) => {
    const answer = await open(query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'badParameter' });
  });

  test('of one tenant tells its token nothing of another, and ends when the token is revoked', async () => {
    const made = await call('POST', '/v1/tenants/acme/tokens', { scopes: ['events'] });
    const headers = { authorization: `Bearer ${made.body.token}` };
    expect((await open('tenant=other', headers)).status).toBe(404);
    const answer = await open('', headers);
    await skill('other', 'b');
    await skill('acme', 'a');
    await call('DELETE', `/v1/tenants/acme/tokens/${made.body.id}`);
    const sources: unknown[] = [];
    for await (const { data } of eventsOf(answer)) sources.push(data.source);
    expect(sources).toEqual(['/tenants/acme/skills/a']);
  });

  test('ends when the server drains, and its readers need not be waited for', async () => {
    const answer = await open('');
    const rest = answer.text();
    await served.server.drain(60_000);
    expect(await rest).toBe(': open\n\n');
  });

  test('is told without chunks to a reader that knows none (HTTP/1.0)', async () => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    socket.write('GET /v1/events?since=0&kind=skill HTTP/1.0\r\nHost: localhost\r\n\r\n');
    await skill('acme', 'plain');
    let text = '';
    for await (const bytes of socket) {
      text += String(bytes);
      if (text.includes('skills/plain')) break;
    }
    const [, body] = text.split('\r\n\r\n');
    expect(body).toMatch(/^: open\n\nid: \d+\ndata: \{/);
  });

  test('reaches every one of many readers', async () => {
    const readers = await Promise.all(Array.from({ length: 200 }, () => open('kind=skill')));
    await skill('acme', 'a');
    const firsts = await Promise.all(readers.map((reader) => take(reader, 1)));
    expect(new Set(firsts.map((events) => events[0]?.data.source))).toEqual(new Set(['/tenants/acme/skills/a']));
  });
});

test('a quiet stream beats, so that a dead connection shows', async () => {
  await served.stop();
  served = await givenServed({ streams: { heartbeatMs: 10, stalledMs: 60_000 } });
  const answer = await fetch(`${served.url}/v1/events`, { signal: stop.signal });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('beat')) break;
  }
  expect(text).toBe(': open\n\n: beat\n\n');
});

describe('a reader that does not read', () => {
  test('is cut off, and holds up nobody meanwhile', async () => {
    await served.stop();
    served = await givenServed({ streams: { heartbeatMs: 60_000, stalledMs: 8_000 } });
    call = clientOf(served.url);
    await call('POST', '/v1/tenants', { id: 'acme', name: 'acme' });
    const stalled = await open('since=0');
    const big = 'x'.repeat(1000);
    await Promise.all(
      Array.from({ length: 6000 }, (_, n) =>
        served.world.record('acme', {
          to: { tenant: 'acme', kind: 'skill', id: `s${n}` },
          event: { type: 'create', attributes: { name: `s${n}`, description: big } },
        }),
      ),
    );
    const reader = await open('since=0&kind=skill');
    expect(await take(reader, 6000)).toHaveLength(6000);
    await eventually('the stalled reader is gone', () => (served.native.streams.size === 0 ? true : undefined));
    await expect(stalled.text()).rejects.toThrow();
  });
});
