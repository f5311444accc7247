/** One webhook without HTTP: the test answers each message when it likes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BACK_OFF_MS, Endpoint } from '../../../src/subscribers/webhook/endpoint.ts';
import type { Posted } from '../../../src/subscribers/webhook/poster.ts';
import { givenWorld, type World } from '../../support/world.ts';

const TENANT = 'acme';
const TAKEN: Posted = { kind: 'taken', status: 204 };
const FAILED: Posted = { kind: 'failed', reason: 'answered 500', status: 500 };

let world: World;
let endpoint: Endpoint;
/** Ids of the records that were sent, and the answers they wait for. */
const sent: { readonly id: string; readonly answer: (posted: Posted) => void }[] = [];

beforeEach(async () => {
  world = await givenWorld();
  sent.length = 0;
  endpoint = new Endpoint(
    {
      tenant: TENANT,
      id: 'hook',
      url: 'https://example.org/',
      secrets: ['whsec_AAAA'],
      filter: { tenant: TENANT, kinds: new Set(['skill']), ids: new Set(), types: new Set() },
      enabled: true,
      created: 0,
    },
    {
      runtime: world.runtime,
      clock: world.clock,
      poster: {
        refusal: () => undefined,
        post: ({ headers }) => new Promise((answer) => sent.push({ id: headers['webhook-id'] ?? '', answer })),
        close: () => undefined,
      },
      keeper: {
        read: async () => ({ place: undefined, attempts: undefined }),
        writePlace: async () => undefined,
        writeAttempts: async () => undefined,
        forget: async () => undefined,
      },
      report: () => undefined,
    },
  );
  endpoint.start({ place: undefined, attempts: undefined });
});
afterEach(async () => {
  const stopped = endpoint.stop();
  for (const { answer } of sent) answer(TAKEN);
  await stopped;
  await world.close();
});

async function skillOfThreeRecords(): Promise<void> {
  const to = { tenant: TENANT, kind: 'skill', id: 'a' };
  await world.record(TENANT, { to, event: { type: 'create', attributes: { name: 'a' } } });
  for (const description of ['1', '2'])
    await world.record(TENANT, { to, event: { type: 'change', set: { description } } });
  await world.runtime.atRest();
}

test('told to send again while a try is under way forgets that try: nothing goes out twice at a time, or never', async () => {
  await skillOfThreeRecords();
  expect(sent).toHaveLength(1);
  const redelivered = endpoint.redeliver(0);
  sent[0]?.answer(FAILED);
  await redelivered;
  await world.runtime.atRest();
  await world.advance(BACK_OFF_MS[0] ?? 0);
  expect(sent).toHaveLength(2);
  for (let count = 2; count < 5; count += 1) {
    sent[count - 1]?.answer(TAKEN);
    await world.runtime.atRest();
  }
  expect(new Set(sent.slice(1).map(({ id }) => id)).size).toBe(3);
  expect(endpoint.state).toMatchObject({ waiting: 0, position: world.runtime.live.position });
});

test('keeps little in memory for a receiver that is down, and tells it all once it is up again', async () => {
  const create = (id: string) =>
    world.record(TENANT, {
      to: { tenant: TENANT, kind: 'skill', id },
      event: { type: 'create', attributes: { name: id } },
    });
  for (let count = 0; count < 4; count += 1) await create(`before${count}`);
  await world.runtime.atRest();
  for (const { answer } of sent.splice(0)) answer(FAILED);
  for (let count = 0; count < 300; count += 1) await create(`after${count}`);
  await world.runtime.atRest();
  expect(endpoint.state).toMatchObject({ failures: 4, waiting: 100 });
  const told = new Set<string>();
  while (endpoint.state.position < world.runtime.live.position) {
    await world.advance(1_000);
    for (const { id, answer } of sent.splice(0)) {
      told.add(id);
      answer(TAKEN);
    }
    await world.runtime.atRest();
  }
  expect(told.size).toBe(304);
});
