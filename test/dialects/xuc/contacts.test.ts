/** Personal contacts as a client sees them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LedgerlineError } from '../../../src/errors.ts';
import type { Runtime } from '../../../src/model/runtime.ts';
import { givenXuc, type XucWorld } from './given.ts';

const HEADERS = ['Firstname', 'Lastname', 'Number', 'Mobile', 'Favorite'];
const DOE = {
  firstname: 'doe',
  lastname: 'john',
  number: '1111',
  mobile: '2222',
  fax: '3333',
  email: 'j.doe@my.corp',
  company: 'corp',
};
const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let world: XucWorld;
let token: string;
/** Thrown by every submit. */
let fault: Error | undefined;
/** So many more find the log, the others do not. */
let submitsLeft = Number.POSITIVE_INFINITY;

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  world.call(method, `contact/${path}`, { token, headers, ...(body === undefined ? {} : { body }) });
const add = async (body: unknown) => (await call('POST', 'personal', body)).json as { readonly id: string };
const bring = (body: string | Uint8Array, type = 'text/csv;charset=UTF-8') =>
  call('POST', 'import/personal', body, { 'content-type': type });

beforeAll(async () => {
  world = await givenXuc({ runtimeOf: faulty });
});
afterAll(() => world.stop());
beforeEach(async () => {
  fault = undefined;
  token = await world.token('cquefia');
  await call('DELETE', 'personal');
});

function faulty(runtime: Runtime): Runtime {
  return {
    live: runtime.live,
    reach: runtime.reach,
    query: (moment) => runtime.query(moment),
    positionAt: (time) => runtime.positionAt(time),
    follow: (options) => runtime.follow(options),
    replay: (range) => runtime.replay(range),
    submit(command) {
      if (fault !== undefined) return Promise.reject(fault);
      submitsLeft -= 1;
      if (submitsLeft < 0) return Promise.reject(new LedgerlineError('unavailable', 'the log cannot be reached'));
      return runtime.submit(command);
    },
  };
}

describe('one contact', () => {
  test('is created with an id, read, replaced and deleted', async () => {
    const created = await call('POST', 'personal', Object.fromEntries(Object.entries(DOE).reverse()));
    const { id, ...rest } = created.json as { readonly id: string };
    expect({ status: created.status, rest }).toEqual({ status: 201, rest: DOE });
    expect(id).toMatch(UUID_4);
    const printed = ['id', 'firstname', 'lastname', 'number', 'mobile', 'fax', 'email', 'company'];
    expect(Object.keys(created.json as object)).toEqual(printed);
    expect(await call('GET', `personal/${id}`)).toMatchObject({ status: 200, json: { id, ...DOE } });

    const replaced = await call('PUT', `personal/${id}`, { id: 'another', lastname: 'doe' });
    expect(replaced).toMatchObject({ status: 200, json: { id, lastname: 'doe' } });
    expect((await call('GET', `personal/${id}/`)).json).toEqual({ id, lastname: 'doe' });

    const deleted = await call('DELETE', `personal/${id}`);
    expect(deleted).toMatchObject({ status: 204, text: '' });
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, `personal/${id}`)).toMatchObject({ status: 404, json: { error: 'ContactNotFound' } });
    }
    expect(await call('PUT', `personal/${id}`, DOE)).toMatchObject({ status: 404, json: { error: 'ContactNotFound' } });
  });

  test.each([
    ['{', 500, 'JsonParsingError'],
    ['', 500, 'JsonParsingError'],
    [{ firstname: 1 }, 400, 'InvalidContact'],
    [{ firstname: null }, 400, 'InvalidContact'],
    [{ '': 'x' }, 400, 'InvalidContact'],
    [{ nickname: 'x' }, 400, 'InvalidContact'],
    [{}, 400, 'InvalidContact'],
    [{ firstname: '' }, 400, 'InvalidContact'],
    [{ id: 'only' }, 400, 'InvalidContact'],
    ['[]', 400, 'InvalidContact'],
    [{ firstname: 'x'.repeat(256) }, 400, 'InvalidContact'],
  ])('cannot be %j', async (body, status, error) => {
    expect(await call('POST', 'personal', body)).toMatchObject({ status, json: { error } });
    const { id } = await add({ firstname: 'there' });
    expect(await call('PUT', `personal/${id}`, body)).toMatchObject({ status, json: { error } });
  });

  test('exists once, whoever asks first', async () => {
    const answers = await Promise.all([call('POST', 'personal', DOE), call('POST', 'personal', DOE)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await call('POST', 'personal', DOE)).toMatchObject({ status: 409, json: { error: 'DuplicateContact' } });
    const { id } = await add({ ...DOE, fax: '4444' });
    expect(await call('PUT', `personal/${id}`, DOE)).toMatchObject({
      status: 409,
      json: { error: 'DuplicateContact' },
    });
    expect(await call('PUT', `personal/${id}`, { ...DOE, fax: '4444' })).toMatchObject({ status: 200 });
    expect(await call('PUT', `personal/${id}`, { ...DOE, fax: '' })).toMatchObject({ status: 200 });
  });

  test('is not refused for another that is made at the same time', async () => {
    const numbers = Array.from({ length: 8 }, (_, index) => String(index));
    const answers = await Promise.all(numbers.map((number) => call('POST', 'personal', { ...DOE, number })));
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 201));
  });

  test('may be made again once it is deleted, and by somebody else at any time', async () => {
    const { id } = await add(DOE);
    await call('DELETE', `personal/${id}`);
    expect(await call('POST', 'personal', DOE)).toMatchObject({ status: 201 });
    token = await world.token('bruce');
    expect(await call('POST', 'personal', DOE)).toMatchObject({ status: 201 });
  });

  test('of another person is not there', async () => {
    const { id } = await add(DOE);
    token = await world.token('bruce');
    for (const [method, body] of [['GET'], ['DELETE'], ['PUT', DOE]] as const) {
      expect(await call(method, `personal/${id}`, body)).toMatchObject({ status: 404 });
    }
  });

  test('is made once by a request that is repeated with its key', async () => {
    const key = { 'idempotency-key': 'the-same' };
    const [first, second] = [await call('POST', 'personal', DOE, key), await call('POST', 'personal', DOE, key)];
    expect(second).toMatchObject({ status: 201, json: first.json });
  });

  test('is not said to be made under a key that made another, or that of somebody else', async () => {
    const key = { 'idempotency-key': 'one-for-all' };
    const reused = {
      status: 400,
      json: { error: 'InvalidContact', message: expect.stringContaining('another request') },
    };
    expect(await call('POST', 'personal', DOE, key)).toMatchObject({ status: 201 });
    expect(await call('POST', 'personal', { ...DOE, fax: '4' }, key)).toMatchObject(reused);
    token = await world.token('bruce');
    expect(await call('POST', 'personal', DOE, key)).toMatchObject(reused);
    const registered = await world.call('POST', 'mobile/push/register', { token, headers: key, body: { token: 'x' } });
    expect(registered).toMatchObject({ status: 400, json: { error: 'JsonErrorDecoding' } });
  });
});

