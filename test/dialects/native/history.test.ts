import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
const ANN = '/v1/tenants/acme/actors/agent/ann';

beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' });
  await call('POST', '/v1/tenants/acme/agents', { id: 'ann', line: '200' });
  for (const command of ['setReady', 'setAway'])
    await call(
      'POST',
      `/v1/tenants/acme/agents/ann/${command}`,
      { signIn: true },
      { 'Idempotency-Key': `my-${command}` },
    );
});
afterAll(() => served.stop());

describe('history through the native API', () => {
  test('says why, now and then', async () => {
    const now = await call('GET', `${ANN}/why`);
    expect(now.status).toBe(200);
    expect(now.body.sentence).toMatch(/^agent ann became away at .* because the agent asked for it \(setAway by/);
    const then = await call('GET', `${ANN}/why`, undefined, { 'As-Of': '3' });
    expect(then.body.sentence).toMatch(/became ready/);
    expect(then.body.chain).toMatchObject([{ kind: 'agent', position: 3, says: 'presence became ready' }]);
  });

  test('has a timeline, in pages', async () => {
    const first = await call('GET', `${ANN}/timeline?limit=2`);
    expect(first.body).toMatchObject({
      actors: [{ kind: 'agent', id: 'ann' }],
      items: [{ position: 2 }, { position: 3 }],
    });
    const rest = await call('GET', `${ANN}/timeline?limit=2&cursor=${first.body.next}`);
    expect(rest.body.items).toMatchObject([{ position: 4 }]);
    expect(rest.body.next).toBeUndefined();
  });

  test('tells versions apart', async () => {
    const { body } = await call('GET', `${ANN}/diff?from=2&to=3`);
    expect(body.changes).toContainEqual({ path: '/value/present/presence', before: 'ready', after: 'away' });
    expect((await call('GET', `${ANN}/diff?to=9`)).status).toBe(404);
    expect((await call('GET', `${ANN}/diff?to=x`)).status).toBe(400);
  });

  test('shows a command as a tree', async () => {
    const { body } = await call('GET', '/v1/tenants/acme/commands/my-setAway');
    expect(body.deliveries).toMatchObject([{ kind: 'agent', id: 'ann', position: 4, told: [] }]);
    expect((await call('GET', '/v1/tenants/acme/commands/none')).status).toBe(404);
  });

  test.each([
    ['jsonl', 'application/jsonl'],
    ['csv', 'text/csv'],
    ['cloudevents', 'application/cloudevents-batch+json'],
  ])('exports %s', async (format, type) => {
    const answer = await fetch(`${served.url}/v1/tenants/acme/records?format=${format}&kind=agent&id=ann`);
    expect(answer.headers.get('content-type')).toContain(type);
    const { body } = await call('GET', '/openapi.json');
    const described = ['paths', '/v1/tenants/{tenant}/records', 'get', 'responses', '200', 'content', type];
    expect(body).toHaveProperty(described);
    expect((await answer.text()).match(/setAway/g)?.length).toBeGreaterThan(0);
  });

  test('exports nothing of others, and no secrets', async () => {
    const answer = await fetch(`${served.url}/v1/tenants/acme/records`);
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines.every((line) => JSON.parse(line).record.source.startsWith('/tenants/acme/'))).toBe(true);
    expect((await call('GET', '/v1/tenants/acme/records?format=xml')).status).toBe(400);
    expect((await call('GET', '/v1/tenants/acme/records?id=ann')).status).toBe(400);
  });

  test('tries what if, and records nothing', async () => {
    const before = served.world.log.records.length;
    const events = [{ kind: 'agent', id: 'ann', event: { type: 'setDnd', on: true } }];
    const { status, body } = await call('POST', '/v1/tenants/acme/forks', { at: 3, events });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      at: 3,
      upTo: 4,
      ends: [{ id: 'ann', changes: [{ path: '/context/dnd', before: false, after: true }] }],
    });
    expect(served.world.log.records.length).toBe(before);
    expect((await call('POST', '/v1/tenants/acme/forks', { at: 1_000 })).status).toBe(404);
    expect((await call('POST', '/v1/tenants/acme/forks', { at: 0, upTo: 100_000 })).status).toBe(400);
    expect((await call('POST', '/v1/tenants/acme/forks', { at: 3, upTo: 2 })).status).toBe(400);
    expect(
      await call('POST', '/v1/tenants/acme/forks', { at: 3, actor: { kind: 'agent', id: 'nobody' } }),
    ).toMatchObject({
      status: 404,
      body: { detail: 'There is no actor acme/agent/nobody.' },
    });
  });

  test('tries a name that another tenant holds, and is not told who holds it', async () => {
    const logins = [{ dialect: 'xuc', name: 'bob' }];
    const person = { id: 'p', firstName: 'P', lastName: 'P', roles: [] };
    await call('POST', '/v1/tenants', { id: 'rival', name: 'Rival' });
    await call('POST', '/v1/tenants/rival/users', { ...person, id: 'secret-bob', logins });
    await call('POST', '/v1/tenants/acme/users', person);
    const claims = [{ scope: 'installation', name: 'login.xuc:bob' }];
    const events = [{ kind: 'user', id: 'p', event: { type: 'change', set: { logins }, claims } }];
    const { body } = await call('POST', '/v1/tenants/acme/forks', { at: served.world.log.records.length, events });
    expect(body.refused).toMatchObject({ reason: 'taken', details: { claim: 'login.xuc:bob' } });
    expect(JSON.stringify(body)).not.toMatch(/secret-bob|rival/);
  });

  test.each(['why', 'timeline', 'diff'])('knows no %s of what is not there', async (what) => {
    expect((await call('GET', `/v1/tenants/acme/actors/agent/bob/${what}`)).status).toBe(404);
    expect((await call('GET', `/v1/tenants/other/actors/agent/ann/${what}`)).status).toBe(404);
  });
});
