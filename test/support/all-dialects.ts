/**
 * The demo centre with every dialect before it, nobody let in for free, and the routes that each says it has: what is
 * asked of all of them is asked of the next one, too.
 */
import { kinds } from '../../machines/index.ts';
import { BlobKeeper } from '../../src/blobs/keeper.ts';
import { serviceFiles } from '../../src/blobs/service-files.ts';
import { createConsole } from '../../src/console/console.ts';
import { loadDemo } from '../../src/demo/load.ts';
import { ROUTES as CCS_ROUTES } from '../../src/dialects/ccs/operations.ts';
import { createCcs } from '../../src/dialects/ccs/routes.ts';
import type { GmsParts } from '../../src/dialects/gms/parts.ts';
import { createGms } from '../../src/dialects/gms/routes.ts';
import { tableOf } from '../../src/dialects/gms/table.ts';
import { GWS_DEFAULTS } from '../../src/dialects/gws/options.ts';
import { createGws } from '../../src/dialects/gws/routes.ts';
import { ROUTES as GWS_ROUTES } from '../../src/dialects/gws/table.ts';
import { contactRoutes } from '../../src/dialects/xuc/contacts/routes.ts';
import { deprecatedRoutes } from '../../src/dialects/xuc/deprecated.ts';
import { mobileRoutes } from '../../src/dialects/xuc/mobile.ts';
import { qualificationRoutes } from '../../src/dialects/xuc/qualifications.ts';
import { createXuc } from '../../src/dialects/xuc/routes.ts';
import { MemoryBlobStore } from '../../src/log/memory-blob-store.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { countingBytes } from './identities.ts';
import { givenServed, type Served } from './served.ts';
import type { World } from './world.ts';

/** A line of a request, `:name` where the path has a parameter, and a body where there is one. */
export interface KnownRoute {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
}

/** Below `/6/v2/api`; every request that a path tells apart is a route of its own. */
export const CCS: readonly KnownRoute[] = CCS_ROUTES.flatMap((route) => {
  const { method, path } = route;
  const body = { name: 'Lunch Break', number: '200', target: '200', product: 'x', products: [], recording: 'none' };
  if ('requests' in route) {
    return Object.keys(route.requests).map((request) => ({ method, path, body: { ...body, request } }));
  }
  return [method === 'GET' ? { method, path } : { method, path, body }];
}).map(({ path, ...rest }) => ({ ...rest, path: `/6/v2/api${path}` }));

export const GWS: readonly KnownRoute[] = [
  ...GWS_ROUTES.map(({ method, path }) => ({ method, path })),
  { method: 'POST', path: '/notifications/handshake' },
].map(({ method, path }) => ({
  method,
  path: `/api/v2${path}`,
  ...(['POST', 'PUT'].includes(method) ? { body: {} } : {}),
}));

export const GMS: readonly KnownRoute[] = [
  ...tableOf({} as GmsParts).map(({ method, path }) => ({ method, path })),
  { method: 'PUT', path: '/genesys/1/cs/services/:service' },
  { method: 'POST', path: '/genesys/cometd' },
];

/** What nobody gets as far as who has no right to. */
const UNASKED = {} as never;

/** Signing in is open, by its nature, and not among them. */
export const XUC: readonly KnownRoute[] = [
  ...contactRoutes(UNASKED),
  ...qualificationRoutes(),
  ...mobileRoutes(),
  ...deprecatedRoutes(UNASKED),
].map(({ method, path }) => ({ method, path: `/xuc/api${path}`, ...(method === 'POST' ? { body: {} } : {}) }));

/** Of the page, what tells of the log. */
export const CONSOLE: readonly KnownRoute[] = ['rows', 'story', 'export', 'moment', 'record'].map((name) => ({
  method: 'GET',
  path: `/console/data/${name}?tenant=:tenant&kind=agent&id=x&position=1&format=csv`,
}));

/** Of each dialect that has one. Asking for it plainly leads nobody any further, whoever asks. */
export const SOCKETS: readonly string[] = ['/v1/events/ws', '/6/v2/sock', '/xuc/api/2.0/cti'];

export function nativeRoutes({ native }: Served): readonly KnownRoute[] {
  const paths = Object.entries(native.openapi().paths as Record<string, JsonObject>);
  const ofRequests = paths.filter(([path]) => !SOCKETS.includes(path));
  return ofRequests.flatMap(([path, operations]) =>
    Object.keys(operations).map((verb) => ({
      method: verb.toUpperCase(),
      path: path.replace(/\{(\w+)\}/g, ':$1'),
      ...(['get', 'delete'].includes(verb) ? {} : { body: {} }),
    })),
  );
}

export async function givenAllDialects(): Promise<Served> {
  let minted = 0;
  const mintId = () => `all-${++minted}`;
  const served = await givenServed({
    openOnLoopback: false,
    behind: () => ({ webhooks: UNASKED, outside: UNASKED, hands: UNASKED }),
    dialects: (world) => [
      createCcs({ ...world, mintId }),
      createGws({ ...world, options: GWS_DEFAULTS, random: countingBytes, mintId }),
      createGms({ ...world, keeper: keeperOf(world), random: countingBytes, mintId, tenant: 'genesys' }),
      createConsole({ ...world, kinds, openOnLoopback: () => false, folder: 'not built' }),
      createXuc({
        ...world,
        mintId,
        logger: SILENT,
        jwtSecret: 'x'.repeat(32),
        tokenLifetimeS: 3600,
        deprecatedApiHosts: [],
      }),
    ],
  });
  await loadDemo(served.world.runtime, served.world.hasher);
  return served;
}

const nothing = () => undefined;
const SILENT = { info: nothing, warn: nothing, error: nothing };

function keeperOf({ runtime }: World): BlobKeeper {
  return new BlobKeeper({ store: new MemoryBlobStore(), runtime, references: serviceFiles, failed: nothing });
}
