/** The demo world behind a real HTTP server, with this dialect, and short words to ask it. */

import { loadDemo } from '../../../src/demo/load.ts';
import { createCcs } from '../../../src/dialects/ccs/routes.ts';
import type { SocketLimits } from '../../../src/dialects/ccs/socket/session.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { givenServed, type Served } from '../../support/served.ts';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into field by field
  readonly body: any;
}

export interface Request {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GivenCcs extends Served {
  /** `GET /tenants`, relative to the base of the API. */
  ask(line: string, request?: Request): Promise<Asked>;
  get(path: string, as: string): Promise<Asked>;
  post(path: string, as: string, body: unknown): Promise<Asked>;
  put(path: string, as: string, body: unknown): Promise<Asked>;
  /** What happens to a call, in this order. */
  call(tenant: string, id: string, ...events: readonly MachineEvent[]): Promise<void>;
  /** What happens to an agent, in this order. */
  agent(tenant: string, id: string, ...events: readonly MachineEvent[]): Promise<void>;
}

/** The tenants and some of their objects, by the ids of the document. */
export const CCSLAB15 = '/tenants/327241fd-1234-46fe-9276-cc65dac6feae';
export const LUNCHLAB = '/tenants/c255052e-c560-4340-b73e-675eabc3aed3';
export const EXTENSION_114 = 'az123456-7c49-49a8-80fc-ae173a422a36';
export const EXTENSION_101 = 'az123456-5cca-4ff1-874e-dc1c92d6de64';
export const EXTENSION_102 = 'az123456-30b7-4b06-9d87-7607033e2712';
export const QUEUE_210 = 'az123456-f645-47b6-bd71-e9f493ff8ac9';
/** The printed id that the demo leaves free. */
export const CALL = '0BS9DD02LEMUI';

const CALLER = { leg: 'caller', number: '501' };
const ANN = { leg: 'ann', number: '101', line: '101', agent: 'aarcher' };
const Q200 = { queue: 'q200', name: 'Q200' };

/** Somebody dials extension 101; his phone rings. */
export const RINGS: readonly MachineEvent[] = [
  { type: 'arrive', direction: 'inbound', to: '101', caller: CALLER, target: ANN },
  { type: 'leg.ringing', leg: 'ann' },
];
export const ANSWERED: readonly MachineEvent[] = [...RINGS, { type: 'leg.answered', leg: 'ann' }];
/** Somebody dials the queue, and waits. */
export const WAITS: readonly MachineEvent[] = [
  { type: 'arrive', direction: 'inbound', to: '200', caller: CALLER, queue: Q200 },
];
/** The distributor offers it to Ann, whose phone rings. */
export const OFFERED: readonly MachineEvent[] = [
  ...WAITS,
  { type: 'offer', target: ANN, ringMs: 20_000 },
  { type: 'leg.ringing', leg: 'ann' },
];

export async function givenCcs(socketLimits?: SocketLimits): Promise<GivenCcs> {
  let minted = 0;
  const served = await givenServed({
    dialects: (world) => [
      createCcs({
        ...world,
        mintId: () => `ccs-${++minted}`,
        ...(socketLimits === undefined ? {} : { socketLimits }),
      }),
    ],
  });
  await loadDemo(served.world.runtime, served.world.hasher);
  const ask = async (line: string, { as, body, headers = {} }: Request = {}): Promise<Asked> => {
    const [method = '', path = ''] = line.split(' ');
    const response = await fetch(`${served.url}/6/v2/api${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const happen = async (tenant: string, kind: string, id: string, events: readonly MachineEvent[]): Promise<void> => {
    for (const event of events) await served.world.record(tenant, { to: { tenant, kind, id }, event });
  };
  return {
    ...served,
    ask,
    get: (path, as) => ask(`GET ${path}`, { as }),
    post: (path, as, body) => ask(`POST ${path}`, { as, body }),
    put: (path, as, body) => ask(`PUT ${path}`, { as, body }),
    call: (tenant, id, ...events) => happen(tenant, 'call', id, events),
    agent: (tenant, id, ...events) => happen(tenant, 'agent', id, events),
  };
}
