/** NATS consumers outside, against a real server: what they can do, and everything they cannot. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { confinedToItsOwn } from '../../contracts/outside-consumer.contract.ts';
import { type Call, clientOf } from '../../dialects/native/client.ts';
import { eventually } from '../../support/eventually.ts';
import { PATIENT } from '../../support/nats-server.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { type Credentials, type Outsider, outsider } from './given.ts';

let server: ServerProcess;
let call: Call;
let natsUrl: string;
const programs: Outsider[] = [];

async function find(): Promise<void> {
  call = clientOf(server.url);
  const { body } = await call('GET', '/healthz');
  natsUrl = `nats://127.0.0.1:${(body.ports as { readonly nats: number }).nats}`;
}

beforeAll(async () => {
  server = await startServerProcess();
  await find();
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
  await skill('one');
  await skill('foreign', 'other');
});
afterAll(async () => {
  for (const { nats } of programs) await nats.close();
  await server.remove();
});

const skill = (name: string, tenant = 'acme') => call('POST', `/v1/tenants/${tenant}/skills`, { id: name, name });
const position = async () => Number((await call('GET', '/healthz')).body.position);

async function add(name: string, more: JsonObject = {}, tenant = 'acme'): Promise<Credentials> {
  const { status, body } = await call('POST', `/v1/tenants/${tenant}/consumers`, { name, ...more });
  expect(body).toMatchObject({ name });
  expect(status).toBe(201);
  return body as unknown as Credentials;
}

async function signIn(seed?: string): Promise<Outsider> {
  const program = await outsider(natsUrl, seed);
  programs.push(program);
  return program;
}

const sources = (seen: readonly JsonObject[]) => seen.map(({ source }) => source);
const arrived = (seen: readonly JsonObject[], count: number) =>
  eventually(`${count} records`, () => (seen.length >= count ? sources(seen) : undefined));

describe('before there is a consumer outside', () => {
  test('everybody on this machine may look, as the README says', async () => {
    const program = await signIn();
    const { seen } = program.listen('live.evt.>', false);
    await program.nats.flush();
    await skill('looked');
    expect(await arrived(seen, 1)).toEqual(['/tenants/acme/skills/looked']);
  });
});

describe('after the last consumer outside', () => {
  test('nobody may look without a key until the next start', async () => {
    await add('only');
    expect((await call('DELETE', '/v1/tenants/acme/consumers/only')).status).toBe(200);
    await expect(signIn()).rejects.toThrow();
    await server.stop();
    await server.start();
    await find();
    await signIn();
  });
});

/** The server takes acknowledgements in its own time. */
function allIsAcknowledged(name: string): Promise<boolean> {
  return eventually('all is acknowledged', async () => {
    const { body } = await call('GET', '/v1/tenants/acme/consumers');
    const items = body.items as readonly { readonly name: string; readonly progress: { readonly waiting: number } }[];
    return items.some((one) => one.name === name && one.progress.waiting === 0) || undefined;
  });
}