describe('the list', () => {
  test('is the printed one for john', async () => {
    token = await world.token('john');
    expect(await call('GET', 'personal')).toMatchObject({
      status: 200,
      json: {
        entries: [
          { status: 0, entry: ['hawkeye', 'pierce', '1002', '0761187406', 'false'] },
          { status: -2, entry: ['peter', 'pan', '1004', '', 'false'] },
        ],
        headers: HEADERS,
      },
    });
  });

  test('is sorted by name, follows every change, and is empty in the end', async () => {
    expect((await call('GET', 'personal')).json).toEqual({ entries: [], headers: HEADERS });
    const { id } = await add({ firstname: 'b', lastname: 'y' });
    await add({ firstname: 'b', lastname: 'x' });
    await add({ lastname: 'z' });
    const names = async () => {
      const { entries } = (await call('GET', 'personal')).json as { readonly entries: { entry: string[] }[] };
      return entries.map(({ entry }) => entry.slice(0, 2).join(''));
    };
    expect(await names()).toEqual(['z', 'bx', 'by']);
    await call('PUT', `personal/${id}`, { firstname: 'a' });
    expect(await names()).toEqual(['z', 'a', 'bx']);
    expect(await call('DELETE', 'personal')).toMatchObject({ status: 204, text: '' });
    expect(await names()).toEqual([]);
  });

  test('tells what the telephone behind a number does, as soon as it does it', async () => {
    await add({ firstname: 'alice', number: '1058' });
    const status = async () =>
      ((await call('GET', 'personal')).json as { entries: { status: number }[] }).entries[0]?.status;
    expect(await status()).toBe(0);
    const to = { tenant: 'avencall', kind: 'agent', id: 'alicej' };
    await world.world.record('avencall', { to, event: { type: 'line.unreachable', line: '1058' } });
    await expect.poll(status).toBe(4);
    await world.world.record('avencall', { to, event: { type: 'line.reachable', line: '1058' } });
    await expect.poll(status).toBe(0);
  });

  test('can be asked for as it was', async () => {
    await add({ firstname: 'old' });
    const { position } = world.world.runtime.live;
    await add({ firstname: 'new' });
    const { json } = await call('GET', 'personal', undefined, { 'as-of': String(position) });
    expect(json).toMatchObject({ entries: [{ entry: ['old', '', '', '', 'false'] }] });
  });
});

