import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RESOURCES } from '../../../src/dialects/native/resources.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
const ACME = '/v1/tenants/acme';

beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  expect(await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' })).toMatchObject({ status: 201 });
});
afterAll(() => served.stop());

describe('tenants', () => {
  test('are listed, read and changed', async () => {
    expect(await call('GET', '/v1/tenants')).toMatchObject({ body: { items: [{ id: 'acme', name: 'Acme' }] } });
    expect(await call('PATCH', ACME, { timezone: 'Europe/Paris' })).toMatchObject({ status: 200 });
    expect(await call('GET', ACME)).toMatchObject({
      body: { name: 'Acme', timezone: 'Europe/Paris', actors: { tenant: 1 } },
    });
  });

  test('exist once', async () => {
    const again = await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' });
    expect(again).toMatchObject({ status: 409, body: { code: 'reason', reason: 'exists' } });
  });

  test.each(['a.b', 'a b', '*', '>', 'installation', ''])('cannot be called %j', async (id) => {
    const position = served.world.runtime.live.position;
    expect(await call('POST', '/v1/tenants', { id, name: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'badFields' },
    });
    expect(served.world.runtime.live.position).toBe(position);
  });
});

describe('a directory record', () => {
  test('is created, read, listed, changed and removed', async () => {
    const created = await call('POST', `${ACME}/skills`, { name: 'English' });
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'English', receipt: { records: [{ kind: 'skill' }] } },
    });
    const one = `${ACME}/skills/${created.body.id}`;
    expect(await call('PATCH', one, { description: 'spoken' })).toMatchObject({ status: 200 });
    expect(await call('GET', one)).toMatchObject({
      body: { name: 'English', description: 'spoken', meta: { version: 2 } },
    });
    const { meta } = (await call('GET', one)).body as { readonly meta: { readonly version: number } };
    await served.world.advance(1_000);
    expect(await call('PATCH', one, {})).toMatchObject({
      status: 200,
      body: { receipt: { records: [{ kind: 'skill' }] } },
    });
    expect((await call('GET', one)).body).toMatchObject({ meta: { ...meta, version: meta.version + 1 } });
    expect(await call('PATCH', one, { description: null })).toMatchObject({ status: 200 });
    expect((await call('GET', one)).body).not.toHaveProperty('description');
    expect((await call('GET', `${ACME}/skills`)).body.items).toHaveLength(1);
    expect(await call('DELETE', one)).toMatchObject({ status: 200 });
    expect(await call('GET', one)).toMatchObject({ status: 404, body: { code: 'unknown' } });
    expect(await call('DELETE', one)).toMatchObject({ status: 410, body: { code: 'finished' } });
  });

  test('may have the longest name there is, also where that is unique', async () => {
    const option = { id: 'longest', name: 'x'.repeat(128), kind: 'away' };
    expect(await call('POST', `${ACME}/presence-options`, option)).toMatchObject({ status: 201 });
  });

  test('takes the id that is asked for, whatever is in it', async () => {
    const id = 'a.b *>/é';
    expect(await call('POST', `${ACME}/skills`, { id, name: 'odd' })).toMatchObject({ status: 201, body: { id } });
    expect(await call('GET', `${ACME}/skills/${encodeURIComponent(id)}`)).toMatchObject({ body: { id, name: 'odd' } });
  });

  test('created twice under one key is created once, with the same receipt', async () => {
    const key = { 'idempotency-key': 'make-french' };
    const first = await call('POST', `${ACME}/skills`, { name: 'French' }, key);
    const second = await call('POST', `${ACME}/skills`, { name: 'French' }, key);
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id, receipt: first.body.receipt } });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  test('does not answer for another under the same key', async () => {
    const key = { 'idempotency-key': 'one-key' };
    await call('POST', `${ACME}/skills`, { id: 'k1', name: 'k1' }, key);
    expect(await call('POST', `${ACME}/skills`, { id: 'k2', name: 'k2' }, key)).toMatchObject({
      status: 422,
      body: { code: 'keyReused' },
    });
    expect(await call('GET', `${ACME}/skills/k2`)).toMatchObject({ status: 404 });
  });

  test('of a contact cannot be the twin of one that its owner has', async () => {
    const contact = (fields: object) => call('POST', `${ACME}/contacts`, { user: 'ann', lastName: 'Doe', ...fields });
    expect(await contact({ id: 'c1' })).toMatchObject({ status: 201 });
    const twin = { status: 409, body: { reason: 'exists' } };
    expect(await contact({ id: 'c2' })).toMatchObject(twin);
    expect(await contact({ id: 'c2', user: 'ben' })).toMatchObject({ status: 201 });
    expect(await contact({ id: 'c3', fax: '1' })).toMatchObject({ status: 201 });
    expect(await call('PATCH', `${ACME}/contacts/c3`, { fax: null })).toMatchObject(twin);
    expect(await call('PATCH', `${ACME}/contacts/c2`, { user: 'ann' })).toMatchObject(twin);
    expect(await call('PATCH', `${ACME}/contacts/c1`, { favourite: true })).toMatchObject({ status: 200 });
    expect(await call('DELETE', `${ACME}/contacts/c1`)).toMatchObject({ status: 200 });
    expect(await call('PATCH', `${ACME}/contacts/c3`, { fax: null })).toMatchObject({ status: 200 });
  });

  test('cannot take a number that another has, nor by a change', async () => {
    expect(await call('POST', `${ACME}/extensions`, { id: 'x1', number: '101' })).toMatchObject({ status: 201 });
    expect(await call('POST', `${ACME}/extensions`, { id: 'x2', number: '101' })).toMatchObject({
      status: 409,
      body: { reason: 'taken' },
    });
    expect(await call('POST', `${ACME}/extensions`, { id: 'x3', number: '103' })).toMatchObject({ status: 201 });
    expect(await call('PATCH', `${ACME}/extensions/x3`, { number: '101' })).toMatchObject({ status: 409 });
    expect(await call('PATCH', `${ACME}/extensions/x1`, { number: '102' })).toMatchObject({ status: 200 });
    expect(await call('PATCH', `${ACME}/extensions/x3`, { number: '101' })).toMatchObject({ status: 200 });
  });

  test('with fields that do not fit names each of them and records nothing', async () => {
    const position = served.world.runtime.live.position;
    const answer = await call('POST', `${ACME}/users`, { firstName: 7, roles: ['king'], shoes: 'red' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'badFields' } });
    const fields = answer.body.problems as { field: string }[];
    expect(fields.map(({ field }) => field).sort()).toEqual(['', 'firstName', 'lastName', 'roles.0']);
    expect(served.world.runtime.live.position).toBe(position);
  });

  test('pages from cursor to cursor', async () => {
    for (let n = 0; n < 5; n++) await call('POST', `${ACME}/places`, { name: `desk ${n}` });
    const names: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Awaited<ReturnType<Call>> = await call(
        'GET',
        `${ACME}/places?limit=2&cursor=${next}`.replace(/&cursor=$/, ''),
      );
      names.push(...(page.body.items as { name: string }[]).map(({ name }) => name));
      next = page.body.next as string | undefined;
    }
    expect(names).toEqual(['desk 0', 'desk 1', 'desk 2', 'desk 3', 'desk 4']);
  });

  test('is shown as of a past moment', async () => {
    const before = served.world.runtime.live.position;
    await call('POST', `${ACME}/roles`, { id: 'r1', name: 'late', permissions: [] });
    expect(await call('GET', `${ACME}/roles/r1`)).toMatchObject({ status: 200 });
    expect(await call('GET', `${ACME}/roles/r1?as_of=${before}`)).toMatchObject({ status: 404 });
    expect(await call('GET', `${ACME}/roles/r1`, undefined, { 'as-of': '999999' })).toMatchObject({
      status: 404,
      body: { code: 'momentUnavailable' },
    });
    expect(await call('GET', `${ACME}/roles/r1?as_of=soon`)).toMatchObject({
      status: 400,
      body: { code: 'badParameter' },
    });
  });

  test('has routes for every kind in the table', async () => {
    for (const { plural } of RESOURCES) expect(await call('GET', `${ACME}/${plural}`)).toMatchObject({ status: 200 });
  });
});

