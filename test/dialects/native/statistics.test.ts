import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QUARTER_MS } from '../../../projections/statistics/quarters.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

const ACME = '/v1/tenants/acme';
let served: Served;
let call: Call;

/** Two callers in queue `q`: ann answers the first after 10 s and talks for 50 s; the second waits. */
beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' });
  await call('POST', `${ACME}/agents`, { id: 'ann', line: '101', wrapUpMs: 0 });
  await call('POST', `${ACME}/agents/ann/signIn`, { initial: 'ready' });
  await call('POST', `${ACME}/queues`, { id: 'q', name: 'Q', extension: '800', members: [{ agent: 'ann' }] });
  const { world } = served;
  const toCall = (id: string, event: object) =>
    world.record('acme', { to: { tenant: 'acme', kind: 'call', id }, event: event as { type: string } });
  for (const id of ['c1', 'c2']) {
    const caller = { leg: `${id}-1`, number: '19735550123' };
    await toCall(id, { type: 'arrive', direction: 'inbound', to: '800', caller, queue: { queue: 'q' } });
  }
  await toCall('c1', { type: 'offer', target: { leg: 'o', number: '101', line: '101', agent: 'ann' }, ringMs: 20_000 });
  await world.advance(10_000);
  await toCall('c1', { type: 'leg.answered', leg: 'o' });
  await world.advance(50_000);
  await toCall('c1', { type: 'leg.ended', leg: 'o' });
});
afterAll(() => served.stop());

describe('statistics', () => {
  test('of a queue are told for a span, and per interval', async () => {
    const { body } = await call('GET', `${ACME}/statistics/queues?queue=q&interval=15`);
    const counts = { entered: 2, answered: 1, waitMsMean: 10_000, handled: 1, talkMsMean: 50_000 };
    expect(body).toMatchObject({ ...counts, serviceLevel: { s15: 1 } });
    expect(body.intervals).toMatchObject([{ start: expect.stringMatching(/00.000Z$/), ...counts }]);
    expect((await call('GET', `${ACME}/statistics/queues`)).body).toMatchObject(counts);
    const past = await call('GET', `${ACME}/statistics/queues?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
    expect(past.body).toMatchObject({ from: '2020-01-01T00:00:00.000Z', entered: 0, serviceLevel: { s15: null } });
  });

  test('of agents tell what their time went into, and how much of it was calls', async () => {
    const { body } = await call('GET', `${ACME}/statistics/agents?agent=ann`);
    expect(body).toMatchObject({ timeMs: { offered: 10_000, talking: 50_000, ready: 0, wrapUp: 0 }, occupancy: 1 });
    expect((await call('GET', `${ACME}/statistics/agents?agent=nobody`)).body).toMatchObject({ occupancy: null });
  });

  test('refuse what they do not understand', async () => {
    for (const query of ['from=yesterday', 'from=12', 'interval=7', 'interval=x', 'to=2001-01-01T00:00:00Z'])
      expect(await call('GET', `${ACME}/statistics/queues?${query}`), query).toMatchObject({ status: 400 });
    const many = 'from=2001-01-01T00:00:00Z&interval=15';
    expect(await call('GET', `${ACME}/statistics/queues?${many}`)).toMatchObject({ status: 400 });
    expect(await call('GET', `${ACME}/statistics/queues?queue=none`)).toMatchObject({ status: 404 });
  });
});

describe('a queue', () => {
  test('tells who waits, who is there, and for how long', async () => {
    const { body } = await call('GET', `${ACME}/queues/q/status`);
    expect(body).toMatchObject({
      waiting: 1,
      longestWaitMs: 60_000,
      members: { ready: 1, busy: 0 },
      calls: [{ call: 'c2', position: 1, enteredAt: expect.any(String) }],
    });
    expect(await call('GET', `${ACME}/queues/none/status`)).toMatchObject({ status: 404 });
  });

  test('and its past is told too', async () => {
    const { body } = await call('GET', `${ACME}/actors/call/c1/history`);
    const [arrived] = body.items as [{ position: number }];
    const then = await call('GET', `${ACME}/queues/q/status?as_of=${arrived.position}`);
    expect(then.body).toMatchObject({ waiting: 1, calls: [{ call: 'c1' }] });
  });
});

test('live calls are listed alone, those that came first in front', async () => {
  expect((await call('GET', `${ACME}/calls`)).body.items).toMatchObject([{ id: 'c2' }, { id: 'c1', stage: 'ended' }]);
  expect((await call('GET', `${ACME}/calls?live=true`)).body.items).toMatchObject([{ id: 'c2', stage: 'queued' }]);
  const { body } = await call('GET', `${ACME}/actors/call/c2/history`);
  const [arrived] = body.items as [{ position: number }];
  const then = await call('GET', `${ACME}/calls?live=true&as_of=${arrived.position}`);
  expect(then.body.items).toMatchObject([{ id: 'c1' }, { id: 'c2' }]);
});

test('live calls are found by a number in them', async () => {
  const { body } = await call('GET', `${ACME}/calls?number=+19735550123`.replace('+', '%2B'));
  expect(body.items).toEqual([]);
  const national = await call('GET', `${ACME}/calls?number=1(973)555-0123`);
  expect(national.body.items).toMatchObject([{ id: 'c2', stage: 'queued' }]);
});

describe('days', () => {
  /** The zone, when it is a quarter to midnight on the eve of a change of clocks, and the hours of the day that follows. */
  test.each([
    ['Europe/Paris', '2026-03-28T22:45Z', 23],
    ['Australia/Lord_Howe', '2026-04-04T12:45Z', 24.5],
    ['Asia/Kolkata', '2026-05-01T18:15Z', 24],
    ['Australia/Lord_Howe', '2026-10-03T13:15Z', 23.5],
    ['Europe/Paris', '2026-10-24T21:45Z', 25],
  ])('in %s after %s are counted from midnight to midnight', async (timezone, eve, hours) => {
    const { world } = served;
    const id = `t${Date.parse(eve)}`;
    let now = await world.advance(0);
    const arrives = async (time: number) => {
      now = await world.advance(time - now);
      const call = { type: 'arrive', direction: 'inbound', to: '800', caller: { leg: 'l', number: '1' } };
      const event = { ...call, queue: { queue: 'q' } };
      await world.record(id, { to: { tenant: id, kind: 'call', id: `c${time}` }, event });
    };
    now = await world.advance(Date.parse(eve) - now);
    await call('POST', '/v1/tenants', { id, name: id, timezone });
    await call('POST', `/v1/tenants/${id}/queues`, { id: 'q', name: 'Q', extension: '800' });
    const midnight = Date.parse(eve) + QUARTER_MS;
    const next = midnight + hours * 4 * QUARTER_MS;
    for (const time of [midnight - 1, midnight, next - 1, next]) await arrives(time);
    const { body } = await call(
      'GET',
      `/v1/tenants/${id}/statistics/queues?interval=day&from=${new Date(eve).toISOString()}`,
    );
    expect(body.intervals).toMatchObject([
      { start: new Date(eve).toISOString(), entered: 1 },
      { start: new Date(midnight).toISOString(), entered: 2 },
      { start: new Date(next).toISOString(), entered: 1 },
    ]);
  });
});
