/** The demo world behind a real HTTP server, and a client that speaks as one of its people. */

import { loadDemo } from '../../../src/demo/load.ts';
import { GWS_DEFAULTS, type GwsOptions } from '../../../src/dialects/gws/options.ts';
import { createGws } from '../../../src/dialects/gws/routes.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { countingBytes } from '../../support/identities.ts';
import { givenServed, type Served } from '../../support/served.ts';
import type { World } from '../../support/world.ts';

export const URI_BASE = 'http://127.0.0.1/cloud-web/api/v2';

/** That a client subscribed soon after its handshake is also true on a slow machine. */
const RESUMES_MS = 60_000;

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, with the JSON type. */
  readonly raw?: string;
  /** `name:password`; absent: nobody. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `{}` where the answer is no JSON. */
  readonly body: JsonObject;
}

export interface Gws extends Served {
  ask(asked: Asked): Promise<Told>;
}

/** `uriBase`: null for none. */
export type GivenOptions = Omit<Partial<GwsOptions>, 'uriBase'> & { readonly uriBase?: string | null };

export async function givenGws({ uriBase = URI_BASE, ...options }: GivenOptions = {}): Promise<Gws> {
  const base = uriBase === null ? {} : { uriBase };
  let minted = 0;
  const served = await givenServed({
    dialects: (world: World) => [
      createGws({
        ...world,
        options: { ...GWS_DEFAULTS, ...base, cometdResumesMs: RESUMES_MS, ...options },
        random: countingBytes,
        mintId: () => `gws-${++minted}`,
      }),
    ],
  });
  await loadDemo(served.world.runtime, served.world.hasher);
  return { ...served, ask: (asked) => ask(served.url, asked) };
}

async function ask(url: string, { method = 'GET', path, body, raw, as, headers = {} }: Asked): Promise<Told> {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Basic ${Buffer.from(as).toString('base64')}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? (JSON.parse(text) as JsonObject) : {} };
}