test.each([
  ['disabled', 'shut', (id: string) => call('PATCH', `${ACME}/users/${id}`, { enabled: false })],
  ['removed', 'gone', (id: string) => call('DELETE', `${ACME}/users/${id}`)],
])('a user who is %s is logged out as an agent by the same command', async (_, id, shut) => {
  const user = { id, firstName: id, lastName: 'Ves', roles: ['agent'], enabled: true, agent: id };
  expect(await call('POST', `${ACME}/users`, user)).toMatchObject({ status: 201 });
  const to = { tenant: 'acme', kind: 'agent', id };
  await served.world.record('acme', { to, event: { type: 'create', line: '1', presence: 'ready' } });
  const { body } = await shut(id);
  const { position } = body.receipt as { readonly position: number };
  expect(await call('GET', `${ACME}/agents/${id}`)).toMatchObject({ body: { presence: 'signedOut', position } });
});

describe('a line', () => {
  const agentOf = async (id: string) => (await call('GET', `${ACME}/agents/${id}`)).body;

  /** His own line is `own`; he works on it, or on another. */
  const givenAgent = async (id: string, own: string, worksOn?: string) => {
    const to = { tenant: 'acme', kind: 'agent', id };
    const signIn = worksOn === undefined ? [] : [{ type: 'signIn', line: worksOn, initial: 'ready' }];
    for (const event of [{ type: 'create', line: own }, ...signIn]) await served.world.record('acme', { to, event });
  };

  test('that is removed leaves nobody at work on it, and nobody with it for his own', async () => {
    await call('POST', `${ACME}/extensions`, { id: '301', number: '301' });
    await givenAgent('owner', '301', '301');
    await givenAgent('guest', '302', '301');
    await givenAgent('away', '301', '302');
    const key = { 'Idempotency-Key': 'line-gone' };
    const { body } = await call('DELETE', `${ACME}/extensions/301`, undefined, key);
    expect(await agentOf('owner')).toMatchObject({ presence: 'signedOut', line: null });
    expect(await agentOf('guest')).toMatchObject({ presence: 'signedOut', line: '302' });
    expect(await agentOf('away')).toMatchObject({ presence: 'ready', line: '302' });
    expect(await call('DELETE', `${ACME}/extensions/301`, undefined, key)).toMatchObject({ status: 200, body });
    await served.world.record('acme', {
      to: { tenant: 'acme', kind: 'agent', id: 'away' },
      event: { type: 'signOut' },
    });
    expect(await agentOf('away')).toMatchObject({ line: null });
  });

  test('that has another number takes its owner along, and nobody else', async () => {
    await call('POST', `${ACME}/extensions`, { id: '311', number: '311' });
    await givenAgent('host', '311', '311');
    await givenAgent('visitor', '312', '311');
    expect(await call('PATCH', `${ACME}/extensions/311`, { firstName: 'Ho' })).toMatchObject({ status: 200 });
    expect(await agentOf('visitor')).toMatchObject({ presence: 'ready', line: '311' });
    expect(await call('PATCH', `${ACME}/extensions/311`, { number: '313' })).toMatchObject({ status: 200 });
    expect(await agentOf('host')).toMatchObject({ presence: 'ready', line: '313' });
    expect(await agentOf('visitor')).toMatchObject({ presence: 'signedOut', line: '312' });
  });
});

