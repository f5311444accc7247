/**
 * Every route that any dialect says it has, asked by nobody, and by people of another tenant. A route that is added is
 * asked too; one that forgets to ask who calls is found here.
 */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES as GWS_ROUTES } from '../../src/dialects/gws/table.ts';
import { digestOf } from '../../src/model/digest.ts';
import type { JsonObject } from '../../src/model/json.ts';
import {
  CCS,
  CONSOLE,
  GMS,
  GWS,
  givenAllDialects,
  type KnownRoute,
  nativeRoutes,
  SOCKETS,
  XUC,
} from '../support/all-dialects.ts';
import type { Served } from '../support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await givenAllDialects();
  await given('lunchlab', 'token', 'nothing', { sha256: digestOf('lunchlab-nothing'), scopes: [] });
  await given('lunchlab', 'token', 'reader', { sha256: digestOf('lunchlab-reader'), scopes: ['read', 'events'] });
  await given('lunchlab', 'token', 'outsider', { sha256: digestOf('lunchlab-admin'), scopes: ['admin'] });
  await given('rival', 'tenant', 'rival', { name: 'Rival', enabled: true });
  const logins = [{ dialect: 'gws', name: 'rival' }];
  await given('rival', 'user', 'boss', { firstName: 'R', lastName: 'B', roles: ['admin'], logins });
  await given('rival', 'credential', 'boss', { user: 'boss', dialect: 'gws', name: 'rival', allowEmpty: true });
  const contact = { firstname: 'Mum', mobile: '0612345678' };
  const made = await xuc('alicej', 'pw', { method: 'POST', path: '/xuc/api/2.0/contact/personal', body: contact });
  contactOfAlice = JSON.parse(made.text).id;
  expect(contactOfAlice).toMatch(/./);
});
afterAll(() => served.stop());

let contactOfAlice = '';

