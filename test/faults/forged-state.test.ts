/**
 * Records that anybody may write into the demo's log, valid in everything but the state: no reader may stop at one, whether the
 * server runs, starts, or makes its projections anew.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { LedgerlineClient } from '../../src/client/client.ts';
import { hashOf, sourceOf } from '../../src/log/codec.ts';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Log, StoredRecord } from '../../src/log/log.ts';
import { subjectOf, type Visibility } from '../../src/log/subjects.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { ran } from '../cli/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const AGENT = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };
const AGENT_PATH = '/v1/tenants/genesys/agents/ksippo';
const USER = { tenant: 'genesys', kind: 'user', id: 'ksippo' };
const QUEUE = { tenant: 'genesys', kind: 'queue', id: 'forged' };
const CALL = { tenant: 'genesys', kind: 'call', id: 'forged' };
const DUE = [{ name: 'ring', due: 0, armed: 1 }];

/** What stands in `data` instead of what the actor's last record has there. */
type Forged = Readonly<Record<string, Json | undefined>>;
type Forgery = (data: JsonObject) => Forged;

/** Stands for a list in a list in a list …, so deep that nobody could write it with `JSON.stringify`. */
const DEEP = 'deep';
const LEVELS = 6_000;

/** Of the agent; each changes what was valid. */
const STATES: readonly Forgery[] = [
  () => ({ machine: 'agent@999', state: { context: {} } }),
  () => ({ state: undefined }),
  () => ({ state: null }),
  () => ({ state: 'ready' }),
  () => ({ state: {} }),
  () => ({ state: { context: {} } }),
  () => ({ to: 'nowhere' }),
  () => ({ to: { present: { presence: 'asleep', phone: 'idle', queue: 'none' } } }),
  () => ({ to: { present: { presence: 'ready' } } }),
  ...['presence', 'phone', 'queue', 'rules', 'forwards'].map((field) => (data: JsonObject) => ({
    state: { ...(data.state as JsonObject), context: { ...contextIn(data), [field]: undefined as never } },
  })),
  (data) => withContext(data, { phone: 'idle' }),
  (data) => withContext(data, { queue: { since: 'now', work: null } }),
  (data) => withContext(data, { phone: { since: 1, line: null, homeLine: null, reachable: true, legs: [null] } }),
  (data) => withContext(data, { presence: { since: 1e17, cause: 'self' } }),
  (data) => withContext(data, { more: DEEP }),
  (data) => ({ state: { ...(data.state as JsonObject), timers: 7 } }),
  (data) => ({ state: { ...(data.state as JsonObject), timers: [{ name: 'wrapUp' }] } }),
  (data) => ({ state: { context: { ...contextIn(data) }, done: 'soon' } }),
  (data) => ({ cause: { ...(data.cause as JsonObject), tenant: {} } }),
  () => ({ event: { type: 'setReady', more: DEEP } }),
  () => ({ machine: 'call@1' }),
];

const RECORD_STATES: readonly Forgery[] = [
  (data) => withContext(data, { attributes: null }),
  (data) => withContext(data, { attributes: { firstName: 'K', lastName: 'S', roles: 'agent' } }),
  (data) => withContext(data, { claims: [7] }),
  () => ({ to: 'gone' }),
];

const CREATED = { context: { attributes: { name: 7 }, claims: [], createdAt: 0, changedAt: 0 }, timers: DUE };

/** Of actors that nobody knows. */
const BIRTHS: readonly (readonly [ActorId, Visibility, JsonObject])[] = [
  [CALL, 'public', { to: { live: 'queued' }, state: { context: { legs: 'none' }, timers: DUE } }],
  [CALL, 'private', { to: { live: 'queued' }, state: { context: {} } }],
  [QUEUE, 'public', { to: 'present', state: CREATED }],
  [{ ...QUEUE, kind: 'nothing' }, 'public', { to: 'present', state: CREATED }],
  [{ ...QUEUE, kind: 'token' }, 'public', { to: 'present', state: CREATED }],
  [{ ...QUEUE, kind: 'claim' }, 'private', { to: 'held', state: { context: { owner: 7 } } }],
];

function contextIn(data: JsonObject): JsonObject {
  return (data.state as JsonObject).context as JsonObject;
}

function withContext(data: JsonObject, fields: JsonObject): Forged {
  return { state: { ...(data.state as JsonObject), context: { ...contextIn(data), ...fields } } };
}

let server: ServerProcess | undefined;
const removed: string[] = [];
afterEach(async () => {
  await server?.remove();
  for (const folder of removed) await rm(folder, { recursive: true, force: true });
});

