/** The demo world behind a real HTTP server, with this dialect, and short words to ask it. */
import { BlobKeeper } from '../../../src/blobs/keeper.ts';
import { serviceFiles } from '../../../src/blobs/service-files.ts';
import { loadDemo } from '../../../src/demo/load.ts';
import type { GmsParts } from '../../../src/dialects/gms/parts.ts';
import { createGms } from '../../../src/dialects/gms/routes.ts';
import { MemoryBlobStore } from '../../../src/log/memory-blob-store.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { countingBytes } from '../../support/identities.ts';
import { givenServed, type Served } from '../../support/served.ts';

export interface Asked {
  readonly status: number;
  readonly phrase: string;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into field by field
  readonly body: any;
}

export interface Request {
  readonly form?: string | Readonly<Record<string, string>>;
  readonly json?: string | JsonObject;
  readonly parts?: FormData;
  /** Sent as it is; give its Content-Type. */
  readonly raw?: RequestInit['body'];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GivenGms extends Served {
  readonly store: MemoryBlobStore;
  readonly keeper: BlobKeeper;
  /** `POST /request-interaction`, relative to `/genesys/1/service`; paths that begin with `/genesys` stand for themselves. */
  ask(line: string, request?: Request): Promise<Asked>;
  /** Starts a service and expects it to be accepted; its id. */
  start(fields?: Readonly<Record<string, string>>, name?: string): Promise<string>;
}

export async function givenGms(
  parts: Partial<GmsParts> | ((world: Served['world']) => Partial<GmsParts>) = {},
): Promise<GivenGms> {
  let minted = 0;
  const store = new MemoryBlobStore();
  let keeper: BlobKeeper | undefined;
  const served = await givenServed({
    dialects: (world) => {
      keeper = new BlobKeeper({
        store,
        runtime: world.runtime,
        references: serviceFiles,
        failed: (_, error) => {
          throw error;
        },
      });
      const own = typeof parts === 'function' ? parts(world) : parts;
      const { runtime } = world;
      return [
        createGms({
          runtime,
          keeper,
          random: countingBytes,
          mintId: () => `gms-${++minted}`,
          tenant: 'genesys',
          ...own,
        }),
      ];
    },
  });
  if (keeper === undefined) throw new Error('the dialect was not made');
  await loadDemo(served.world.runtime, served.world.hasher);
  await keeper.start();
  const blobs = keeper;

  const ask = async (line: string, request: Request = {}): Promise<Asked> => {
    const [method = '', path = ''] = line.split(' ');
    const { type, body } = bodyOf(request);
    const response = await fetch(served.url + (path.startsWith('/genesys') ? path : `/genesys/1/service${path}`), {
      method,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...request.headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      phrase: response.statusText,
      headers: response.headers,
      text,
      body: parsed(text),
    };
  };
  return {
    ...served,
    store,
    keeper,
    ask,
    async start(fields = {}, name = 'request-interaction') {
      const { status, body, text } = await ask(`POST /${name}`, { form: fields });
      if (status !== 200) throw new Error(`not started: ${status} ${text}`);
      return body._id;
    },
    async stop() {
      await blobs.stop();
      await served.stop();
    },
  };
}

function bodyOf({ form, json, parts, raw }: Request): { readonly type?: string; readonly body?: RequestInit['body'] } {
  if (form !== undefined) {
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    return { type: 'application/x-www-form-urlencoded', body };
  }
  if (json !== undefined) {
    return { type: 'application/json', body: typeof json === 'string' ? json : JSON.stringify(json) };
  }
  const body = parts ?? raw;
  return body === undefined ? {} : { body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A form of texts and, where the value is bytes, of files called MyPic.png. */
export function partsOf(fields: Readonly<Record<string, string | Uint8Array>>, type = 'image/png'): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, new Blob([Uint8Array.from(value)], { type }), 'MyPic.png');
  }
  return form;
}