describe('a consumer outside', () => {
  test('gets its tenant’s records from where it was told to, then live, in order, and no other’s', async () => {
    const program = await signIn((await add('whole', { from: '0', kinds: ['skill'] })).seed);
    const { seen } = await program.resume('acme=whole');
    const before = await arrived(seen, 2);
    expect(before.slice(0, 2)).toEqual(['/tenants/acme/skills/one', '/tenants/acme/skills/looked']);
    await skill('foreign-2', 'other');
    await call('POST', '/v1/tenants/acme/places', { id: 'p', name: 'p' });
    await skill('later');
    expect(await arrived(seen, 3)).toEqual([...before.slice(0, 2), '/tenants/acme/skills/later']);
  });

  test('hears live what happens, of its kinds only', async () => {
    const { seed, live } = await add('live', { kinds: ['skill'] });
    expect(live).toEqual(['live.evt.acme.skill.>']);
    const program = await signIn(seed);
    const { seen } = program.listen('live.evt.acme.skill.>', false);
    await program.nats.flush();
    await call('POST', '/v1/tenants/acme/places', { id: 'p2', name: 'p2' });
    await skill('heard', 'other');
    await skill('heard');
    expect(await arrived(seen, 1)).toEqual(['/tenants/acme/skills/heard']);
  });

  test('goes on after what it acknowledged, also over a restart of the server', async () => {
    const { seed } = await add('durable', { kinds: ['skill'] });
    const first = await signIn(seed);
    const before = await first.resume('acme=durable');
    await skill('d1');
    await arrived(before.seen, 1);
    await allIsAcknowledged('durable');
    await first.nats.drain();
    await skill('d2');
    await server.stop();
    await server.start();
    await find();
    await skill('d3');
    const again = await signIn(seed);
    const { seen } = await again.resume('acme=durable');
    expect(await arrived(seen, 2)).toEqual(['/tenants/acme/skills/d2', '/tenants/acme/skills/d3']);
    const { body } = await call('GET', '/v1/tenants/acme/consumers');
    const listed = (body.items as readonly JsonObject[]).find(({ name }) => name === 'durable');
    expect(listed?.progress).toMatchObject({ inFlight: 1000 });
    expect(JSON.stringify(body)).not.toContain(seed);
  });

  test('is begun anew from any position', async () => {
    const { seed } = await add('again', { kinds: ['skill'] });
    const program = await signIn(seed);
    const { seen } = await program.resume('acme=again');
    const since = await position();
    await skill('r1');
    await arrived(seen, 1);
    await call('POST', '/v1/tenants/acme/consumers/again/rewind', { from: `${since}` });
    await skill('r2');
    expect(await arrived(seen, 3)).toEqual(['r1', 'r1', 'r2'].map((name) => `/tenants/acme/skills/${name}`));
    expect(seen[0]?.id).toBe(seen[1]?.id);
  });

  test('is told its window with the session, and within it hears everything', async () => {
    const { seed } = await add('narrow', { kinds: ['skill'], inFlight: 8 });
    const { nats } = await signIn(seed);
    const { deliver, inFlight } = (await nats.request('resume.acme=narrow', '', PATIENT)).json<{
      readonly deliver: string;
      readonly inFlight: number;
    }>();
    expect(inFlight).toBe(8);
    const seen: JsonObject[] = [];
    nats.subscribe(deliver, {
      callback: (_, message) => {
        seen.push(message.json<JsonObject>());
        if (seen.length % Math.ceil(inFlight / 4) === 0) message.respond('+ACK');
      },
    });
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    for (const name of names) await skill(name);
    expect(await arrived(seen, 20)).toEqual(names.map((name) => `/tenants/acme/skills/${name}`));
  });

  test('is sent no more than its window, so a slow one piles nothing up', async () => {
    const { seed } = await add('slow', { kinds: ['skill'], inFlight: 2 });
    const program = await signIn(seed);
    const { seen } = await program.resume('acme=slow', false);
    for (const name of ['s1', 's2', 's3', 's4']) await skill(name);
    await arrived(seen, 2);
    expect((await call('GET', '/v1/tenants/acme/consumers')).body.items).toContainEqual(
      expect.objectContaining({ name: 'slow', progress: expect.objectContaining({ waiting: 4, inFlight: 2 }) }),
    );
    expect(seen).toHaveLength(2);
  });

  test('has one session: a new one takes over after what was acknowledged, and the old one hears nothing more', async () => {
    const { seed } = await add('twice', { kinds: ['skill'] });
    const program = await signIn(seed);
    const old = await program.resume('acme=twice', false);
    await skill('t1');
    await arrived(old.seen, 1);
    const next = await (await signIn(seed)).resume('acme=twice');
    await skill('t2');
    expect(await arrived(next.seen, 2)).toEqual(['/tenants/acme/skills/t1', '/tenants/acme/skills/t2']);
    expect(old.seen).toHaveLength(1);
  });

  test('begins sessions as often as it likes, many at once, and keeps its place', async () => {
    const { seed } = await add('restless', { kinds: ['skill'] });
    const program = await signIn(seed);
    for (const name of ['w1', 'w2', 'w3']) await skill(name);
    const first = await program.resume('acme=restless');
    await arrived(first.seen, 3);
    await allIsAcknowledged('restless');
    await Promise.all(Array.from({ length: 20 }, () => program.nats.request('resume.acme=restless', '', PATIENT)));
    await skill('w4');
    const last = await program.resume('acme=restless');
    expect(await arrived(last.seen, 1)).toEqual(['/tenants/acme/skills/w4']);
  });

  test('keeps its place when a session was interrupted while it was being made', async () => {
    const { seed } = await add('halfway', { kinds: ['skill'] });
    const program = await signIn(seed);
    const first = await program.resume('acme=halfway');
    await skill('h1');
    await arrived(first.seen, 1);
    await allIsAcknowledged('halfway');
    first.subscription.unsubscribe();
    await program.nats.flush();
    // The next one's durable was made, and this one's not yet removed.
    const operator = await signIn(await ledgerSeed());
    const config = {
      durable_name: 'acme=halfway=a',
      deliver_subject: 'deliver.acme=halfway.interrupted',
      filter_subjects: ['evt.acme.skill.>'],
      ack_policy: 'all',
    };
    const made = JSON.stringify({ stream_name: 'LEDGER', action: 'create', config });
    const answer = await operator.nats.request('$JS.API.CONSUMER.CREATE.LEDGER.acme=halfway=a', made, PATIENT);
    expect(answer.json()).toMatchObject({ name: 'acme=halfway=a' });
    await skill('h2');
    const next = await program.resume('acme=halfway');
    expect(await arrived(next.seen, 1)).toEqual(['/tenants/acme/skills/h2']);
  });

  test('is out at once when it is removed', async () => {
    const { seed } = await add('gone');
    const program = await signIn(seed);
    const closed = program.nats.closed();
    expect((await call('DELETE', '/v1/tenants/acme/consumers/gone')).status).toBe(200);
    await closed;
    await expect(outsider(natsUrl, seed)).rejects.toThrow('Authorization');
    expect((await call('DELETE', '/v1/tenants/acme/consumers/gone')).status).toBe(404);
  });

  test.each(['*', '>', 'a.b', 'a b', 'a=b', '', 'x'.repeat(65), '../x'])(
    'is not made under the name "%s"',
    async (name) => {
      expect((await call('POST', '/v1/tenants/acme/consumers', { name })).status).toBe(400);
      expect((await call('POST', '/v1/tenants/acme/consumers', { name: 'k', kinds: [name] })).status).toBe(400);
    },
  );

  test('is nobody else’s to list, rewind or remove', async () => {
    await add('mine');
    const { body } = await call('POST', '/v1/tenants/other/tokens', { scopes: ['admin'] });
    const stranger = clientOf(server.url, String(body.token));
    expect((await stranger('GET', '/v1/tenants/acme/consumers')).status).toBe(404);
    expect((await stranger('DELETE', '/v1/tenants/acme/consumers/mine')).status).toBe(404);
    expect((await stranger('DELETE', '/v1/tenants/other/consumers/mine')).status).toBe(404);
    expect((await call('POST', '/v1/tenants/acme/consumers', { name: 'mine' })).status).toBe(409);
  });
});

