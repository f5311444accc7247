/**
 * One centre behind all its faces: the demo world with the native API, GWS, CCS, XUC and GMS on one port, the telephone
 * side as in production, time moved by hand, and a word for each way of asking.
 */
import pino from 'pino';
import { BlobKeeper } from '../../../src/blobs/keeper.ts';
import { serviceFiles } from '../../../src/blobs/service-files.ts';
import { loadDemo } from '../../../src/demo/load.ts';
import { createCcs } from '../../../src/dialects/ccs/routes.ts';
import { createGms } from '../../../src/dialects/gms/routes.ts';
import { GWS_DEFAULTS } from '../../../src/dialects/gws/options.ts';
import { createGws } from '../../../src/dialects/gws/routes.ts';
import { createXuc } from '../../../src/dialects/xuc/routes.ts';
import type { Dialect } from '../../../src/http/dialect.ts';
import { MemoryBlobStore } from '../../../src/log/memory-blob-store.ts';
import type { Hands } from '../../../src/switch/simulated/hands.ts';
import { type CtiClient, ctiClient } from '../../dialects/xuc/cti-client.ts';
import { countingBytes } from '../../support/identities.ts';
import { givenServed } from '../../support/served.ts';
import { openSimulated } from '../../support/simulated-telephony.ts';
import type { World } from '../../support/world.ts';

export const REESE = { tenant: 'ccslab15', agent: 'rnath', line: '114' };
export const EXTENSION =
  '/tenants/az123456-53d6-48e2-85cd-f8d6bde10fd9/extensions/az123456-7c49-49a8-80fc-ae173a422a36';

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into field by field
type Body = any;

export interface Centre {
  readonly world: World;
  readonly hands: Hands;
  /** Any request, and whatever is answered. */
  told(request: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: Body }>;
  /** As `name:password`; Reese Nath unless said. */
  gws(request: string, body?: object, as?: string): Promise<Body>;
  /** With the token of a tenant's administrator at extension 114 unless said. */
  ccs(request: string, body?: object, as?: string): Promise<Body>;
  /** The API of version 1.0, which asks nobody who he is. */
  xuc(request: string, body?: object): Promise<Body>;
  native(request: string, body?: object): Promise<Body>;
  gms(request: string, form: Readonly<Record<string, string>>): Promise<Body>;
  /** A client of the CTI socket, greeted. */
  cti(login?: string): Promise<CtiClient>;
  /** Somebody outside calls; everything that sets off is done when it resolves. */
  callsIn(call: string, to: string, more?: { readonly code?: string; readonly tenant?: string }): Promise<void>;
  atRest(): Promise<void>;
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function givenCentre(): Promise<Centre> {
  let keeper: BlobKeeper | undefined;
  const served = await givenServed({
    dialects: (world) => {
      keeper = keeperOf(world);
      return dialectsOf(world, keeper);
    },
  });
  const { world, url } = served;
  await loadDemo(world.runtime, world.hasher);
  await keeper?.start();
  const { hands, ...telephony } = await openSimulated({ ...world, logger: pino({ level: 'silent' }) });
  const clients: CtiClient[] = [];
  const atRest = async () => {
    for (let before = -1; before !== world.runtime.live.position; ) {
      before = world.runtime.live.position;
      await telephony.atRest();
      await world.runtime.atRest();
    }
  };
  const told: Centre['told'] = async (request, init = {}) => {
    const [method = '', path = ''] = request.split(' ');
    const answer = await fetch(url + path, { method, ...init });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  /** Asks what has to be granted, and waits until all that it sets off is done. */
  const ask = async (root: string, request: string, init: RequestInit): Promise<Body> => {
    const { status, body } = await told(request.replace(' ', ` ${root}`), init);
    if (status >= 300) throw new Error(`${request}: ${status} ${JSON.stringify(body)}`);
    await atRest();
    return body;
  };
  const json = (body: object | undefined, authorization?: string): RequestInit => ({
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    world,
    hands,
    told,
    gws: (request, body, as = 'rnath:') =>
      ask('/api/v2', request, json(body, `Basic ${Buffer.from(as).toString('base64')}`)),
    ccs: (request, body, as = 'demo-tenant') => ask('/6/v2/api', request, json(body, `Bearer ${as}`)),
    xuc: (request, body) => ask('/xuc/api/1.0', request, json(body)),
    native: (request, body) => ask('/v1', request, json(body)),
    gms: (request, form) => ask('/genesys/1/service', request, { body: new URLSearchParams(form) }),
    async cti(login = REESE.agent) {
      const { token } = await ask('/xuc/api/2.0', 'POST /auth/login', json({ login, password: login }));
      const client = await ctiClient(url, token);
      clients.push(client);
      await client.seen('PhoneStatusUpdate');
      return client;
    },
    async callsIn(call, to, { tenant = REESE.tenant, ...more } = {}) {
      const placed = await hands.placeCall({ tenant, call, from: '19735550123', to, ...more });
      if (!placed) throw new Error(`call ${call} was not taken`);
      await atRest();
    },
    atRest,
    advance: (ms) => world.clock.advance(ms, atRest),
    async stop() {
      for (const client of clients) client.close();
      await telephony.stop();
      await keeper?.stop();
      await served.stop();
    },
  };
}

function keeperOf({ runtime }: World): BlobKeeper {
  const failed = (_: string, error: unknown): never => {
    throw error;
  };
  return new BlobKeeper({ store: new MemoryBlobStore(), runtime, references: serviceFiles, failed });
}

function dialectsOf(world: World, keeper: BlobKeeper): readonly Dialect[] {
  let minted = 0;
  const mintId = () => `cross-${++minted}`;
  const logger = pino({ level: 'silent' });
  return [
    createGws({ ...world, options: GWS_DEFAULTS, random: countingBytes, mintId }),
    createCcs({ ...world, mintId }),
    createXuc({
      ...world,
      mintId,
      logger,
      jwtSecret: 'a secret of thirty-two bytes, or more',
      tokenLifetimeS: 3600,
      deprecatedApiHosts: ['127.0.0.1'],
    }),
    createGms({ runtime: world.runtime, keeper, random: countingBytes, mintId, tenant: 'genesys' }),
  ];
}
