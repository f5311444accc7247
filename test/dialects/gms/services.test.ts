import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LedgerlineError } from '../../../src/errors.ts';
import { digestOf } from '../../../src/model/digest.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { type Asked, type GivenGms, givenGms, partsOf } from './given.ts';

let gms: GivenGms;
beforeEach(async () => {
  gms = await givenGms();
});
afterEach(() => gms.stop());

const record = (kind: string, id: string, event: JsonObject & { type: string }) =>
  gms.world.record('genesys', { to: { tenant: 'genesys', kind, id }, event });
const configure = (name: string, attributes: JsonObject) =>
  record('service-configuration', name, { type: 'create', attributes: { name, ...attributes } });
const group = (name: string, attributes: JsonObject) =>
  record('resource-group', name, { type: 'create', attributes: { name, numbers: [], ...attributes } });
const ask = (name: string, form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Asked> =>
  gms.ask(`POST /${name}`, { form, headers });

describe('access numbers', () => {
  it('are shared where they are given out at random', async () => {
    const numbers = await Promise.all(Array.from({ length: 5 }, () => ask('request-interaction')));
    expect(numbers.map(({ body }) => body._access_number)).toEqual(Array(5).fill('8003449999'));
  });

  it.each(['local', 'cluster'])('are locked by the %s strategy until match, deletion or expiry', async (allocation) => {
    await group('LOCKED', { numbers: ['1', '2'], allocation });
    await configure('locked', { service: 'request-interaction', resourceGroup: 'LOCKED', ttlSeconds: 60 });
    const first = (await ask('locked')).body;
    const second = (await ask('locked')).body;
    expect([first._access_number, second._access_number].sort()).toEqual(['1', '2']);
    const none = await ask('locked');
    expect([none.status, none.body]).toEqual([503, { message: 'No access number available' }]);

    expect((await ask('match-interaction', { _access_number: first._access_number })).body._id).toBe(first._id);
    expect((await ask('locked')).body._access_number).toBe(first._access_number);
    await gms.ask(`DELETE /${second._id}`);
    expect((await ask('locked')).body._access_number).toBe(second._access_number);
    await gms.world.advance(60_000);
    expect((await ask('locked')).status).toBe(200);
  });

  it('are given anew to the service that has the last one', async () => {
    await group('LOCKED', { numbers: ['1'], allocation: 'local' });
    await configure('locked', { service: 'request-interaction', resourceGroup: 'LOCKED', ttlSeconds: 60 });
    const { _id } = (await ask('locked')).body;
    const again = await ask('request-access', { _id, _resource_group: 'LOCKED', _provide_code: 'true' });
    expect(again.body).toEqual({ _access_number: '1', _access_code: expect.stringMatching(/^\d{6}$/) });
    expect((await ask('locked')).status).toBe(503);
    const found = await ask('match-interaction', { _access_number: '1', _access_code: again.body._access_code });
    expect(found.body._id).toBe(_id);
    expect((await ask('locked')).body._access_number).toBe('1');
  });

  it('that many ask for at once are given to one each', async () => {
    await group('LOCKED', { numbers: ['1', '2', '3'], allocation: 'local' });
    await configure('locked', { service: 'request-interaction', resourceGroup: 'LOCKED' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask('locked')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 503, 503, 503]);
    const given = answers.flatMap(({ body }) => body._access_number ?? []);
    expect(given.sort()).toEqual(['1', '2', '3']);
  });

  it('that are booked for a time come back after it, and the service goes on', async () => {
    await group('LOCKED', { numbers: ['1'], allocation: 'cluster' });
    await configure('booked', {
      service: 'request-interaction',
      resourceGroup: 'LOCKED',
      ttlSeconds: 3600,
      bookingExpirationSeconds: 60,
    });
    const { _id } = (await ask('booked')).body;
    expect((await ask('booked')).status).toBe(503);
    await gms.world.advance(60_000);
    expect((await gms.ask(`GET /${_id}/storage`)).status).toBe(200);
    expect((await ask('booked')).body._access_number).toBe('1');
  });

  it('come with the health of their group where the configuration says so, or a request that may', async () => {
    await group('LOCKED', { numbers: ['1', '2', '3'], allocation: 'local' });
    const locked = { service: 'request-interaction', resourceGroup: 'LOCKED' };
    await configure('telling', { ...locked, returnPoolHealth: true });
    await configure('silent', { ...locked, returnPoolHealth: false });
    const health = (_available: string) => ({ _resource_group: 'LOCKED', _size: '3', _available });
    expect((await ask('telling')).body._pool_health).toEqual(health('2'));
    expect((await ask('silent', { _return_pool_health: 'true' })).body).not.toHaveProperty('_pool_health');
    expect((await ask('telling')).body._pool_health).toEqual(health('0'));
    const { body } = await ask('request-interaction', { _return_pool_health: 'true' });
    expect(body._pool_health).toEqual({ _resource_group: 'DNIS', _size: '1', _available: '1' });
    const access = { _id: body._id, _return_pool_health: 'true' };
    expect((await ask('request-access', access)).body._pool_health).toMatchObject({ _size: '1' });
  });

  it('of a group that is not there, or is empty, are not available', async () => {
    await group('EMPTY', {});
    await configure('nowhere', { service: 'request-interaction', resourceGroup: 'NOWHERE' });
    await configure('empty', { service: 'request-interaction', resourceGroup: 'EMPTY' });
    expect((await ask('nowhere')).status).toBe(503);
    expect((await ask('empty')).status).toBe(503);
  });
});

describe('access codes', () => {
  it('are one each until all are given out, and free again after a match', async () => {
    await configure('short-code', { service: 'request-interaction', accessCodeLength: 1 });
    const answers = await Promise.all(Array.from({ length: 11 }, () => ask('short-code', { _provide_code: 'true' })));
    const codes = answers.flatMap(({ body }) => body._access_code ?? []);
    expect(codes.sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(1);
    await ask('match-interaction', { _access_number: '8003449999', _access_code: '7' });
    expect((await ask('short-code', { _provide_code: 'true' })).body._access_code).toBe('7');
  });

  it.each([
    ['9', /^9\d{3}$/],
    ['7-9', /^[789]\d{3}$/],
    ['98-101', /^(98|99|100|101)\d{1,2}$/],
  ])('begin with the prefix %s of their group', async (accessCodePrefix, pattern) => {
    await record('resource-group', 'DNIS', { type: 'change', set: { accessCodePrefix } });
    for (let count = 0; count < 5; count += 1) {
      const { _access_code } = (await ask('request-interaction', { _provide_code: 'true' })).body;
      expect(_access_code).toMatch(pattern);
      expect(_access_code).toHaveLength(4);
    }
  });

  it.each([
    ['abcd', 'For input string: "abcd"'],
    ['9999999999', 'For input string: "9999999999"'],
    ['1234', 'n must be positive'],
    ['12345', 'n must be positive'],
  ])('with the prefix %s fail in the words of the documented server', async (accessCodePrefix, message) => {
    await record('resource-group', 'DNIS', { type: 'change', set: { accessCodePrefix } });
    const answer = await ask('request-interaction', { _provide_code: 'true' });
    expect([answer.status, answer.phrase, answer.body]).toEqual([500, 'Server Error', { message }]);
    expect((await ask('request-interaction')).status).toBe(200);
  });

  it('are nowhere in what outsiders may see', async () => {
    const { _id, _access_code } = (await ask('request-interaction', { _provide_code: 'true' })).body;
    const { live } = gms.world.runtime;
    let seen = 0;
    for await (const record of gms.world.runtime.replay({ after: 0, upTo: live.position })) {
      if (record.actor.id !== _id && !record.actor.id.startsWith('access:')) continue;
      seen += 1;
      const says = JSON.stringify(record.transition).includes(`"${_access_code}"`);
      if (record.visibility === 'public') expect(says).toBe(false);
    }
    expect(seen).toBe(4);
  });
});

describe('options', () => {
  it('of the configuration win over the request, but for those it lets be overwritten', async () => {
    await group('OTHER', { numbers: ['1'] });
    const both = { service: 'request-interaction', ttlSeconds: 60, accessCodeLength: 4, resourceGroup: 'DNIS' };
    await configure('fixed', both);
    await configure('open', { ...both, overwritableOptions: ['_access_code_length', 'resource_group'] });
    const form = { _provide_code: 'true', _access_code_length: '8', _resource_group: 'OTHER' };
    expect((await ask('fixed', form)).body).toMatchObject({
      _access_number: '8003449999',
      _access_code: expect.stringMatching(/^\d{4}$/),
    });
    expect((await ask('open', form)).body).toMatchObject({
      _access_number: '1',
      _access_code: expect.stringMatching(/^\d{8}$/),
    });
  });

  it('that nobody says have the documented defaults: 30 seconds, no code', async () => {
    await configure('plain', { service: 'request-interaction' });
    const { _id, _access_code } = (await ask('plain', { _ttl: 'soon' })).body;
    expect(_access_code).toBeUndefined();
    await gms.world.advance(29_999);
    expect((await gms.ask(`GET /${_id}/storage`)).status).toBe(200);
    await gms.world.advance(1);
    expect((await gms.ask(`GET /${_id}/storage`)).status).toBe(404);
  });

  it('may ask for a code that the request does not want', async () => {
    await configure('coded', { service: 'request-interaction', provideCode: true });
    expect((await ask('coded')).body._access_code).toMatch(/^\d{4}$/);
    expect((await ask('coded', { _provide_code: 'false' })).body._access_code).toBeUndefined();
  });

  it('name what a service does: an alias, an ORS session, or nothing anybody knows', async () => {
    expect((await ask('app-to-connect-basic')).body).toMatchObject({ _access_number: '8003449999' });
    await configure('session', { type: 'ors' });
    const { body } = await ask('session', { a: 'b' });
    expect(Object.keys(body)).toEqual(['_id']);
    expect((await gms.ask(`GET /${body._id}/storage`)).body).toEqual({ a: 'b' });
    await configure('riddle', {});
    expect((await ask('riddle')).status).toBe(404);
  });
});

describe('match-interaction', () => {
  it('means the newest reservation where several fit, and the phone number tells them apart', async () => {
    const first = await gms.start({ _phone_number: '1' });
    const second = await gms.start({ _phone_number: '2' });
    const third = await gms.start({ _phone_number: '3' });
    const match = (form: object) => ask('match-interaction', { _access_number: '8003449999', ...form });
    expect((await match({})).body._id).toBe(third);
    expect((await match({ _phone_number: '1' })).body._id).toBe(first);
    expect((await match({ _phone_number: '3' })).status).toBe(404);
    expect((await match({})).body._id).toBe(second);
    expect((await match({})).status).toBe(404);
  });

  it('needs the access number', async () => {
    expect((await ask('match-interaction')).status).toBe(400);
  });

  it('shows the data of the service where the configuration says so', async () => {
    await record('service-configuration', 'match-interaction', { type: 'change', set: { returnUserData: true } });
    const id = await gms.start({ language: 'french' });
    const { body } = await ask('match-interaction', { _access_number: '8003449999' });
    expect(body).toEqual({ language: 'french', _id: id, _data_id: id });
  });

  it('gives one service to one of many who ask at once', async () => {
    const id = await gms.start();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask('match-interaction', { _access_number: '8003449999' })),
    );
    expect(answers.flatMap(({ body }) => body._id ?? [])).toEqual([id]);
  });
});