async function given(tenant: string, kind: string, id: string, attributes: JsonObject): Promise<void> {
  await served.world.record(tenant, { to: { tenant, kind, id }, event: { type: 'create', attributes } });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask({ method, path, body }: KnownRoute, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(served.url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

async function xuc(login: string, password: string, route: KnownRoute): Promise<Answer> {
  const { text } = await ask({ method: 'POST', path: '/xuc/api/2.0/auth/login', body: { login, password } });
  return ask(route, { 'x-auth-token': JSON.parse(text).token });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

/** The path with these in the places of its parameters, and `x` in all others. */
function filled(route: KnownRoute, values: Readonly<Record<string, string>>): KnownRoute {
  return { ...route, path: route.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? 'x') };
}

const lineOf = ({ method, path }: KnownRoute): string => `${method} ${path}`;

test('the native API is here with everything that may stand behind it', () => {
  const paths = nativeRoutes(served).map(lineOf);
  for (const part of ['webhooks/:id/redeliver', 'consumers/:name/rewind', 'lines/:number/answer', 'calls/:id/hangup'])
    expect(paths).toContain(`POST /v1/tenants/:tenant/${part}`);
});

describe('a request with no credentials, or with wrong ones,', () => {
  test.each<[string, () => readonly KnownRoute[]]>([
    ['the native API', () => nativeRoutes(served)],
    ['CCS', () => CCS],
    ['GWS', () => GWS],
    ['GMS', () => GMS],
    ['XUC', () => XUC],
    ['the console', () => CONSOLE],
  ])('is refused by every route of %s', async (_, routes) => {
    const position = served.world.runtime.live.position;
    expect(routes().length).toBeGreaterThan(4);
    for (const route of routes()) {
      // Nothing is looked up for who may not ask: least of all a moment of the past.
      for (const headers of [
        { 'as-of': '999999' },
        bearer('ll_wrong'),
        basic('nobody:nothing'),
        { 'x-auth-token': 'a.b.c' },
      ]) {
        const { status } = await ask(filled(route, {}), headers);
        expect([lineOf(route), status]).toEqual([lineOf(route), expect.toSatisfy(isRefusal)]);
      }
    }
    expect(served.world.runtime.live.position).toBe(position);
  });
});

test.each(SOCKETS)('a plain request for the WebSocket %s is told that it is one', async (path) => {
  for (const headers of [{}, bearer('demo-telco'), { upgrade: 'h2c', connection: 'upgrade' }]) {
    const { statusCode, headers: told } = await plainly(`${served.url}${path}?token=x`, headers);
    expect([statusCode, told.upgrade, told.connection]).toEqual([426, 'websocket', 'Upgrade']);
  }
});

/** `fetch` asks for no upgrade. */
async function plainly(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}

/** 429: wrong passwords are counted before anything else is looked at. */
function isRefusal(status: number): boolean {
  return [401, 403, 429].includes(status);
}

describe('somebody who is known and has no right to it', () => {
  test('is refused by every route of the native API and the console', async () => {
    const routes = [...nativeRoutes(served), ...CONSOLE].map((route) => filled(route, { tenant: 'lunchlab' }));
    for (const route of routes) {
      const { status, text } = await ask(route, bearer('lunchlab-nothing'));
      expect([lineOf(route), status, text]).toEqual([lineOf(route), 403, expect.stringContaining('scope')]);
    }
  });

  test('changes and administers nothing with the right to read', async () => {
    const position = served.world.runtime.live.position;
    const routes = nativeRoutes(served).filter(({ method, path }) => method !== 'GET' && !path.endsWith('/forks'));
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes.map((one) => filled(one, { tenant: 'lunchlab' }))) {
      const { status } = await ask(route, bearer('lunchlab-reader'));
      expect([lineOf(route), status]).toEqual([lineOf(route), 403]);
    }
    expect(served.world.runtime.live.position).toBe(position);
  });

  test('is refused by every route of GWS that is not for agents', async () => {
    const position = served.world.runtime.live.position;
    const others = GWS_ROUTES.filter(({ who }) => who !== 'user').map(({ method, path }) => ({
      method,
      path: `/api/v2${path}`,
      ...(['POST', 'PUT'].includes(method) ? { body: {} } : {}),
    }));
    expect(others.length).toBeGreaterThan(40);
    for (const route of others) {
      const { status } = await ask(filled(route, {}), basic('ksippo:'));
      expect([lineOf(route), status]).toEqual([lineOf(route), 403]);
    }
    expect(served.world.runtime.live.position).toBe(position);
  });
});

describe('what belongs to another tenant', () => {
  test('is to the console what does not exist', async () => {
    for (const route of CONSOLE) {
      const asked = (tenant: string) => ask(filled(route, { tenant }), bearer('lunchlab-admin'));
      const [foreign, missing] = [await asked('avencall'), await asked('nowhere')];
      expect([lineOf(route), foreign.status]).toEqual([lineOf(route), 404]);
      expect(foreign.text.replaceAll('avencall', 'nowhere')).toBe(missing.text);
    }
  });

  test('is to the native API what does not exist', async () => {
    const own = nativeRoutes(served).filter(({ path }) => path.includes(':tenant'));
    expect(own.length).toBeGreaterThan(20);
    for (const route of own) {
      const asked = (tenant: string) => ask(filled(route, { tenant }), bearer('lunchlab-admin'));
      const [foreign, missing] = [await asked('avencall'), await asked('nowhere')];
      expect([lineOf(route), foreign.status]).toEqual([lineOf(route), 404]);
      expect(foreign.text.replaceAll('avencall', 'nowhere')).toBe(missing.text);
    }
  });

  const AT_HOME = { tenant: '327241fd-1234-46fe-9276-cc65dac6feae', extension: 'az123456-7c49-49a8-80fc-ae173a422a36' };
  const AWAY = { tenant: 'c255052e-c560-4340-b73e-675eabc3aed3', extension: 'az123456-5cca-4ff1-874e-dc1c92d6de64' };
  const NOWHERE = { tenant: '00000000-0000-4000-8000-000000000000', extension: 'az000000-0000-4000-8000-000000000000' };

  test.each(['demo-tenant', 'demo-telco'])('is to CCS what does not exist, asked with %s', async (token) => {
    const home = await ask(
      filled({ method: 'GET', path: '/6/v2/api/tenants/:tenant/extensions' }, AT_HOME),
      bearer(token),
    );
    expect(home.status).toBe(200);
    const position = served.world.runtime.live.position;
    for (const name of ['tenant', 'extension'] as const) {
      for (const route of CCS.filter(({ path }) => path.includes(`:${name}`))) {
        const asked = (id: string) => ask(filled(route, { ...AT_HOME, [name]: id }), bearer(token));
        const [foreign, missing] = [await asked(AWAY[name]), await asked(NOWHERE[name])];
        const told = foreign.text.replaceAll(AWAY[name], NOWHERE[name]);
        expect([lineOf(route), foreign.status, told]).toEqual([lineOf(route), missing.status, missing.text]);
      }
    }
    expect(served.world.runtime.live.position).toBe(position);
  });

  /** By the collection whose name stands before the parameter. */
  const GENESYS: Readonly<Record<string, string>> = {
    users: '63630bbebf4840d7a0bffd6312bc29ff',
    contacts: '63630bbebf4840d7a0bffd6312bc29ff',
    devices: '7542eb95-8f1c-4b90-bb2a-1b34578a4627',
    skills: 'K1',
  };

  test('is to GWS what does not exist, also for its administrators', async () => {
    const position = served.world.runtime.live.position;
    for (const [collection, id] of Object.entries(GENESYS)) {
      const parameter = new RegExp(`/${collection}/:\\w+`);
      const routes = GWS.filter(({ path }) => parameter.test(path));
      expect(routes).not.toEqual([]);
      for (const route of routes) {
        const asked = (as: string) =>
          ask(filled({ ...route, path: route.path.replace(parameter, `/${collection}/${as}`) }, {}), basic('rival:'));
        const [foreign, missing] = [await asked(id), await asked('nothing')];
        const told = foreign.text.replaceAll(id, 'nothing');
        expect([lineOf(route), foreign.status, told]).toEqual([lineOf(route), missing.status, missing.text]);
        // Nor an answer that says the same of everything.
        expect([200, 401, 429]).not.toContain(foreign.status);
      }
    }
    expect(served.world.runtime.live.position).toBe(position);
  });

  test('opens nothing in GMS', async () => {
    for (const route of GMS) {
      const { status } = await ask(filled(route, {}), bearer('demo-tenant'));
      expect([lineOf(route), status]).toEqual([lineOf(route), 401]);
    }
  });

  test('is in XUC what nobody has, down to the address book of one person', async () => {
    const routes = XUC.filter(({ path }) => path.includes('personal/:id'));
    expect(routes.length).toBe(3);
    for (const route of routes) {
      const asked = (id: string) => xuc('bruce', 'bruce', { ...filled(route, { id }), body: { firstname: 'B' } });
      const get = (id: string) => xuc('bruce', 'bruce', filled(route, { id }));
      const how = route.method === 'PUT' ? asked : get;
      expect(await how(contactOfAlice)).toEqual(await how('nothing'));
    }
    const { status } = await xuc('alicej', 'pw', {
      method: 'GET',
      path: `/xuc/api/2.0/contact/personal/${contactOfAlice}`,
    });
    expect(status).toBe(200);
  });
});