describe('a token', () => {
  test('is taken from three places and asked for by name', async () => {
    const ask = (path: string, headers = {}) => world.call('GET', path, { headers });
    expect(await ask(`contact/personal?token=${token}`)).toMatchObject({ status: 200 });
    expect(await ask('contact/personal', { authorization: `Bearer ${token}` })).toMatchObject({ status: 200 });
    expect(await ask('contact/personal')).toMatchObject({
      status: 401,
      json: { error: 'AuthorizationHeaderNotFound' },
    });
    expect(await ask('contact/personal', { 'x-auth-token': 'x' })).toMatchObject({
      status: 401,
      json: { error: 'InvalidToken' },
    });
  });
});

describe('export', () => {
  test('writes the columns in use, in the order of the alphabet', async () => {
    expect(await call('GET', 'export/personal')).toMatchObject({ status: 204, text: '' });
    await add({
      lastname: 'Doe',
      firstname: 'John',
      number: '1111',
      mobile: '2222',
      fax: '3333',
      company: 'corp',
      email: 'jdoe@company.corp',
    });
    const { status, headers, text } = await call('GET', 'export/personal');
    expect({ status, type: headers.get('content-type'), text }).toEqual({
      status: 200,
      type: 'text/csv; charset=utf-8',
      text: 'company,email,fax,firstname,lastname,mobile,number\r\ncorp,jdoe@company.corp,3333,John,Doe,2222,1111\r\n',
    });
  });

  test('comes back as it went out, formulas, quotes and line ends included', async () => {
    await add({ firstname: '=1+1', number: '+33123', company: 'a "b", c\r\nd' });
    await add({ lastname: '@x', company: 'two\nlines' });
    await add({ lastname: 'née Übel', firstname: '陈' });
    await add({ lastname: 'old\rmac' });
    const { text } = await call('GET', 'export/personal');
    await call('DELETE', 'personal');
    expect((await bring(text)).status).toBe(201);
    expect((await call('GET', 'export/personal')).text).toBe(text);
  });
});