describe('request-access', () => {
  it('needs a service that lives', async () => {
    expect((await ask('request-access')).status).toBe(400);
    expect((await ask('request-access', { _id: 'nobody' })).status).toBe(404);
  });

  it('takes the group and the length of the code from its request', async () => {
    await group('OTHER', { numbers: ['8000000001'] });
    const _id = await gms.start();
    const wish = { _id, _provide_code: 'true', _access_code_length: '8', _resource_group: 'OTHER' };
    expect((await ask('request-access', wish)).body).toEqual({
      _access_number: '8000000001',
      _access_code: expect.stringMatching(/^\d{8}$/),
    });
    expect((await ask('request-access', { _id, _resource_group: 'NONE' })).status).toBe(503);
  });

  it('books its number for as long as its request says, whatever its configuration does', async () => {
    await group('LOCKED', { numbers: ['1'], allocation: 'local' });
    await configure('booking', { service: 'request-access', resourceGroup: 'LOCKED', bookingExpirationSeconds: 600 });
    const [one, other] = [await gms.start(), await gms.start()];
    await ask('booking', { _id: one, _booking_expiration_timeout: '5' });
    expect((await ask('booking', { _id: other })).status).toBe(503);
    await gms.world.advance(5_000);
    // Nothing that is between 5 seconds and half an hour: what the configuration says stands.
    expect((await ask('booking', { _id: other, _booking_expiration_timeout: '4' })).body).toEqual({
      _access_number: '1',
    });
    await gms.world.advance(5_000);
    expect((await ask('booking', { _id: one, _booking_expiration_timeout: '1801' })).status).toBe(503);
  });

  it('may say by which phone number the service is matched from now on', async () => {
    const _id = await gms.start({ _phone_number: '111' });
    expect((await ask('request-access', { _id, _phone_number: '2'.repeat(65) })).status).toBe(400);
    await ask('request-access', { _id, _phone_number: '222' });
    const match = (phoneNumber: string) =>
      ask('match-interaction', { _access_number: '8003449999', _phone_number: phoneNumber });
    expect((await match('111')).status).toBe(404);
    expect((await match('222')).body._id).toBe(_id);
  });

  it('gives a service another code instead of the one it had', async () => {
    const started = (await ask('request-interaction', { _provide_code: 'true' })).body;
    const access = (await ask('request-access', { _id: started._id, _provide_code: 'true' })).body;
    const match = (code: string) => ask('match-interaction', { _access_number: '8003449999', _access_code: code });
    expect((await match(started._access_code)).status).toBe(404);
    expect((await match(access._access_code)).body._id).toBe(started._id);
  });
});