describe('the members of a queue', () => {
  test('come and go one by one', async () => {
    await call('POST', `${ACME}/queues`, { id: 'q', name: 'q', extension: '200', members: [] });
    expect(await call('PUT', `${ACME}/queues/q/members/ann`, {})).toMatchObject({ status: 404 });
    for (const id of ['ann', 'ben']) await call('POST', `${ACME}/agents`, { id });
    await call('PUT', `${ACME}/queues/q/members/ann`, {});
    await call('PUT', `${ACME}/queues/q/members/ben`, { penalty: 2 });
    await call('PUT', `${ACME}/queues/q/members/ann`, { penalty: 1 });
    const members = [
      { agent: 'ben', penalty: 2 },
      { agent: 'ann', penalty: 1 },
    ];
    expect(await call('GET', `${ACME}/queues/q`)).toMatchObject({ body: { members } });
    expect(await call('DELETE', `${ACME}/queues/q/members/ben`)).toMatchObject({ status: 200 });
    expect(await call('GET', `${ACME}/queues/q`)).toMatchObject({ body: { members: [{ agent: 'ann' }] } });
    expect(await call('PUT', `${ACME}/queues/none/members/ann`, {})).toMatchObject({ status: 404 });
    expect(await call('DELETE', `${ACME}/queues/q/members/ben`)).toMatchObject({
      status: 404,
      body: { detail: 'There is no member ben of queue q.' },
    });
    const key = { 'Idempotency-Key': 'out' };
    expect(await call('DELETE', `${ACME}/queues/q/members/ann`, undefined, key)).toMatchObject({ status: 200 });
    expect(await call('DELETE', `${ACME}/queues/q/members/ann`, undefined, key)).toMatchObject({ status: 200 });
  });
});

