/**
 * A moment of the past, asked of every route of every dialect. Who commands means the past, and must not find that he changed
 * the present; who reads leaves no view open. What he is answered is in each dialect's own tests.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { digestOf } from '../../src/model/digest.ts';
import { CCS, GMS, GWS, givenAllDialects, type KnownRoute, nativeRoutes, XUC } from '../support/all-dialects.ts';
import { eventually } from '../support/eventually.ts';
import type { Served } from '../support/served.ts';

const OPERATOR = 'll_operator-of-all-of-it';
const READ_ONLY = 'is taken by GET alone: a moment of the past can be read, not changed.';

type Headers = Record<string, string>;

let served: Served;
let then: string;

beforeAll(async () => {
  served = await givenAllDialects();
  const attributes = { sha256: digestOf(OPERATOR), scopes: ['admin'] };
  const to = { tenant: 'installation', kind: 'token', id: 'operator' };
  await served.world.record('installation', { to, event: { type: 'create', attributes } });
  then = String(served.world.runtime.live.position - 1);
});
afterAll(() => served.stop());

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const basic = (pair: string): Headers => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

async function ask({ method, path, body }: KnownRoute, headers: Headers) {
  const answer = await fetch(served.url + path.replace(':tenant', 'genesys').replace(/:\w+/g, 'x'), {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

async function refused(route: KnownRoute, headers: Headers) {
  const { status, text } = await ask(route, headers);
  return { status, told: JSON.parse(text) };
}

async function xucToken(): Promise<Headers> {
  const body = { login: 'alicej', password: 'pw' };
  const { text } = await ask({ method: 'POST', path: '/xuc/api/2.0/auth/login', body }, {});
  return { 'x-auth-token': JSON.parse(text).token };
}

/** The views of the past that were asked for from now on, and those that nobody has let go of. */
function viewsOf({ world: { runtime } }: Served) {
  const query = runtime.query.bind(runtime);
  const views = { asked: 0, held: new Set<object>() };
  const spy = vi.spyOn(runtime, 'query').mockImplementation(async (moment) => {
    const view = await query(moment);
    views.asked += 1;
    views.held.add(view);
    const letGo = () => {
      views.held.delete(view);
      view[Symbol.dispose]();
    };
    return new Proxy(view, { get: (of, name) => (name === Symbol.dispose ? letGo : Reflect.get(of, name)) });
  });
  onTestFinished(() => spy.mockRestore());
  return views;
}

const commandsOf = (routes: readonly KnownRoute[]) => routes.filter(({ method }) => method !== 'GET');

/** The document gives each operation to the one or to the other. */
const isOfTelco = ({ path, body }: KnownRoute) => path.includes('/tenants/') && body?.request !== 'dial';

interface Face {
  readonly routes: () => readonly KnownRoute[];
  readonly as: () => Headers | Promise<Headers>;
  /** What a refusal looks like that says this. */
  readonly refusal: (name: string) => unknown;
}

const FACES: Readonly<Record<string, Face>> = {
  'the native API': {
    routes: () => nativeRoutes(served),
    as: () => bearer(OPERATOR),
    refusal: (name) => ({ code: 'badParameter', detail: `${name} ${READ_ONLY}` }),
  },
  GWS: {
    routes: () => GWS,
    as: () => basic('admin:admin1'),
    refusal: (name) => ({ statusCode: 2, statusMessage: `${name} ${READ_ONLY}` }),
  },
  GMS: {
    routes: () => GMS,
    as: () => bearer(OPERATOR),
    refusal: (name) => ({ message: `${name} ${READ_ONLY}` }),
  },
  'CCS for a tenant': {
    routes: () => CCS.filter((route) => !isOfTelco(route)),
    as: () => bearer('demo-tenant'),
    refusal: () => ({ success: expect.any(Boolean), reason: 'A moment of the past can be read, not changed' }),
  },
  'CCS for a telco': {
    routes: () => CCS.filter(isOfTelco),
    as: () => bearer('demo-telco'),
    refusal: () => ({ success: false, reason: 'A moment of the past can be read, not changed' }),
  },
  XUC: {
    routes: () => [
      ...XUC.filter(({ path }) => !path.startsWith('/xuc/api/1.0/')),
      { method: 'POST', path: '/xuc/api/2.0/auth/login', body: { login: 'alicej', password: 'pw' } },
    ],
    as: xucToken,
    refusal: (name) => ({ error: expect.any(String), message: `${name} ${READ_ONLY}` }),
  },
};

describe.each(Object.entries(FACES))('a command of %s', (_, { routes, as, refusal }) => {
  test('is refused with As-Of and with as_of, and nothing is recorded', async () => {
    const headers = await as();
    const { position } = served.world.runtime.live;
    const commands = commandsOf(routes());
    expect(commands.length).toBeGreaterThan(3);
    for (const route of commands) {
      const line = `${route.method} ${route.path}`;
      const byHeader = await refused(route, { ...headers, 'as-of': then });
      expect([line, byHeader]).toEqual([line, { status: 400, told: expect.objectContaining(refusal('As-Of')) }]);
      const byQuery = await refused({ ...route, path: `${route.path}?as_of=${then}` }, headers);
      expect([line, byQuery]).toEqual([line, { status: 400, told: expect.objectContaining(refusal('as_of')) }]);
    }
    expect(served.world.runtime.live.position).toBe(position);
  });
});

describe.each(Object.entries(FACES))('a GET of %s', (_, { routes, as }) => {
  test('lets go of the view that it was answered from', async () => {
    const headers = await as();
    const views = viewsOf(served);
    for (const route of routes().filter(({ method }) => method === 'GET')) {
      const { status } = await ask(route, { ...headers, 'as-of': then });
      expect([route.path, status]).toEqual([route.path, expect.toSatisfy((code: number) => code < 500)]);
    }
    expect(views.asked).toBeGreaterThan(2);
    await eventually('nobody holds a view', () => (views.held.size === 0 ? true : undefined), 5_000);
  });
});