describe('a repeated request', () => {
  const again = { 'idempotency-key': 'once' };

  it('starts no second service, and is answered the same', async () => {
    const first = await ask('request-interaction', { _provide_code: 'true' }, again);
    expect((await ask('request-interaction', { _provide_code: 'true' }, again)).body).toEqual(first.body);
  });

  it('matches no second service', async () => {
    await gms.start();
    const id = await gms.start();
    const form = { _access_number: '8003449999' };
    expect((await ask('match-interaction', form, again)).body._id).toBe(id);
    expect((await ask('match-interaction', form, again)).body._id).toBe(id);
  });

  it('deletes once', async () => {
    const id = await gms.start();
    expect((await gms.ask(`DELETE /${id}`, { headers: again })).text).toBe('OK');
    expect((await gms.ask(`DELETE /${id}`, { headers: again })).text).toBe('OK');
  });
});

describe('a past moment', () => {
  it('shows the storage as it was, of services that have ended too', async () => {
    const id = await gms.start({ a: '1' });
    const then = gms.world.runtime.live.position;
    await gms.ask(`POST /${id}/storage`, { form: { a: '2' } });
    await gms.ask(`DELETE /${id}`);
    const asOf = { headers: { 'as-of': `${then}` } };
    expect((await gms.ask(`GET /${id}/storage`, asOf)).body).toEqual({ a: '1' });
    expect((await gms.ask(`GET /${id}/storage/a`, asOf)).body).toEqual({ a: '1' });
    expect((await gms.ask(`GET /${id}/storage`)).status).toBe(404);
  });

  it('that cannot be shown is a bad request, which says why', async () => {
    for (const [asOf, why] of [
      ['soon', 'As-Of is neither a log position nor an RFC 3339 time with a zone.'],
      ['999999', 'Position 999999 is not in the log yet'],
    ]) {
      const { status, body } = await gms.ask('GET /x/storage', { headers: { 'as-of': `${asOf}` } });
      expect([status, body.message]).toEqual([400, why]);
    }
  });
});