/** As a stranger does it: the demo's NATS server asks nobody who he is. */
async function onLog<Result>({ url }: ServerProcess, work: (log: Log) => Promise<Result>): Promise<Result> {
  const { ports } = (await (await fetch(`${url}/healthz`)).json()) as { readonly ports: { readonly nats: number } };
  const log = await openJetStreamLog({ servers: `nats://127.0.0.1:${ports.nats}`, mintId: randomUUID });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Writes records behind the last ones of the actors, in which something is not as it should be; their positions. */
class Forger {
  readonly #log: Log;
  readonly #genuine = new Map<string, StoredRecord>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** As if it were the next record of an actor, once and again. */
  async after(actor: ActorId, forged: Forgery, time?: string): Promise<number> {
    const subject = subjectOf(actor, 'public');
    const genuine = this.#genuine.get(subject) ?? (await this.#log.last(subject));
    if (genuine === undefined) throw new Error(`nobody is ${subject}`);
    this.#genuine.set(subject, genuine);
    const { data } = recordIn(genuine);
    const fields = { version: Number(data.version) + 1, prev: hashOf(genuine.payload), ...forged(data) };
    return this.#append(subject, genuine, fields, time === undefined ? {} : { time });
  }

  /** As if it were the first record of an actor. */
  async birth(actor: ActorId, visibility: Visibility, forged: JsonObject): Promise<number> {
    const genuine = await this.#log.last(subjectOf(AGENT, 'public'));
    if (genuine === undefined) throw new Error('there is no agent');
    const machine = `${actor.kind}@1`;
    const source = sourceOf(actor);
    return this.#append(
      subjectOf(actor, visibility),
      genuine,
      { version: 1, prev: null, machine, ...forged },
      { source },
    );
  }

  async #append(subject: string, genuine: StoredRecord, forged: Forged, outside: JsonObject): Promise<number> {
    const record = recordIn(genuine);
    const { data } = record;
    const cause = { ...(data.cause as JsonObject), command: randomUUID() };
    const text = JSON.stringify({
      ...record,
      ...outside,
      data: { ...data, part: { number: 1, of: 1 }, cause, ...forged },
    });
    const expected = (await this.#log.last(subject))?.position ?? 0;
    const outcome = await this.#log.append([{ subject, payload: Buffer.from(deepened(text)), expected }]);
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    return outcome.first;
  }
}

function deepened(text: string): string {
  return text.replace(`"${DEEP}"`, '['.repeat(LEVELS) + ']'.repeat(LEVELS));
}

function recordIn({ payload }: StoredRecord): JsonObject & { readonly data: JsonObject } {
  return JSON.parse(Buffer.from(payload).toString());
}

async function forgeAll(server: ServerProcess): Promise<readonly number[]> {
  return onLog(server, async (log) => {
    const forger = new Forger(log);
    const positions: number[] = [];
    for (const forged of STATES) positions.push(await forger.after(AGENT, forged));
    for (const forged of RECORD_STATES) positions.push(await forger.after(USER, forged));
    for (const [actor, visibility, forged] of BIRTHS) positions.push(await forger.birth(actor, visibility, forged));
    return positions;
  });
}

test('a record whose state is none of its kind stops nobody, and its actor goes on from the one before', async () => {
  server = await startServerProcess({ LEDGERLINE_LOG_LEVEL: 'error' });
  const { dataDir } = server;
  const client = () => new LedgerlineClient({ url: server?.url ?? '' });
  const command = (what: string) => client().command(`${AGENT_PATH}/${what}`, { signIn: true });
  const agentAt = (asOf?: number) => client().query(AGENT_PATH, asOf === undefined ? {} : { asOf });
  const quarantined = async () => {
    const metrics = await (await fetch(`${server?.url}/metrics`)).text();
    return Number(/^ledgerline_quarantined_records (\d+)$/m.exec(metrics)?.[1]);
  };
  await command('setReady');
  const before = await agentAt();

  const forged = await forgeAll(server);
  const [first = 0, last = 0] = [forged[0], forged.at(-1)];
  await eventually('all are read', async () => ((await quarantined()) === forged.length ? true : undefined));
  expect(await agentAt()).toEqual(before);
  expect((await command('setAway')).receipt).toMatchObject({ records: [{ version: Number(before.version) + 1 }] });
  const after = await agentAt();
  expect(await agentAt(last)).toMatchObject({ version: before.version });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

  const env = { ...process.env, LEDGERLINE_DATA: dataDir, LEDGERLINE_NATS_PORT: '0' };
  const folder = join(dataDir, '..', `${basename(dataDir)}-backup`);
  const restored = join(dataDir, '..', `${basename(dataDir)}-restored`);
  removed.push(folder, restored);
  expect((await ran(['backup', folder], { env })).code).toBe(0);

  expect(await server.stop()).toBe(0);
  await server.start();
  expect(await agentAt()).toEqual(after);
  expect(await server.stop()).toBe(0);

  expect((await ran(['rebuild'], { env })).code).toBe(0);
  const verified = await ran(['verify', '--json'], { env });
  expect(JSON.parse(verified.out[0] ?? '')).toMatchObject({ found: forged.length, projections: [] });
  expect(verified.code).toBe(1);
  expect((await ran(['restore', folder], { env: { ...env, LEDGERLINE_DATA: restored } })).code).toBe(0);
  expect((await ran(['generation', 'new'], { env })).code).toBe(0);
  await server.start();
  expect(await quarantined()).toBe(forged.length);
  expect(await agentAt()).toEqual(after);
  expect((await command('setReady')).receipt).toMatchObject({ records: [{ version: Number(after.version) + 1 }] });
  expect(await agentAt(first)).toMatchObject({ version: before.version });

  const now = new Date();
  const further = await onLog(server, (log) =>
    new Forger(log).after(AGENT, () => ({ machine: 'agent@999' }), '2099-01-01T00:00:00.000Z'),
  );
  await expect(command('setAway')).rejects.toMatchObject({ code: 'machineTooOld' });
  expect(await server.stop()).toBe(0);
  const version = Number(after.version) + 1;
  const back = (...words: string[]) => ran(['set-back', 'genesys/agent/ksippo', ...words], { env });
  expect(await back('99', '--reason', 'a trial')).toMatchObject({ code: 1, out: [] });
  const said = await back(String(version), '--reason', 'somebody forged the next one', '--json');
  expect(JSON.parse(said.out[0] ?? '')).toMatchObject({ version: version + 2, position: further + 1, is: version });
  await server.start();
  expect((await command('setAway')).receipt).toMatchObject({ records: [{ version: version + 3 }] });
  const asOf = new Date();
  expect(await client().query(AGENT_PATH, { asOf })).toMatchObject({ version: version + 3 });
  expect(await client().query(AGENT_PATH, { asOf: now })).toMatchObject({ version });
});