confinedToItsOwn(async () => {
  const { seed } = await add('curious');
  await add('curious', {}, 'other');
  return { call, natsUrl, program: await signIn(seed), ledgerSeed: await ledgerSeed() };
});

describe('once there is a consumer outside', () => {
  test('nobody signs in as nobody, or with a key that is not known', async () => {
    await add('closing');
    await expect(outsider(natsUrl)).rejects.toThrow('Authorization');
    const other = await add('unknown-later');
    await call('DELETE', '/v1/tenants/acme/consumers/unknown-later');
    await expect(outsider(natsUrl, other.seed)).rejects.toThrow('Authorization');
  });

  test('the operator still does, with the key beside the data', async () => {
    const operator = await signIn(await ledgerSeed());
    const answer = await operator.nats.request('$JS.API.STREAM.INFO.LEDGER', '', PATIENT);
    expect(answer.json()).toMatchObject({ config: { name: 'LEDGER' } });
  });

  test('what an outside cluster needs is told: exports, imports, and its key’s public half', async () => {
    const { accounts, seed } = await add('cluster', { kinds: ['skill', 'agent'] });
    expect(accounts).not.toContain(seed);
    for (const line of [
      'live.evt.acme.skill.>',
      'live.evt.acme.agent.>',
      '$JS.ACK.LEDGER.acme=cluster=a.>',
      'resume.acme=cluster',
      '"imports"',
    ]) {
      expect(accounts).toContain(line);
    }
    expect(accounts).not.toContain('$JS.API');
  });
});

async function ledgerSeed(): Promise<string> {
  return (await readFile(join(server.dataDir, 'nats', 'ledger.nk'), 'utf8')).trim();
}