describe('files', () => {
  const picture = Buffer.from('the bytes of a picture');

  it('that are equal are kept once, and go with the last key that needs them', async () => {
    const first = await gms.start();
    const second = await gms.start();
    await gms.ask(`POST /${first}/storage`, { parts: partsOf({ a: picture, b: picture }) });
    await gms.ask(`POST /${second}/storage`, { parts: partsOf({ a: picture }, 'text/plain;charset=utf-8') });
    expect(await gms.store.list()).toHaveLength(1);
    expect((await gms.ask(`GET /${second}/storage/binary/a`)).headers.get('content-type')).toMatch(/^text\/plain/);
    await gms.ask(`DELETE /${first}`);
    expect((await gms.ask(`GET /${second}/storage/binary/a`)).text).toBe(picture.toString());
    await gms.ask(`POST /${second}/storage`, { form: { a: 'a text now' } });
    await gms.world.runtime.atRest();
    await gms.keeper.atRest();
    expect(await gms.store.list()).toEqual([]);
  });

  it.each([
    ['unavailable', 0],
    ['overloaded', 0],
    ['outcomeUnknown', 1],
  ] as const)('of a request that failed (%s) are kept only where something may refer to them', async (code, kept) => {
    const id = await gms.start();
    const failure = new LedgerlineError(code, 'not now');
    vi.spyOn(gms.world.runtime, 'submit').mockRejectedValueOnce(failure);
    expect((await gms.ask(`POST /${id}/storage`, { parts: partsOf({ a: picture }) })).status).toBe(503);
    await gms.keeper.atRest();
    expect(await gms.store.list()).toHaveLength(kept);
  });

  it('may be empty, as the printed one is', async () => {
    const id = await gms.start();
    await gms.ask(`POST /${id}/storage`, { parts: partsOf({ FileKey: Buffer.alloc(0) }) });
    const answer = await gms.ask(`GET /${id}/storage/binary/FileKey`);
    expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0']);
  });

  it.each([
    ['video/mp4; codecs="avc1, mp4a"'],
    ['text/plain;format=flowed;charset=iso-8859-1'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ])('are given back as %s', async (type) => {
    const id = await gms.start();
    const part = `--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\nContent-Type: ${type}\r\n\r\nv\r\n--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    await gms.ask(`POST /${id}/storage`, { raw: part, headers });
    expect((await gms.ask(`GET /${id}/storage/binary/a`)).headers.get('content-type')).toBe(type);
  });

  it('may be named in the extended form, as clients do beyond ASCII', async () => {
    const id = await gms.start();
    const part = `--b\r\nContent-Disposition: form-data; name*=utf-8''%C3%A9t%C3%A9; filename*=utf-8''%e2%82%ac.txt\r\n\r\nv\r\n--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b', 'content-encoding': 'identity' };
    await gms.ask(`POST /${id}/storage`, { raw: part, headers });
    expect((await gms.ask(`GET /${id}/storage/binary/${encodeURIComponent('été')}`)).text).toBe('v');
  });

  it('under a parameter’s name are not stored', async () => {
    const id = await gms.start();
    await gms.ask(`POST /${id}/storage`, { parts: partsOf({ _file: picture, a: 'b' }) });
    expect((await gms.ask(`GET /${id}/storage`)).body).toEqual({ a: 'b' });
    expect(await gms.store.list()).toEqual([]);
  });

  it('never run in a browser as pages of ours', async () => {
    const id = await gms.start();
    await gms.ask(`POST /${id}/storage`, { parts: partsOf({ a: Buffer.from('<script>') }, 'text/html') });
    const { headers } = await gms.ask(`GET /${id}/storage/binary/a`);
    for (const policy of ["default-src 'none'", "form-action 'none'", 'sandbox'])
      expect(headers.get('content-security-policy')).toContain(policy);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the other readings', () => {
  it('answer one key by its bare value, and errors with their exceptions', async () => {
    await gms.stop();
    gms = await givenGms({ queryOneKey: 'raw', profile: 'ext' });
    const id = await gms.start({ Key1: 'Value1' });
    expect((await gms.ask(`GET /${id}/storage/Key1`)).text).toBe('Value1');
    expect((await gms.ask(`POST /${id}/storage`, { json: '{' })).body.exception).toBe(
      'org.springframework.http.converter.HttpMessageNotReadableException',
    );
    expect((await gms.ask('GET /nobody/storage')).body).toEqual({
      message: 'The service does not exist',
      exception: 'java.util.NoSuchElementException',
    });
    await group('LOCKED', { numbers: ['1'], allocation: 'local' });
    await configure('booked', {
      service: 'request-interaction',
      resourceGroup: 'LOCKED',
      ttlSeconds: 3600,
      bookingExpirationSeconds: 60,
    });
    expect((await ask('booked')).body._expiration_time).toBe('60');
  });

  it('let in only who signs in, where an installation says so', async () => {
    await gms.stop();
    gms = await givenGms(({ identity }) => ({ identity }));
    const answer = await ask('request-interaction');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')]);
    const bearer = (token: string) => ask('request-interaction', {}, { authorization: `Bearer ${token}` });
    expect((await bearer('demo-tenant-lunch')).status).toBe(401);
    expect((await bearer('demo-telco')).status).toBe(401);
    const basic = (password: string) =>
      ask('request-interaction', {}, { authorization: `Basic ${Buffer.from(`app:${password}`).toString('base64')}` });
    const hash = await gms.world.hasher.hash('right');
    const app = { firstName: 'A', lastName: 'B', roles: [], logins: [{ dialect: 'gms', name: 'app' }] };
    const made = (kind: string, attributes: JsonObject, id = 'app') => ({
      to: { tenant: 'genesys', kind, id },
      event: { type: 'create', attributes },
    });
    await gms.world.record(
      'genesys',
      made('token', { sha256: digestOf('reader'), scopes: ['read'] }, 'reader'),
      made('token', { sha256: digestOf('writer'), scopes: ['write'] }, 'writer'),
    );
    expect((await bearer('reader')).status).toBe(401);
    expect((await bearer('writer')).status).toBe(200);
    await gms.world.record(
      'genesys',
      made('user', app),
      made('credential', { user: 'app', dialect: 'gms', name: 'app', hash }),
    );
    expect((await basic('wrong')).status).toBe(401);
    expect((await basic('right')).status).toBe(200);
  });
});
