/** The two programs that the README prints, run as they are beside a real server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type ConsumerInfo, jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { clientOf, eventsOf } from '../dialects/native/client.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'docs', 'examples');

let server: ServerProcess;
let natsUrl: string;
const programs: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServerProcess();
  const { body } = await clientOf(server.url)('GET', '/healthz');
  natsUrl = `nats://127.0.0.1:${(body.ports as { readonly nats: number }).nats}`;
});
afterAll(async () => {
  for (const program of programs) program.kill();
  await server.remove();
});

interface Running {
  readonly seen: readonly JsonObject[];
  stop(): Promise<void>;
}

function start(file: string): Running {
  const program = spawn(process.execPath, [join(EXAMPLES, file)], {
    env: { ...process.env, NATS_URL: natsUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  programs.push(program);
  const seen: JsonObject[] = [];
  let rest = '';
  program.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    seen.push(...lines.map((line) => JSON.parse(line) as JsonObject));
  });
  return {
    seen,
    stop: async () => {
      const ended = once(program, 'exit');
      program.kill();
      await ended;
    },
  };
}

/** What /v1/events tells of a tenant, up to and including the record with this id. */
async function told(query: string, lastId: unknown): Promise<JsonObject[]> {
  const stop = new AbortController();
  const answer = await fetch(`${server.url}/v1/events?${query}`, { signal: stop.signal });
  const events: JsonObject[] = [];
  for await (const { data } of eventsOf(answer)) {
    events.push(data);
    if (data.id === lastId) break;
  }
  stop.abort();
  return events;
}

async function setState(operationName: string): Promise<void> {
  const answer = await fetch(`${server.url}/api/v2/me/channels/voice`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa('ksippo:')}` },
    body: JSON.stringify({ operationName }),
  });
  expect(await answer.json()).toEqual({ statusCode: 0 });
}

/** How the durable consumer stands. */
async function standing(): Promise<ConsumerInfo> {
  const nats = await connect({ servers: natsUrl });
  try {
    return await (await jetstreamManager(nats)).consumers.info('LEDGER', 'wallboard');
  } finally {
    await nats.close();
  }
}

/** Id of the newest record of an agent. */
async function lastIdOf(agent: string): Promise<unknown> {
  const path = `/v1/tenants/genesys/actors/agent/${agent}/history?order=desc&limit=1`;
  const { body } = await clientOf(server.url)('GET', path);
  return (body.items as readonly { readonly record: JsonObject }[])[0]?.record.id;
}

describe('outside consumers', () => {
  test('see what /v1/events sees: live, and from a durable consumer that was away for a while', async () => {
    const durable = start('nats-durable.ts');
    await setState('NotReady');
    const past = await told('tenant=genesys&since=0', await lastIdOf('ksippo'));
    await eventually('the whole past has come', () => durable.seen.length >= past.length || undefined);
    expect(durable.seen).toEqual(past);
    // What it has printed it acknowledges a moment later.
    await eventually('all is acknowledged', async () => (await standing()).num_ack_pending === 0 || undefined);
    await durable.stop();
    // What is recorded before the server knows that it went is handed to it, and again only after half a minute.
    await eventually('it is known to be away', async () => (await standing()).num_waiting === 0 || undefined);

    const { position } = (await clientOf(server.url)('GET', '/healthz')).body;
    const live = start('nats-live.ts');
    // A subscription hears only what comes after it: the first change it hears proves that it is there.
    await eventually('the subscriber hears', async () => {
      await setState('Ready');
      await setState('NotReady');
      return live.seen[0];
    });
    await setState('Ready');
    const last = await lastIdOf('ksippo');
    await eventually('the last change is heard', () => live.seen.find(({ id }) => id === last));
    const since = await told(`since=${position}`, last);
    expect(live.seen).toEqual(since.slice(-live.seen.length));

    const again = start('nats-durable.ts');
    await eventually('it has caught up', () => again.seen.find(({ id }) => id === last));
    expect(again.seen).toEqual(await told(`tenant=genesys&since=${position}`, last));
  });
});
