/** The XUC dialect before the demo contact centre, behind a real HTTP server, and a client that speaks to it. */

import pino from 'pino';
import { secretEntriesByLogin } from '../../../projections/directory.ts';
import { loadDemo } from '../../../src/demo/load.ts';
import type { XucParts } from '../../../src/dialects/xuc/parts.ts';
import { createXuc } from '../../../src/dialects/xuc/routes.ts';
import type { Dialect } from '../../../src/http/dialect.ts';
import type { Runtime } from '../../../src/model/runtime.ts';
import type { Hands } from '../../../src/switch/simulated/hands.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { openSimulated } from '../../support/simulated-telephony.ts';
import { type CtiClient, ctiClient } from './cti-client.ts';

export const SECRET = 'a secret of thirty-two bytes, or more';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface XucWorld extends Omit<Served, 'stop'> {
  readonly dialect: Dialect;
  readonly hands: Hands;
  /** Resolves when nothing rings, reports or decides that is not recorded. */
  atRest(): Promise<void>;
  /** Moves time on, at rest after each thing that falls due. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
  /** `auth/login` behind `/xuc/api/2.0/` unless the path begins with a slash; a body that is no text is sent as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A fresh token; the password is the login, or alicej's. */
  token(login?: string): Promise<string>;
  /** A client of the CTI socket, greeted; closed with the world. */
  signedOn(login?: string): Promise<CtiClient>;
  /** What was logged, by message. */
  readonly messages: string[];
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface XucGiven extends Partial<Omit<XucParts, 'runtime'>> {
  /** Puts something between the dialect and the runtime. */
  readonly runtimeOf?: (runtime: Runtime) => Runtime;
}

export async function givenXuc({ runtimeOf = (runtime) => runtime, ...options }: XucGiven = {}): Promise<XucWorld> {
  const messages: string[] = [];
  const log = (_: object, message: string) => void messages.push(message);
  let minted = 0;
  let dialect: Dialect | undefined;
  const served = await givenServed({
    dialects: (world) => {
      dialect = createXuc({
        runtime: runtimeOf(world.runtime),
        identity: world.identity,
        clock: world.clock,
        mintId: () => `xuc-${++minted}`,
        logger: { info: log, warn: log, error: log },
        jwtSecret: SECRET,
        tokenLifetimeS: 3600,
        deprecatedApiHosts: ['127.0.0.1'],
        ...options,
      });
      return [dialect];
    },
  });
  if (dialect === undefined) throw new Error('nobody asked for the dialect');
  await loadDemo(served.world.runtime, served.world.hasher);
  const { world } = served;
  const telephony = await openSimulated({ ...world, logger: pino({ level: 'silent' }) });
  const atRest = async () => {
    for (let before = -1; before !== world.runtime.live.position; ) {
      before = world.runtime.live.position;
      await telephony.atRest();
      await world.runtime.atRest();
    }
  };
  const call: XucWorld['call'] = async (method, path, { body, token, headers = {} } = {}) => {
    const answer = await fetch(served.url + (path.startsWith('/') ? path : `/xuc/api/2.0/${path}`), {
      method,
      headers: { ...(token === undefined ? {} : { 'x-auth-token': token }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  };
  const token = async (login = 'alicej') => {
    const password = login === 'alicej' ? 'pw' : login;
    const { json } = await call('POST', 'auth/login', { body: { login, password } });
    return (json as { readonly token: string }).token;
  };
  const clients: CtiClient[] = [];
  return {
    ...served,
    dialect,
    call,
    token,
    messages,
    atRest,
    hands: telephony.hands,
    advance: (ms) => world.clock.advance(ms, atRest),
    async signedOn(login) {
      const client = await ctiClient(served.url, await token(login));
      clients.push(client);
      await client.seen('PhoneStatusUpdate');
      return client;
    },
    async stop() {
      for (const client of clients) client.close();
      await telephony.stop();
      await served.stop();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function changePassword({ world }: XucWorld, login: string, password: string): Promise<void> {
  const [found] = secretEntriesByLogin(world.runtime.live, { kind: 'credential', dialect: 'xuc', name: login });
  if (found === undefined) throw new Error(`${login} has no credential`);
  const set = { hash: await world.hasher.hash(password) };
  await world.record(found.actor.tenant, { to: found.actor, event: { type: 'change', set } });
}

/** One more name for a user to sign in with; it is the password as well. */
export async function addLogin({ world }: XucWorld, user: string, name: string): Promise<void> {
  const logins = [user, name].map((each) => ({ dialect: 'xuc', name: each }));
  const attributes = { user, dialect: 'xuc', name, hash: await world.hasher.hash(name) };
  await world.record(
    'avencall',
    { to: { tenant: 'avencall', kind: 'user', id: user }, event: { type: 'change', set: { logins } } },
    { to: { tenant: 'avencall', kind: 'credential', id: name }, event: { type: 'create', attributes } },
  );
}
