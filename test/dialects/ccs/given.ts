/** The demo world behind a real HTTP server, with this dialect, and short words to ask it. */

import { loadDemo } from '../../../src/demo/load.ts';
import { createCcs } from '../../../src/dialects/ccs/routes.ts';
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
}

export async function givenCcs(): Promise<GivenCcs> {
  let minted = 0;
  const served = await givenServed({
    dialects: (world) => [createCcs({ ...world, mintId: () => `ccs-${++minted}` })],
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
  return {
    ...served,
    ask,
    get: (path, as) => ask(`GET ${path}`, { as }),
    post: (path, as, body) => ask(`POST ${path}`, { as, body }),
  };
}
