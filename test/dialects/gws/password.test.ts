import { afterEach, beforeEach, expect, it } from 'vitest';
import { LedgerlineError } from '../../../src/errors.ts';
import { givenClient } from './bayeux.ts';
import { type Gws, givenGws } from './given.ts';

let gws: Gws;
beforeEach(async () => {
  gws = await givenGws({ cometdHoldMs: 400 });
});
afterEach(() => gws.stop());

const change = (more: object) =>
  gws.ask({ method: 'POST', path: '/api/v2/me', body: { operationName: 'ChangePassword', ...more }, as: 'ksippo:' });

it('a password that cannot be kept is told as an internal error', async () => {
  const client = await givenClient(gws, 'ksippo:');
  await client.subscribe('/v2/me');
  Object.assign(gws.world.runtime, {
    submit: () => Promise.reject(new LedgerlineError('unavailable', 'no log', {})),
  });
  const answer = await change({ oldPassword: '', newPassword: 'long enough' });
  expect(answer).toMatchObject({ status: 503, body: { statusCode: 4 } });
  expect(await client.receive(1)).toMatchObject([
    { channel: '/v2/me', data: { messageType: 'PasswordChangeError', errorCode: 3 } },
  ]);
});

it('a password that is missing is told from one that is no text', async () => {
  expect(await change({ newPassword: 'long enough' })).toMatchObject({ status: 400, body: { statusCode: 1 } });
  expect(await change({ oldPassword: '', newPassword: null })).toMatchObject({ status: 400, body: { statusCode: 1 } });
  expect(await change({ oldPassword: '', newPassword: 12345678 })).toMatchObject({
    status: 400,
    body: { statusCode: 2 },
  });
});

it('who has no name to sign in by is not given a password', async () => {
  const to = { tenant: 'genesys', kind: 'user', id: 'bob' };
  const attributes = { firstName: 'Bob', lastName: 'Baker', roles: ['agent'] };
  await gws.world.record('genesys', { to, event: { type: 'create', attributes } });
  const given = (body: object) => gws.ask({ method: 'PUT', path: '/api/v2/users/bob', body, as: 'admin:admin1' });
  expect(await given({ password: 'long enough' })).toMatchObject({ status: 400, body: { statusCode: 1 } });
  expect(await given({ userName: 'bob', password: 'long enough' })).toMatchObject({ status: 200 });
  expect(await gws.ask({ path: '/api/v2/me', as: 'bob:long enough' })).toMatchObject({ status: 200 });
});
