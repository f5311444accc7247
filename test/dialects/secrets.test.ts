/**
 * What must never come out: passwords, tokens, hashes and keys, given to a running centre in every way there is, and then
 * looked for in all that others may read: public records, answers, streams, logs.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoWorld } from '../../src/demo/world.ts';
import { digestOf } from '../../src/model/digest.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { givenAllDialects, nativeRoutes } from '../support/all-dialects.ts';
import type { Served } from '../support/served.ts';
import { clientOf, eventsOf } from './native/client.ts';

const OPERATOR = 'll_operator-of-all-of-it';
const PASSWORD = 'correct horse battery staple';
const WAKE_UP = 'wake-up-token-of-a-telephone';
const WRONG = 'a password that somebody mistyped';

let served: Served;
let secrets: readonly string[];

beforeAll(async () => {
  served = await givenAllDialects();
  const { world, url } = served;
  const attributes = { sha256: digestOf(OPERATOR), scopes: ['admin'] };
  await world.record('installation', {
    to: { tenant: 'installation', kind: 'token', id: 'operator' },
    event: { type: 'create', attributes },
  });
  const operator = clientOf(url, OPERATOR);
  const made = await operator('POST', '/v1/tenants/avencall/tokens', { user: 'alicej', scopes: ['events', 'read'] });
  const credential = { dialect: 'native', name: 'alice', password: PASSWORD };
  expect((await operator('POST', '/v1/tenants/avencall/users/alicej/credentials', credential)).status).toBe(201);
  const session = await signInToXuc('alicej', 'pw');
  await post('/xuc/api/2.0/auth/login', { login: 'bruce', password: WRONG });
  await post('/xuc/api/2.0/config/mobile/push/register/ios', { token: WAKE_UP }, { 'x-auth-token': session });
  await clientOf(url, String(made.body.token))('GET', '/v1/tenants/avencall/users');
  await post(
    '/6/v2/api/agent_state',
    { request: 'updateAgentState', name: 'Lunch Break' },
    bearer('demo-tenant-lunch'),
  );
  await fetch(`${url}/xuc/api/2.0/contact/personal?token=${session}`);
  const tokens = demoWorld.flatMap((tenant) => tenant.tokens.map(({ token }) => token));
  const minted = String(made.body.token);
  secrets = [OPERATOR, PASSWORD, WAKE_UP, WRONG, session, minted, digestOf(OPERATOR), digestOf(minted), ...tokens];
});
afterAll(() => served.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function post(path: string, body: JsonObject, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(served.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return answer;
}

async function signInToXuc(login: string, password: string): Promise<string> {
  const answer = (await (await post('/xuc/api/2.0/auth/login', { login, password })).json()) as { token: string };
  return answer.token;
}

/** The secrets that a text holds; `demo-tenant` is not in `demo-tenant-lunch`. */
function secretsIn(text: string): readonly string[] {
  return secrets.filter((secret) => new RegExp(`(?<![\\w-])${secret.replaceAll('.', '\\.')}(?![\\w-])`).test(text));
}

async function records(shown: (subject: string) => boolean): Promise<string> {
  const { log, runtime } = served.world;
  const texts: string[] = [];
  for await (const chunk of log.read({ after: 0, upTo: runtime.live.position }))
    for (const { subject, payload } of chunk) if (shown(subject)) texts.push(Buffer.from(payload).toString());
  return texts.join('\n');
}

describe('a secret', () => {
  test('is found where it is, so that this would see it elsewhere', async () => {
    expect(secretsIn(`by token:demo-tenant, then ${WAKE_UP}.`)).toEqual([WAKE_UP, 'demo-tenant']);
    expect(secretsIn(await records((subject) => subject.startsWith('sec.')))).toEqual(
      expect.arrayContaining([WAKE_UP, digestOf(OPERATOR)]),
    );
  });

  test('stands in no record that is public', async () => {
    expect(secretsIn(await records((subject) => subject.startsWith('evt.')))).toEqual([]);
  });

  test('stands in no record at all where its digest will do', async () => {
    expect(secretsIn(await records(() => true)).filter((secret) => !/^[0-9a-f]{64}$/.test(secret))).toEqual([WAKE_UP]);
  });

  test('comes with no event of the stream, and neither does anything private', async () => {
    const answer = await fetch(`${served.url}/v1/events?since=0`, { headers: bearer(OPERATOR) });
    const last = JSON.parse((await records((subject) => subject.startsWith('evt.'))).split('\n').at(-1) ?? '');
    const texts: string[] = [];
    for await (const { data } of eventsOf(answer)) {
      texts.push(JSON.stringify(data));
      if (data.id === last.id) break;
    }
    expect(texts.length).toBeGreaterThan(100);
    expect(secretsIn(texts.join('\n'))).toEqual([]);
    expect(texts.filter((text) => /"ledgerline\.(token|credential|push-token|claim|webhook)\./.test(text))).toEqual([]);
  });

  test.each(['token', 'credential', 'push-token', 'claim', 'webhook'])(
    'cannot be read as an actor or a history of the kind %s, also by an administrator',
    async (kind) => {
      const operator = clientOf(served.url, OPERATOR);
      const ids = { token: 'operator', 'push-token': 'alicej.ios', credential: 'xuc.alicej' }[kind] ?? 'any';
      for (const tenant of ['installation', 'avencall'])
        for (const path of [`actors/${kind}/${ids}`, `actors/${kind}/${ids}/history`]) {
          const { status, body } = await operator('GET', `/v1/tenants/${tenant}/${path}`);
          expect([path, status]).toEqual([path, 404]);
          expect(secretsIn(JSON.stringify(body))).toEqual([]);
        }
      const listed = await operator('GET', `/v1/tenants/avencall/actors?kind=${kind}`);
      expect(JSON.stringify(listed.body)).not.toMatch(/sha256|"hash"|alicej\.ios/);
    },
  );

  test.each(['jsonl', 'csv', 'cloudevents'])('stands in no history exported as %s', async (format) => {
    for (const tenant of ['installation', 'avencall']) {
      const path = `/v1/tenants/${tenant}/records?format=${format}`;
      const answer = await fetch(served.url + path, { headers: bearer(OPERATOR) });
      const text = await answer.text();
      expect([answer.status, text.split('\n').length > 10]).toEqual([200, true]);
      expect(secretsIn(text)).toEqual([]);
    }
  });

  test('is behind no route that names a kind and an id, whichever there are', async () => {
    const routes = nativeRoutes(served).filter(({ method, path }) => method === 'GET' && path.includes(':kind/:id'));
    expect(routes.length).toBeGreaterThan(2);
    for (const { path } of routes) {
      const asked = path.replace(':tenant', 'installation').replace(':kind', 'token').replace(':id', 'operator');
      const answer = await fetch(served.url + asked.replace(/:\w+/g, '1'), { headers: bearer(OPERATOR) });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  test('is written to no log, wrong ones and those in addresses included', () => {
    expect(served.logged.length).toBeGreaterThan(8);
    expect(secretsIn(served.logged.join('\n'))).toEqual([]);
  });
});
