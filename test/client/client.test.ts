/** The client against a server in memory, and against servers that misbehave. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Followed, LedgerlineClient, Refused } from '../../src/client/client.ts';
import { givenServed, type Served } from '../support/served.ts';

let served: Served;
let client: LedgerlineClient;
const servers: Server[] = [];

beforeEach(async () => {
  served = await givenServed();
  client = new LedgerlineClient({ url: `${served.url}/` });
  await client.command('/v1/tenants', { id: 'acme', name: 'Acme' });
});
afterEach(async () => {
  await served.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function behind(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const skill = (id: string) => client.command('/v1/tenants/acme/skills', { id, name: id });

async function take(following: AsyncIterable<Followed>, count: number): Promise<Followed[]> {
  const taken: Followed[] = [];
  for await (const one of following) {
    taken.push(one);
    if (taken.length === count) break;
  }
  return taken;
}

const sources = (taken: readonly Followed[]) => taken.map(({ record }) => record.source);

describe('a command', () => {
  test('has one effect and one receipt under one id', async () => {
    const first = await client.command('/v1/tenants/acme/skills', { name: 'English' }, { id: 'once' });
    const again = await client.command('/v1/tenants/acme/skills', { name: 'English' }, { id: 'once' });
    expect(again.receipt).toEqual(first.receipt);
    expect((await client.query('/v1/tenants/acme/skills')).items).toHaveLength(1);
  });

  test('is sent again under its own id when the answer is lost', async () => {
    const ids: unknown[] = [];
    const url = await behind((request, response) => {
      ids.push(request.headers['idempotency-key']);
      if (ids.length === 1) request.socket.destroy();
      else response.writeHead(ids.length === 2 ? 503 : 200).end('{"receipt":{"position":1}}');
    });
    const answer = await new LedgerlineClient({ url }).command('/v1/x', {});
    expect(answer.receipt.position).toBe(1);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test('that is refused is not repeated, and says why', async () => {
    await skill('a');
    const error = await skill('a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ status: 409 });
    await expect(client.query('/v1/nothing')).rejects.toMatchObject({ code: 'noRoute', status: 404 });
  });
});

describe('a query', () => {
  test('answers as of a past moment', async () => {
    const { receipt } = await skill('a');
    await skill('b');
    const ids = async (asOf?: number) =>
      (await Array.fromAsync(client.items('/v1/tenants/acme/skills', asOf === undefined ? {} : { asOf }))).map(
        ({ id }) => id,
      );
    expect(await ids()).toEqual(['a', 'b']);
    expect(await ids(receipt.position)).toEqual(['a']);
  });

  test('lists page by page', async () => {
    for (const id of ['a', 'b', 'c']) await skill(id);
    const items = await Array.fromAsync(client.items('/v1/tenants/acme/skills', { query: { limit: '2' } }));
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('following', () => {
  test('gives the past, then what happens, filtered', async () => {
    await skill('a');
    const taking = take(client.follow({ tenant: 'acme', kinds: ['skill'], since: 0 }), 2);
    await client.command('/v1/tenants/acme/places', { id: 'p', name: 'p' });
    await skill('b');
    expect(sources(await taking)).toEqual(['/tenants/acme/skills/a', '/tenants/acme/skills/b']);
  });

  test('goes on after the last record when the connection breaks, with nothing missing and nothing twice', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await skill(id);
    const asked: unknown[] = [];
    const url = await behind(async (request, response) => {
      asked.push(new URL(request.url ?? '', 'http://x').searchParams.get('since'));
      const answer = await fetch(served.url + request.url);
      response.writeHead(answer.status, { 'Content-Type': 'text/event-stream' });
      let records = 0;
      for await (const chunk of answer.body ?? []) {
        // One record at a time, cut in the middle of the next.
        const frames = Buffer.from(chunk).toString().split('\n\n');
        for (const frame of frames) {
          if (frame.startsWith('id:') && ++records === 2) return void response.end(frame.slice(0, 40));
          response.write(`${frame}\n\n`);
        }
      }
    });
    const broken = new LedgerlineClient({ url });
    const taken = await take(broken.follow({ kinds: ['skill'], since: 0 }), 4);
    expect(sources(taken)).toEqual(['a', 'b', 'c', 'd'].map((id) => `/tenants/acme/skills/${id}`));
    expect(asked.slice(0, 4)).toEqual(['0', ...taken.slice(0, 3).map(({ position }) => String(position))]);
  });

  test('ends when it is told to, also while it waits', async () => {
    const stop = new AbortController();
    const taking = Array.fromAsync(client.follow({ signal: stop.signal }));
    setImmediate(() => stop.abort());
    expect(await taking).toEqual([]);
  });

  test('ends with what the server refuses', async () => {
    const stranger = new LedgerlineClient({ url: served.url, token: 'wrong' });
    await expect(Array.fromAsync(stranger.follow({ since: 0 }))).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
