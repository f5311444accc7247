import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
const ANN = '/v1/tenants/acme/agents/ann';

beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' });
  await call('POST', '/v1/tenants/acme/agents', { id: 'ann', line: '101' });
  await call('POST', `${ANN}/signIn`, { initial: 'ready' });
  await call('POST', `${ANN}/setAway`, { reason: { name: 'Lunch' } }, { 'idempotency-key': 'lunch' });
});
afterAll(() => served.stop());

describe('an agent', () => {
  test('is shown as his last command left him', async () => {
    expect(await call('GET', ANN)).toMatchObject({
      body: { id: 'ann', presence: 'away', reason: 'Lunch', line: '101' },
    });
    expect((await call('GET', '/v1/tenants/acme/agents')).body.items).toMatchObject([{ id: 'ann', presence: 'away' }]);
  });

  test('refuses what the machine refuses, with its reason', async () => {
    await call('POST', '/v1/tenants/acme/agents', { id: 'out' });
    const answer = await call('POST', '/v1/tenants/acme/agents/out/setReady', {});
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'reason', reason: 'signedOut', actor: 'acme/agent/out' },
    });
  });

  test('that is unknown or removed takes no commands', async () => {
    expect(await call('POST', '/v1/tenants/acme/agents/nobody/setReady', {})).toMatchObject({ status: 404 });
    await call('POST', '/v1/tenants/acme/agents', { id: 'gone' });
    await call('DELETE', '/v1/tenants/acme/agents/gone');
    const late = await call('POST', '/v1/tenants/acme/agents/gone/setReady', {});
    expect(late).toMatchObject({ status: 410, body: { code: 'finished' } });
  });

  test('tells the trace of the request to history', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await call(
      'POST',
      `${ANN}/setDnd`,
      { on: true },
      { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    );
    expect(answer.headers.get('traceparent')).toContain(trace);
    const { body } = await call('GET', '/v1/tenants/acme/actors/agent/ann/history?order=desc&limit=1');
    expect(body.items).toMatchObject([
      { record: { data: { cause: { trace: expect.stringContaining(trace), via: 'native' } } } },
    ]);
  });
});

describe('an actor', () => {
  test('shows its state and version, also of the past', async () => {
    const now = await call('GET', '/v1/tenants/acme/actors/agent/ann');
    expect(now.body).toMatchObject({
      tenant: 'acme',
      kind: 'agent',
      id: 'ann',
      value: { present: { presence: 'away' } },
    });
    const { body } = await call('GET', '/v1/tenants/acme/actors/agent/ann/history');
    const [, signedIn] = body.items as [unknown, { position: number }];
    const then = await call('GET', `/v1/tenants/acme/actors/agent/ann?as_of=${signedIn.position}`);
    expect(then.body).toMatchObject({
      version: 2,
      position: signedIn.position,
      value: { present: { presence: 'ready' } },
    });
  });

  test('is listed by kind', async () => {
    expect((await call('GET', '/v1/tenants/acme/actors?kind=agent')).body.items).toMatchObject([{ id: 'ann' }, {}, {}]);
    expect(await call('GET', '/v1/tenants/acme/actors')).toMatchObject({ status: 400, body: { code: 'badParameter' } });
  });

  test.each(['asc', 'desc'])('shows its whole history page by page, %s, each record once', async (order) => {
    const versions: number[] = [];
    let next: string | undefined;
    do {
      const cursor: string = next === undefined ? '' : `&cursor=${next}`;
      const { body } = await call('GET', `/v1/tenants/acme/actors/agent/ann/history?limit=2&order=${order}${cursor}`);
      versions.push(
        ...(body.items as { record: { data: { version: number } } }[]).map(({ record }) => record.data.version),
      );
      next = body.next as string | undefined;
    } while (next !== undefined);
    expect(order === 'asc' ? versions : versions.reverse()).toEqual([1, 2, 3, 4]);
  });

  test('shows why: the command, who gave it and how it came in', async () => {
    const { body } = await call('GET', '/v1/tenants/acme/actors/agent/ann/history');
    const causes = (body.items as { record: { data: { cause: JsonObject } } }[]).map(({ record }) => record.data.cause);
    expect(causes[2]).toEqual({ command: 'lunch', by: 'system:operator', via: 'native' });
  });

  test.each(['/agent/nobody', '/nonsense/x', '/claim/login.gws:ann', '/a%2Eb/x'])('%s is not there', async (path) => {
    expect(await call('GET', `/v1/tenants/acme/actors${path}`)).toMatchObject({ status: 404 });
    expect(await call('GET', `/v1/tenants/acme/actors${path}/history`)).toMatchObject({ status: 404 });
  });
});

describe('the manual clock', () => {
  test('moves by request, through what falls due', async () => {
    const before = served.world.clock.now();
    const answer = await call('POST', '/v1/clock/advance', { ms: 1500 });
    expect(answer).toMatchObject({ status: 200, body: { now: new Date(before + 1500).toISOString() } });
    expect(await call('POST', '/v1/clock/advance', { ms: -1 })).toMatchObject({ status: 400 });
  });

  test('is not there to be moved on the system clock', async () => {
    const system = await givenServed({ manualClock: false });
    const answer = await clientOf(system.url)('POST', '/v1/clock/advance', { ms: 1 });
    await system.stop();
    expect(answer).toMatchObject({ status: 409, body: { code: 'notOffered' } });
  });
});
