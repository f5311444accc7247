/** Authentication of the 2.0 API as its clients see it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { WORLD_START_MS } from '../../support/world.ts';
import { addLogin, changePassword, givenXuc, SECRET, type XucGiven, type XucWorld } from './given.ts';

let world: XucWorld;
const servers: Server[] = [];

afterEach(async () => {
  await world?.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function given(options: XucGiven = {}): Promise<XucWorld> {
  world = await givenXuc(options);
  return world;
}

/** Serves what `answer` says at any address; its URL. */
async function elsewhere(answer: (url: URL) => { readonly status?: number; readonly body: string }): Promise<string> {
  const server = createServer((request, response) => {
    const { status = 200, body } = answer(new URL(request.url ?? '/', 'http://elsewhere'));
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function decoded(token: string): { readonly header: string; readonly payload: string } {
  const [header = '', payload = ''] = token.split('.');
  const text = (part: string) => Buffer.from(part, 'base64url').toString();
  return { header: text(header), payload: text(payload) };
}

describe('login', () => {
  test('gives a token of exactly the documented form', async () => {
    const { call } = await given();
    const { status, json } = await call('POST', 'auth/login', { body: { login: 'alicej', password: 'pw' } });
    const { token, ...rest } = json as { readonly token: string };
    expect({ status, rest }).toEqual({ status: 200, rest: { login: 'alicej', TTL: 3600 } });
    expect(decoded(token)).toEqual({
      header: '{"typ":"JWT","alg":"HS256"}',
      payload: `{"login":"alicej","expires":${WORLD_START_MS / 1000 + 3600}}`,
    });
  });

  test('takes more keys than it needs', async () => {
    const { call } = await given();
    const body = { login: 'alicej', password: 'pw', softwareType: 'web', applicationType: 'x' };
    expect(await call('POST', 'auth/login/', { body })).toMatchObject({ status: 200 });
  });

  test.each([
    [{ login: '', password: '' }, 'InvalidCredentials', 401],
    [{ login: 'alicej', password: 'wrong' }, 'InvalidCredentials', 401],
    [{ login: 'nobody', password: 'pw' }, 'InvalidCredentials', 401],
    ['{"login":', 'InvalidJson', 400],
    [{ login: 'alicej' }, 'InvalidJson', 400],
    [{ login: 1, password: 'pw' }, 'InvalidJson', 400],
    ['[]', 'InvalidJson', 400],
    ['', 'InvalidJson', 400],
  ])('refuses %j with %s', async (body, error, status) => {
    const { call } = await given();
    const answer = await call('POST', 'auth/login', { body });
    expect(answer).toMatchObject({ status, json: { error } });
    expect(Object.keys(answer.json as object)).toEqual(['error', 'message']);
  });

  test('slows guessing down and says so', async () => {
    const { call } = await given();
    const guess = (password: string) => call('POST', 'auth/login', { body: { login: 'bruce', password } });
    for (let tries = 0; tries < 10; tries += 1) expect(await guess(`guess ${tries}`)).toMatchObject({ status: 401 });
    const { status, headers, json } = await guess('guess');
    expect({ status, json }).toMatchObject({ status: 429, json: { error: 'InvalidCredentials' } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('tells a wrong password that comes again and again what it is, and lets the right one in', async () => {
    const { call } = await given();
    const login = (password: string) => call('POST', 'auth/login', { body: { login: 'alicej', password } });
    for (let tries = 0; tries < 50; tries += 1) expect(await login('old')).toMatchObject({ status: 401 });
    expect(await login('pw')).toMatchObject({ status: 200 });
  });

  test('answers pages of any origin, also when it refuses', async () => {
    const { call } = await given();
    const headers = { origin: 'https://glpi.example', 'access-control-request-method': 'POST' };
    const preflight = await call('OPTIONS', 'auth/login', { headers });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-Auth-Token');
    const refused = await call('POST', 'auth/login', { body: '{', headers: { origin: 'https://glpi.example' } });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(refused.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });
});

describe('check', () => {
  const check = (authorization?: string) =>
    world.call('GET', 'auth/check', { headers: authorization === undefined ? {} : { authorization } });

  test('answers a new token with a new expiry', async () => {
    await given();
    const token = await world.token();
    await world.world.advance(60_000);
    const { status, json } = await check(`Bearer ${token}`);
    const fresh = json as { readonly token: string };
    expect({ status, ...fresh }).toMatchObject({ status: 200, login: 'alicej', TTL: 3600 });
    expect(decoded(fresh.token).payload).toContain(`${WORLD_START_MS / 1000 + 3660}`);
    expect(await check(`Bearer ${token}`), 'the old one is good until it expires').toMatchObject({ status: 200 });
  });

  test('lets a token live as long as the operator says', async () => {
    await given({ tokenLifetimeS: 60 });
    const token = await world.token();
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 200, json: { TTL: 60 } });
    await world.world.advance(60_000);
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 401, json: { error: 'TokenExpired' } });
  });

  test('tells what is wrong with a token', async () => {
    await given();
    const good = { login: 'alicej', expires: WORLD_START_MS / 1000 + 10 };
    const cases: [string | undefined, string][] = [
      [undefined, 'AuthorizationHeaderNotFound'],
      ['Basic abc', 'BearerNotFound'],
      ['Bearer ', 'BearerNotFound'],
      ['Bearer x.y.z', 'InvalidToken'],
      ['Bearer x.y.z and more', 'InvalidToken'],
      [`Bearer ${await signedHere(good, 'HS256', 'another secret of thirty-two bytes or more')}`, 'InvalidToken'],
      [`Bearer ${await signedHere({ ...good, expires: 1489998386 })}`, 'TokenExpired'],
      [`Bearer ${await signedHere({ login: 'alicej' })}`, 'InvalidJson'],
      [`Bearer ${await signedHere({ ...good, expires: 'later' })}`, 'InvalidJson'],
      [`Bearer ${await signedHere('no json')}`, 'InvalidJson'],
      [`Bearer ${await signedHere({ ...good, login: 'nobody' })}`, 'InvalidToken'],
      [`Bearer ${await signedHere(good, 'HS512')}`, 'InvalidToken'],
      [`Bearer ${unsigned(good)}`, 'InvalidToken'],
    ];
    for (const [authorization, error] of cases) {
      expect(await check(authorization), `${authorization} → ${error}`).toMatchObject({
        status: error === 'InvalidJson' ? 400 : 401,
        json: { error },
      });
      const asked = { headers: authorization === undefined ? {} : { authorization } };
      expect(await world.call('GET', 'contact/personal', asked)).toMatchObject({ status: 401, json: { error } });
    }
    expect(await check(`Bearer ${await signedHere(good)}`)).toMatchObject({ status: 200 });
  });

  test('takes a token in the one spelling it was given out in', async () => {
    await given();
    const token = await world.token();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The two lowest bits of the last letter are none of the signature.
    const neighbour = letters[letters.indexOf(token.slice(-1)) ^ 1];
    for (const other of [`${token.slice(0, -1)}${neighbour}`, `${token}=`]) {
      expect(await check(`Bearer ${other}`), other).toMatchObject({ status: 401, json: { error: 'InvalidToken' } });
    }
  });

  test('lets a token open nothing once its user may not sign in', async () => {
    await given();
    const token = await world.token('bruce');
    const to = { tenant: 'avencall', kind: 'user', id: 'bruce' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { enabled: false } } });
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 401, json: { error: 'InvalidToken' } });
  });

  test('lets a token open nothing once its user has another password, and a later one everything', async () => {
    await given();
    const token = await world.token('bruce');
    await world.world.advance(1_000);
    await changePassword(world, 'bruce', 'robin');
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 401, json: { error: 'InvalidToken' } });
    const { json } = await world.call('POST', 'auth/login', { body: { login: 'bruce', password: 'robin' } });
    const later = (json as { readonly token: string }).token;
    expect(await check(`Bearer ${later}`)).toMatchObject({ status: 200 });
    expect(await check(`Bearer ${await world.token('john')}`)).toMatchObject({ status: 200 });
  });

  test('renews a token for the login that it is about, whatever others its user has', async () => {
    await given();
    await addLogin(world, 'bruce', 'batman');
    expect(await check(`Bearer ${await world.token('batman')}`)).toMatchObject({ json: { login: 'batman' } });
  });

  test('lets a token open nothing while the tenant of its user is not enabled', async () => {
    await given();
    const token = await world.token('bruce');
    const to = { tenant: 'avencall', kind: 'tenant', id: 'avencall' };
    const enable = (enabled: boolean) =>
      world.world.record('avencall', { to, event: { type: 'change', set: { enabled } } });
    await enable(false);
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 401, json: { error: 'InvalidToken' } });
    await enable(true);
    expect(await check(`Bearer ${token}`)).toMatchObject({ status: 200 });
  });

  test('asks the present, whatever moment is named: who was let in once is not for ever', async () => {
    await given();
    const token = await world.token('bruce');
    const { position } = world.world.runtime.live;
    const to = { tenant: 'avencall', kind: 'user', id: 'bruce' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { enabled: false } } });
    const headers = { authorization: `Bearer ${token}`, 'as-of': `${position}` };
    const asked = await world.call('GET', 'auth/check', { headers });
    expect(asked.status).toBe(400);
    expect(asked.json).not.toHaveProperty('token');
  });

  /** By the very secret of the server. */
  function signedHere(payload: unknown, alg = 'HS256', secret = SECRET): Promise<string> {
    const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const key = new TextEncoder().encode(alg === 'HS256' ? secret : secret.padEnd(64));
    return new CompactSign(bytes).setProtectedHeader({ typ: 'JWT', alg }).sign(key);
  }

  function unsigned(payload: unknown): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ typ: 'JWT', alg: 'none' })}.${part(payload)}.`;
  }
});

describe('Kerberos', () => {
  test('asks for a ticket', async () => {
    const { call } = await given();
    const answer = await call('GET', 'auth/sso', { headers: { authorization: 'Negotiate YWJj' } });
    expect(answer).toMatchObject({ status: 401, json: { error: 'SsoAuthenticationFailed' } });
    expect(answer.headers.get('www-authenticate')).toBe('Negotiate');
  });

  test('gives a token for the principal, without its realm', async () => {
    const tickets: Record<string, string> = { YWxpY2U: 'alicej@REALM', bm9ib2R5: 'nobody@REALM' };
    const verify = async (ticket: string) => {
      const principal = tickets[ticket];
      return principal === undefined ? undefined : { principal, reply: 'ok' };
    };
    const { call } = await given({ sso: { verify } });
    const ask = (ticket: string) => call('GET', 'auth/sso', { headers: { authorization: `Negotiate ${ticket}` } });
    const answer = await ask('YWxpY2U');
    expect(Object.keys(answer.json as object)).toEqual(['login', 'token']);
    expect(answer.headers.get('www-authenticate')).toBe('Negotiate ok');
    expect(await ask('bm9ib2R5')).toMatchObject({ status: 404, json: { error: 'UserNotFound' } });
  });
});

describe('CAS', () => {
  const QUERY = 'service=https%3A%2F%2Fxucmgt.example.org&ticket=ST-11';
  const response = (body: string) =>
    `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${body}</cas:serviceResponse>`;
  const success = (user: string) =>
    response(`<cas:authenticationSuccess><cas:user>${user}</cas:user></cas:authenticationSuccess>`);
  const failure = (code: string) =>
    response(`<cas:authenticationFailure code="${code}">no</cas:authenticationFailure>`);

  test('is refused where no server is configured, before anything else', async () => {
    const { call } = await given();
    expect(await call('GET', 'auth/cas')).toMatchObject({ status: 500, json: { error: 'CasServerUrlNotSet' } });
  });

  test('asks the configured server and no other', async () => {
    const asked: string[] = [];
    const casUrl = await elsewhere((url) => {
      asked.push(url.pathname + url.search);
      return { body: success('alicej') };
    });
    const { call } = await given({ casUrl: `${casUrl}/cas/` });
    const { status, json } = await call('GET', `auth/cas?${QUERY}`);
    expect({ status, keys: Object.keys(json as object) }).toEqual({ status: 200, keys: ['login', 'token'] });
    expect(asked).toEqual(['/cas/serviceValidate?service=https%3A%2F%2Fxucmgt.example.org&ticket=ST-11']);
  });

  test('needs both parameters, and does not call out without them', async () => {
    let asked = 0;
    const casUrl = await elsewhere(() => {
      asked += 1;
      return { body: success('alicej') };
    });
    const { call } = await given({ casUrl });
    for (const query of ['', '?service=x', '?ticket=x', '?service=&ticket=x']) {
      expect(await call('GET', `auth/cas${query}`)).toMatchObject({
        status: 400,
        json: { error: 'CasServerInvalidParameter' },
      });
    }
    expect(asked).toBe(0);
  });

  test('tells every failure of the server by its code', async () => {
    const codes: [string, string, number][] = [
      ['INVALID_REQUEST', 'CasServerInvalidRequest', 400],
      ['INVALID_TICKET_SPEC', 'CasServerInvalidTicketSpec', 400],
      ['UNAUTHORIZED_SERVICE_PROXY', 'CasServerUnauthorizedServiceProxy', 401],
      ['INVALID_PROXY_CALLBACK', 'CasServerInvalidProxyCallback', 401],
      ['INVALID_TICKET', 'CasServerInvalidTicket', 401],
      ['INVALID_SERVICE', 'CasServerInvalidService', 401],
      ['INTERNAL_ERROR', 'CasServerInternalError', 502],
      ['SOMETHING_NEW', 'CasServerInvalidResponse', 502],
      ['constructor', 'CasServerInvalidResponse', 502],
    ];
    let code = '';
    const { call } = await given({ casUrl: await elsewhere(() => ({ body: failure(code) })) });
    for (const [sent, error, status] of codes) {
      code = sent;
      expect(await call('GET', `auth/cas?${QUERY}`), sent).toMatchObject({ status, json: { error } });
    }
  });

  test('is asked no more for an address that brought two hundred bad tickets in a minute', async () => {
    let asked = 0;
    let answer = success('alicej');
    const casUrl = await elsewhere(() => {
      asked += 1;
      return { body: answer };
    });
    const { call } = await given({ casUrl });
    const ask = () => call('GET', `auth/cas?${QUERY}`);
    // Good ones do not count, nor does what is no ticket.
    expect(await ask()).toMatchObject({ status: 200 });
    await call('GET', 'auth/cas?service=x');
    answer = failure('INVALID_TICKET');
    const tries = await Promise.all(Array.from({ length: 200 }, ask));
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([401]));
    const { status, headers, json } = await ask();
    expect({ status, json, asked }).toMatchObject({ status: 429, json: { error: 'UnhandledError' }, asked: 201 });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('takes nothing but a plain answer with a user', async () => {
    let answer: { readonly status?: number; readonly body: string } = { body: '' };
    const { call } = await given({ casUrl: await elsewhere(() => answer) });
    const bad = [
      { body: 'no XML' },
      { body: success('alicej'), status: 503 },
      { body: success('') },
      { body: `<!DOCTYPE x [<!ENTITY e "alicej">]>${success('&e;')}` },
      { body: success('&e;') },
      { body: success('&constructor;') },
      { body: `${success('alicej')}<more/>` },
      { body: success('alicej').replace('</cas:user>', '') },
      { body: `<other>${success('alicej')}</other>` },
      { body: success('a'.repeat(70_000)) },
    ];
    for (const one of bad) {
      answer = one;
      expect(await call('GET', `auth/cas?${QUERY}`), one.body.slice(0, 80)).toMatchObject({
        status: 502,
        json: { error: 'CasServerInvalidResponse' },
      });
    }
    answer = { body: success('<![CDATA[alicej]]>') };
    expect(await call('GET', `auth/cas?${QUERY}`)).toMatchObject({ status: 200 });
    answer = { body: success('nobody') };
    expect(await call('GET', `auth/cas?${QUERY}`)).toMatchObject({ status: 404, json: { error: 'UserNotFound' } });
  });

  test('follows no redirect, and survives a server that is not there', async () => {
    const inside = await elsewhere(() => ({ body: success('alicej') }));
    const server = createServer((_, response) => response.writeHead(302, { location: inside }).end());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const casUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { call } = await given({ casUrl });
    expect(await call('GET', `auth/cas?${QUERY}`)).toMatchObject({ json: { error: 'CasServerInvalidResponse' } });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await call('GET', `auth/cas?${QUERY}`)).toMatchObject({ json: { error: 'CasServerInvalidResponse' } });
  });
});

describe('OpenID Connect', () => {
  const ISSUER = 'https://issuer.example';
  const CLIENT = { issuer: ISSUER, clientId: 'xuc', loginClaim: 'preferred_username' };
  const NOW_S = WORLD_START_MS / 1000;
  const CLAIMS = { iss: ISSUER, aud: 'xuc', exp: NOW_S + 60, preferred_username: 'alicej' };

  async function keyPair(kid: string) {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const sign = (claims: object, header: object = {}) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey);
    return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' }, sign };
  }

  test('is refused where it is not enabled', async () => {
    const { call } = await given();
    expect(await call('GET', 'auth/oidc?token=x')).toMatchObject({ status: 500, json: { error: 'OidcNotEnabled' } });
  });

  test('takes a good token from the query or the header, and new keys at once', async () => {
    const old = await keyPair('old');
    const rotated = await keyPair('new');
    let keys = [old.jwk];
    const jwksUrl = await elsewhere(() => ({ body: JSON.stringify({ keys }) }));
    const { call } = await given({ oidc: { ...CLIENT, jwksUrl } });
    const token = await old.sign(CLAIMS);
    const answer = await call('GET', `auth/oidc?token=${token}`);
    expect({ ...answer, keys: Object.keys(answer.json as object) }).toMatchObject({
      status: 200,
      keys: ['login', 'token'],
    });
    const headers = { authorization: `Bearer ${token}` };
    expect(await call('GET', 'auth/oidc', { headers })).toMatchObject({ status: 200 });
    expect(await call('GET', 'auth/oidc?token=x.y.z', { headers })).toMatchObject({ status: 401 });
    keys = [rotated.jwk];
    const next = await rotated.sign({ ...CLAIMS, aud: 'account', azp: 'xuc' });
    expect(await call('GET', `auth/oidc?token=${next}`)).toMatchObject({ status: 200 });
    expect(await call('GET', `auth/oidc?token=${token}`)).toMatchObject({ status: 401 });
    expect(await call('GET', 'auth/oidc')).toMatchObject({ status: 400, json: { error: 'OidcInvalidParameter' } });
  });

  test('believes only tokens of the issuer, for us, in time, signed with RS256', async () => {
    const key = await keyPair('k');
    const jwksUrl = await elsewhere(() => ({ body: JSON.stringify({ keys: [key.jwk] }) }));
    const { call } = await given({ oidc: { ...CLIENT, jwksUrl } });
    const { exp: _, ...withoutEnd } = CLAIMS;
    const bad = [
      await key.sign({ ...CLAIMS, iss: 'https://other.example' }),
      await key.sign({ ...CLAIMS, aud: 'other' }),
      await key.sign({ ...CLAIMS, exp: NOW_S - 61 }),
      await key.sign({ ...CLAIMS, nbf: NOW_S + 120 }),
      await key.sign(withoutEnd),
      await key.sign({ ...CLAIMS, preferred_username: '' }),
      await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'k' }).sign(new TextEncoder().encode(SECRET)),
      await (await keyPair('k')).sign(CLAIMS),
      await (await keyPair('unknown')).sign(CLAIMS),
      'x.y.z',
    ];
    for (const token of bad) {
      expect(await call('GET', `auth/oidc?token=${token}`), decoded(token).payload).toMatchObject({
        status: 401,
        json: { error: 'OidcAuthenticationFailed' },
      });
    }
    const stranger = await key.sign({ ...CLAIMS, preferred_username: 'nobody' });
    expect(await call('GET', `auth/oidc?token=${stranger}`)).toMatchObject({
      status: 404,
      json: { error: 'UserNotFound' },
    });
    const skewed = await key.sign({ ...CLAIMS, exp: NOW_S - 30 });
    expect(await call('GET', `auth/oidc?token=${skewed}`)).toMatchObject({ status: 200 });
  });

  test('reads the login where it was told to', async () => {
    const key = await keyPair('k');
    const jwksUrl = await elsewhere(() => ({ body: JSON.stringify({ keys: [key.jwk] }) }));
    const { call } = await given({ oidc: { ...CLIENT, jwksUrl, loginClaim: 'upn' } });
    const token = await key.sign({ ...CLAIMS, upn: 'bruce' });
    expect(await call('GET', `auth/oidc?token=${token}`)).toMatchObject({ status: 200, json: { login: 'bruce' } });
    expect(await call('GET', `auth/oidc?token=${await key.sign(CLAIMS)}`)).toMatchObject({ status: 401 });
  });

  test('does not blame the token when the keys cannot be had', async () => {
    const key = await keyPair('k');
    const jwksUrl = await elsewhere(() => ({ status: 500, body: '' }));
    const { call } = await given({ oidc: { ...CLIENT, jwksUrl } });
    const answer = await call('GET', `auth/oidc?token=${await key.sign(CLAIMS)}`);
    expect(answer).toMatchObject({ status: 500, json: { error: 'UnhandledError' } });
  });
});
