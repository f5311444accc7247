import { afterEach, describe, expect, it } from 'vitest';
import { agent } from '../../../projections/agents.ts';
import { overtakenBy } from '../../support/overtaken.ts';
import { type Gws, givenGws } from './given.ts';

const ADMIN = 'admin:admin1';

describe('HTTP sessions', () => {
  let gws: Gws;
  afterEach(() => gws.stop());

  const cookieOf = (headers: Headers): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';

  it('a password opens a session, whose cookie then is enough', async () => {
    gws = await givenGws();
    const first = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const cookie = cookieOf(first.headers);
    expect(cookie).toMatch(/^JSESSIONID=[0-9a-f]{32}$/);
    expect(first.headers.get('set-cookie')).toContain('HttpOnly; SameSite=Lax');

    const second = await gws.ask({ path: '/api/v2/me', headers: { cookie } });
    expect(second).toMatchObject({ status: 200, body: { user: { userName: 'ksippo' } } });
    expect(second.headers.get('set-cookie')).toBeNull();
  });

  it('a wrong password is refused although the cookie is good, and opens nothing', async () => {
    gws = await givenGws();
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const answer = await gws.ask({ path: '/api/v2/me', as: 'ksippo:x', headers: { cookie: cookieOf(headers) } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it("another person's password beside a cookie opens a session of his own", async () => {
    gws = await givenGws();
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const answer = await gws.ask({ path: '/api/v2/me', as: 'peer:', headers: { cookie: cookieOf(headers) } });
    expect(answer.body).toMatchObject({ user: { userName: 'peer' } });
    expect(cookieOf(answer.headers)).not.toBe(cookieOf(headers));
  });

  it('of more sessions than there is room for, the oldest cookie that never came back is forgotten first', async () => {
    gws = await givenGws({ sessionsMax: 2 });
    const opened = async () => cookieOf((await gws.ask({ path: '/api/v2/me', as: 'ksippo:' })).headers);
    const statusWith = async (cookie: string) => (await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status;
    const inUse = await opened();
    expect(await statusWith(inUse)).toBe(200);
    const [forgotten, kept, newest] = [await opened(), await opened(), await opened()];
    expect(await Promise.all([inUse, forgotten, kept, newest].map(statusWith))).toEqual([200, 403, 200, 200]);
  });

  it('a session that was idle too long is forgotten', async () => {
    gws = await givenGws({ sessionIdleMs: 60_000 });
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const cookie = cookieOf(headers);
    await gws.world.advance(59_000);
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(200);
    await gws.world.advance(61_000);
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(403);
  });

  it('EndContactCenterSession ends the HTTP session', async () => {
    gws = await givenGws();
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const cookie = cookieOf(headers);
    const end = { operationName: 'EndContactCenterSession' };
    const ended = await gws.ask({ method: 'POST', path: '/api/v2/me', body: end, headers: { cookie } });
    expect(ended.body).toEqual({ statusCode: 0 });
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(403);
  });

  it('a change of the password ends all sessions but the one that made it', async () => {
    gws = await givenGws();
    const [one, other] = [
      await gws.ask({ path: '/api/v2/me', as: 'ksippo:' }),
      await gws.ask({ path: '/api/v2/me', as: 'ksippo:' }),
    ];
    const asked = { operationName: 'ChangePassword', oldPassword: '', newPassword: 'long enough' };
    const own = { cookie: cookieOf(one.headers) };
    expect((await gws.ask({ method: 'POST', path: '/api/v2/me', body: asked, headers: own })).status).toBe(200);
    expect((await gws.ask({ path: '/api/v2/me', headers: own })).status).toBe(200);
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie: cookieOf(other.headers) } })).status).toBe(403);
  });

  it('a password that an administrator sets ends all sessions', async () => {
    gws = await givenGws();
    const { headers, body } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const { id } = body.user as { readonly id: string };
    const set = { method: 'PUT', path: `/api/v2/users/${id}`, body: { password: 'long enough' }, as: ADMIN };
    expect((await gws.ask(set)).status).toBe(200);
    const cookie = cookieOf(headers);
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(403);
    const proven = await gws.ask({ path: '/api/v2/me', as: 'ksippo:long enough', headers: { cookie } });
    expect(proven.status).toBe(200);
    expect(cookieOf(proven.headers)).toMatch(/^JSESSIONID=(?!$)/);
  });

  it('a disabled user is out at once, with his session', async () => {
    gws = await givenGws();
    const { headers, body } = await gws.ask({ path: '/api/v2/me', as: 'peer:' });
    const { id } = (body as unknown as { user: { id: string } }).user;
    const cookie = cookieOf(headers);
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(200);
    await gws.ask({ method: 'PUT', path: `/api/v2/users/${id}`, body: { enabled: false }, as: ADMIN });
    expect((await gws.ask({ path: '/api/v2/me', headers: { cookie } })).status).toBe(403);
  });

  it('nobody begins to work who was disabled while he asked to', async () => {
    gws = await givenGws();
    const disable = {
      to: { tenant: 'genesys', kind: 'user', id: 'ksippo' },
      event: { type: 'change', set: { enabled: false } },
    };
    for (const [path, operationName] of [
      ['/api/v2/me/channels/voice', 'Ready'],
      ['/api/v2/me', 'StartContactCenterSession'],
    ] as const) {
      overtakenBy(gws.world, 'genesys', disable);
      const asked = { operationName, channels: ['voice'] };
      expect((await gws.ask({ method: 'POST', path, body: asked, as: 'ksippo:' })).body).not.toMatchObject({
        statusCode: 0,
      });
      expect(agent(gws.world.runtime.live, 'genesys', 'ksippo')?.presence).toBe('signedOut');
      await gws.world.record('genesys', { ...disable, event: { type: 'change', set: { enabled: true } } });
    }
  });

  it('with CSRF protection a write needs the token and the cookie (W68-W70)', async () => {
    gws = await givenGws({ csrfProtection: true });
    const write = { method: 'POST', path: '/api/v2/me/channels/voice', body: { operationName: 'NotReady' } };
    const bare = await gws.ask({ ...write, as: 'ksippo:' });
    expect(bare).toMatchObject({ status: 403, text: expect.stringContaining('Missing or invalid Csrf token') });

    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    expect(headers.get('x-csrf-header')).toBe('X-CSRF-TOKEN');
    const token = headers.get('x-csrf-token') ?? '';
    expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);

    const cookie = cookieOf(headers);
    const again = await gws.ask({ path: '/api/v2/me', headers: { cookie } });
    expect(again.headers.get('x-csrf-token')).toBe(token);
    const nothing = await gws.ask({ path: '/api/v2/nothing', headers: { cookie } });
    expect(nothing).toMatchObject({ status: 404 });
    expect(nothing.headers.get('x-csrf-token')).toBe(token);
    expect((await gws.ask({ ...write, as: 'ksippo:', headers: { 'x-csrf-token': token } })).status).toBe(403);
    expect((await gws.ask({ ...write, headers: { cookie, 'x-csrf-token': 'x' } })).status).toBe(403);
    expect((await gws.ask({ ...write, headers: { cookie, 'x-csrf-token': token } })).body).toEqual({ statusCode: 0 });
  });

  it('with CSRF protection PUT and DELETE need the token, notifications do not (§1.0.5)', async () => {
    gws = await givenGws({ csrfProtection: true });
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'ksippo:' });
    const cookie = cookieOf(headers);
    const token = headers.get('x-csrf-token') ?? '';
    const path = '/api/v2/me/settings/desk';
    for (const write of [
      { method: 'PUT', path, body: { settings: [] } },
      { method: 'DELETE', path },
    ]) {
      expect(await gws.ask({ ...write, headers: { cookie } })).toMatchObject({ status: 403 });
      expect(await gws.ask({ ...write, headers: { cookie, 'x-csrf-token': token } })).toMatchObject({ status: 200 });
    }
    const told = await gws.ask({
      method: 'POST',
      path: '/api/v2/notifications/handshake',
      body: [{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }],
      headers: { cookie, origin: 'https://desk.example.com' },
    });
    expect(JSON.parse(told.text)).toMatchObject([{ successful: true }]);
    expect(told.headers.get('access-control-allow-origin')).toBe('https://desk.example.com');
  });
});