describe('import', () => {
  test('of what was exported adds nothing, also where a contact has empty texts', async () => {
    await add({ firstname: '', lastname: 'Wayne', mobile: '' });
    await add({ lastname: 'two\nlines' });
    const { text } = await call('GET', 'export/personal');
    expect(await bring(text)).toMatchObject({ status: 201, json: { created: { length: 2 }, failed: [] } });
    expect((await call('GET', 'personal')).json).toMatchObject({ entries: { length: 2 } });
  });

  test('creates what it can and says of each other line why not', async () => {
    const csv = 'firstname,lastname\nBruce,Wayne\ntoo,many,fields\n\nfew\n,\nStephen,Hawking\n';
    const { status, json } = await bring(csv);
    expect(status).toBe(201);
    expect(json).toEqual({
      created: [
        { id: expect.stringMatching(UUID_4), firstname: 'Bruce', lastname: 'Wayne' },
        { id: expect.stringMatching(UUID_4), firstname: 'Stephen', lastname: 'Hawking' },
      ],
      failed: [
        { line: 3, errors: ['too many fields'] },
        { line: 5, errors: ['missing fields'] },
        { line: 6, errors: ['the contact is empty'] },
      ],
    });
  });

  test('takes line ends of every kind in one file, and counts each of them once', async () => {
    const csv = 'firstname,lastname\r\nBruce,Wayne\nfew\r"two\r\nlines",here\n\r\nPeter,Pan,more\r\nStephen,Hawking\r';
    const { json } = await bring(csv);
    expect(json).toMatchObject({
      created: [{ lastname: 'Wayne' }, { firstname: 'two\r\nlines', lastname: 'here' }, { lastname: 'Hawking' }],
      failed: [{ line: 3 }, { line: 7 }],
    });
  });

  test('repeated, it adds nothing and gives the ids there are', async () => {
    const csv = 'lastname\nWayne\nHawking\nWayne\n';
    const first = await bring(csv);
    const second = await bring(csv);
    expect(second).toMatchObject({ status: 201, json: first.json });
    const { created } = second.json as { readonly created: { readonly id: string }[] };
    expect(created.map(({ id }) => id)).toEqual([created[0]?.id, created[1]?.id, created[0]?.id]);
    expect((await call('GET', 'personal')).json).toMatchObject({ entries: { length: 2 } });
  });

  test('meets an import of the same lines on the way', async () => {
    const csv = ['lastname', ...Array.from({ length: 600 }, (_, index) => `n${index}`)].join('\r\n');
    const [one, other] = await Promise.all([bring(csv), bring(csv)]);
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(other.json).toEqual(one.json);
    expect((await call('GET', 'personal')).json).toMatchObject({ entries: { length: 600 } });
    expect(world.messages).toContain('importing contacts');
  });

  test('meets single contacts on the way, some of them its own', async () => {
    const csv = ['lastname', ...Array.from({ length: 1_200 }, (_, index) => `n${index}`)].join('\r\n');
    const importing = bring(csv);
    const singles = ['n0', 'n700', 'n1199', 'single'].map((lastname) => call('POST', 'personal', { lastname }));
    expect(await importing).toMatchObject({ status: 201, json: { created: { length: 1_200 }, failed: [] } });
    await Promise.all(singles);
    expect((await call('GET', 'personal')).json).toMatchObject({ entries: { length: 1_201 } });
  });

  test('cut off in the middle and repeated with its key, it makes what is left', async () => {
    const csv = ['lastname', ...Array.from({ length: 300 }, (_, index) => `n${index}`)].join('\n');
    const send = () =>
      call('POST', 'import/personal', csv, { 'content-type': 'text/csv', 'idempotency-key': 'one-import' });
    submitsLeft = 1;
    expect(await send()).toMatchObject({ status: 503, json: { error: 'Unreachable' } });
    submitsLeft = Number.POSITIVE_INFINITY;
    expect(await send()).toMatchObject({ status: 201, json: { created: { length: 300 }, failed: [] } });
    expect((await call('GET', 'personal')).json).toMatchObject({ entries: { length: 300 } });
  });

  test('reads a backslash and an n as a line end where there is no other', async () => {
    const printed =
      'company,email,fax,firstname,lastname,mobile,number\\ncorp,jdoe@company.corp,3333,John,Doe,2222,1111';
    expect(await bring(printed)).toMatchObject({ status: 201, json: { created: [{ company: 'corp' }], failed: [] } });
  });

  test('reads other charsets, and a byte order mark', async () => {
    const cp1252 = Uint8Array.from([...Buffer.from('lastname\nn'), 0xe9, 0x65]);
    const send = async (body: Uint8Array, type: string) =>
      (
        await fetch(`${world.url}/xuc/api/2.0/contact/import/personal`, {
          method: 'POST',
          body: Buffer.from(body),
          headers: { 'x-auth-token': token, 'content-type': type },
        })
      ).json();
    expect(await send(cp1252, 'text/csv; charset=cp1252')).toMatchObject({ created: [{ lastname: 'née' }] });
    expect(await send(cp1252, 'text/csv')).toMatchObject({ error: 'InvalidContact' });
    expect(await send(cp1252, 'text/csv; charset=klingon')).toMatchObject({ error: 'InvalidContact' });
    expect(await send(Buffer.from('\ufefflastname\nÜber'), 'text/csv')).toMatchObject({
      created: [{ lastname: 'Über' }],
    });
  });

  test('fails a line that names a contact there is', async () => {
    const { id } = await add({ lastname: 'there' });
    const { json } = await bring(`id,lastname\n${id},x\n,y\n`);
    expect(json).toMatchObject({
      created: [{ lastname: 'y' }],
      failed: [{ line: 2, errors: [`contact "${id}" already exist`] }],
    });
  });

  test.each(['', 'lastname\n', 'lastname\n"open', 'a,b\nc', ',lastname\nx,y\n', 'nickname\nx\n'])(
    'creates nothing from %j',
    async (csv) => {
      expect(await bring(csv)).toMatchObject({ status: 400, json: { error: 'InvalidContact' } });
      expect((await call('GET', 'personal')).json).toMatchObject({ entries: [] });
    },
  );

  test('counts the lines of a quoted field', async () => {
    const { json } = await bring('lastname,company\nx,"a\nb"\ny\n');
    expect(json).toMatchObject({ created: [{ company: 'a\nb' }], failed: [{ line: 4, errors: ['missing fields'] }] });
  });
});

describe('what is behind', () => {
  test('is unreachable: the same request may be repeated', async () => {
    fault = new LedgerlineError('unavailable', 'the log cannot be reached');
    const answer = await call('POST', 'personal', DOE);
    expect(answer).toMatchObject({ status: 503, json: { error: 'Unreachable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('breaks in a way nobody thought of, and tells nothing of it', async () => {
    fault = new Error('a secret of the house');
    const answer = await call('POST', 'personal', DOE);
    expect(answer).toMatchObject({ status: 500, json: { error: 'NotHandledError' } });
    expect(answer.text).not.toContain('secret');
  });
});