test('texts are counted', async () => {
  for (const kind of ['sms', 'mms', 'sms']) await call('POST', `${ACME}/texts`, { kind });
  expect(await call('GET', ACME)).toMatchObject({ body: { smsCount: 2, mmsCount: 1 } });
});

describe('credentials', () => {
  beforeAll(async () => {
    for (const id of ['ann', 'ben']) {
      await call('POST', `${ACME}/users`, { id, firstName: id, lastName: 'A', roles: ['agent'] });
    }
  });
  const signIn = (name: string, password: string) =>
    served.world.identity.byPassword({ dialect: 'gws', name, password, address: '192.0.2.1' });

  test('let their user sign in until they are changed or removed', async () => {
    const made = await call('POST', `${ACME}/users/ann/credentials`, { dialect: 'gws', name: 'ann', password: 'one' });
    expect(made).toMatchObject({ status: 201 });
    expect(await signIn('ann', 'one')).toMatchObject({ ok: true, principal: { user: 'ann', tenant: 'acme' } });

    const one = `${ACME}/users/ann/credentials/${made.body.id}`;
    expect(await call('PATCH', one, { password: 'two' })).toMatchObject({ status: 200 });
    expect(await signIn('ann', 'one')).toMatchObject({ ok: false });
    expect(await signIn('ann', 'two')).toMatchObject({ ok: true });

    expect(await call('DELETE', one)).toMatchObject({ status: 200 });
    expect(await signIn('ann', 'two')).toMatchObject({ ok: false });
    expect(await call('GET', `${ACME}/users/ann`)).toMatchObject({ body: { logins: [] } });
  });

  test('for a login that their user lists already add no other', async () => {
    const login = { dialect: 'xuc', name: 'listed' };
    const listed = { id: 'cid', firstName: 'Cid', lastName: 'A', roles: ['agent'], logins: [login] };
    expect(await call('POST', `${ACME}/users`, listed)).toMatchObject({ status: 201 });
    const asked = { ...login, password: 'secret' };
    expect(await call('POST', `${ACME}/users/cid/credentials`, asked)).toMatchObject({ status: 201 });
    expect((await call('GET', `${ACME}/users/cid`)).body.logins).toEqual([login]);
    const proven = await served.world.identity.byPassword({ ...asked, dialect: 'xuc', address: '192.0.2.1' });
    expect(proven).toMatchObject({ ok: true, principal: { user: 'cid' } });
  });

  test('give a name to one user only', async () => {
    const same = { dialect: 'gws', name: 'shared', allowEmpty: true };
    expect(await call('POST', `${ACME}/users/ann/credentials`, same)).toMatchObject({ status: 201 });
    // The name is unique in the whole installation: whose it is may be another tenant's business.
    const taken = await call('POST', `${ACME}/users/ben/credentials`, same);
    expect(taken).toMatchObject({
      status: 409,
      body: { reason: 'taken', detail: 'The login shared of gws is taken.' },
    });
    expect(taken.body.details).toEqual({ claim: 'login.gws:shared' });
    expect(await call('POST', `${ACME}/users/ann/credentials`, same)).toMatchObject({ status: 409 });
    expect(await signIn('shared', '')).toMatchObject({ principal: { user: 'ann' } });
    expect(await call('PATCH', `${ACME}/users/ann`, { logins: [] })).toMatchObject({ status: 200 });
    expect(await signIn('shared', '')).toMatchObject({ ok: false });
  });

  test('never show a hash, in any answer', async () => {
    await call('POST', `${ACME}/users/ben/credentials`, { dialect: 'xuc', name: 'ben', password: 'secret' });
    const list = await call('GET', `${ACME}/users/ben/credentials`);
    expect(list.body.items).toEqual([
      { id: expect.any(String), dialect: 'xuc', name: 'ben', hasPassword: true, allowEmpty: false },
    ]);
    const [{ id }] = list.body.items as [{ id: string }];
    expect(await call('GET', `${ACME}/actors/credential/${id}`)).toMatchObject({ status: 404 });
    expect(await call('GET', `${ACME}/actors/credential/${id}/history`)).toMatchObject({ status: 404 });
    expect((await call('GET', `${ACME}/actors?kind=credential`)).body.items).toEqual([]);
  });

  test('of another user are not there', async () => {
    const list = await call('GET', `${ACME}/users/ben/credentials`);
    const [{ id }] = list.body.items as [{ id: string }];
    expect(await call('DELETE', `${ACME}/users/ann/credentials/${id}`)).toMatchObject({ status: 404 });
  });
});
