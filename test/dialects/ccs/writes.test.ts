import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveCalls } from '../../../projections/calls.ts';
import { CCSLAB15, EXTENSION_101, EXTENSION_114, type GivenCcs, givenCcs, LUNCHLAB } from './given.ts';

const TELCO = 'demo-telco';
const EXTENSION = `${CCSLAB15}/extensions/${EXTENSION_114}`;
const EXTENSION_113 = `${CCSLAB15}/extensions/az123456-57be-4919-aa73-b2e6341fe461`;
const PRODUCT = 'c4389d99-1434-42ca-98ab-b5803b9b608d';

let ccs: GivenCcs;
beforeEach(async () => {
  ccs = await givenCcs();
});
afterEach(() => ccs.stop());

const tenant = async () => (await ccs.get(CCSLAB15, TELCO)).body;
const position = () => ccs.world.runtime.live.position;

describe('limits', () => {
  test('change all together or not at all', async () => {
    const before = await tenant();
    const stood = position();
    for (const bad of [
      { max_agents: '7' },
      { max_agents: '1x' },
      { colour: 'red' },
      { agent_billing: 'named' },
      { product_name: '' },
    ]) {
      const { status, body } = await ccs.put(CCSLAB15, TELCO, { max_queues: '50', ...bad });
      expect([status, body.success]).toEqual([400, false]);
    }
    expect(await tenant()).toEqual(before);
    expect(position()).toBe(stood);
  });

  test('move the day of the last change', async () => {
    await ccs.put(CCSLAB15, TELCO, { max_queues: '50' });
    expect(await tenant()).toMatchObject({ max_queues: '50', modified_on: '2026-01-01 12:00:00 AM' });
  });

  test('of which the native API sets one move it too', async () => {
    const body = JSON.stringify({ queuesMax: 60 });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${ccs.url}/v1/tenants/ccslab15`, { method: 'PATCH', headers, body })).status).toBe(200);
    expect(await tenant()).toMatchObject({ max_queues: '60', modified_on: '2026-01-01 12:00:00 AM' });
  });

  test('may be numbers, and may be as low as what is used', async () => {
    expect((await ccs.put(CCSLAB15, TELCO, { max_queues: 29, group_agent_limit: 0 })).status).toBe(200);
    expect(await tenant()).toMatchObject({ max_queues: '29', group_agent_limit: '0', group_agent_count: 5 });
  });

  test('without any change nothing', async () => {
    const stood = position();
    expect((await ccs.put(CCSLAB15, TELCO, {})).status).toBe(200);
    expect(position()).toBe(stood);
  });
});

describe('extension settings', () => {
  test('move the counters of the tenant, there and back', async () => {
    const all = { recording_type: 'Mandatory', monitor: 'true', is_multimedia_enabled: 'true' };
    expect((await ccs.put(EXTENSION, TELCO, all)).body).toEqual({ success: true });
    expect(await tenant()).toMatchObject({ rec_extn_count: 8, monitor_ext_count: 3, multimedia_licenses_count: 6 });
    await ccs.put(EXTENSION, TELCO, { recording_type: 'On Demand', monitor: true });
    expect(await tenant()).toMatchObject({ rec_extn_count: 8, monitor_ext_count: 3 });
    await ccs.put(EXTENSION, TELCO, { recording_type: 'None', monitor: 'false', is_multimedia_enabled: false });
    expect(await tenant()).toMatchObject({ rec_extn_count: 7, monitor_ext_count: 2, multimedia_licenses_count: 5 });
  });

  test('are refused beyond a limit, and then change nothing', async () => {
    await ccs.put(EXTENSION, TELCO, { monitor: 'true' });
    const stood = position();
    const { status, body } = await ccs.put(EXTENSION_113, TELCO, { max_chats: '1', monitor: 'true' });
    expect([status, body]).toEqual([400, { success: false, reason: 'monitor_ext_limit exceeded' }]);
    expect(position()).toBe(stood);
  });

  test('never exceed a limit together, however many ask at once', async () => {
    const extensions = [EXTENSION, EXTENSION_113, `${CCSLAB15}/extensions/az123456-7bee-4351-bcd6-ecc2d8620b83`];
    const answers = await Promise.all(
      extensions.map((path) => ccs.put(path, TELCO, { is_multimedia_enabled: 'true' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(await tenant()).toMatchObject({ multimedia_licenses_count: 6 });
  });

  test('take an agent out of work when he is none any more', async () => {
    await ccs.agent('ccslab15', 'rnath', { type: 'setReady', signIn: true });
    await ccs.put(EXTENSION, TELCO, { is_agent: 'false' });
    expect(await tenant()).toMatchObject({ max_agents_count: 7 });
    const state = { request: 'updateAgentState', name: 'Ready' };
    expect((await ccs.post('/agent_state', 'demo-tenant', state)).body.reason).toBe('Extension is not an agent');
    await ccs.put(EXTENSION, TELCO, { is_agent: 'true' });
    await ccs.post('/agent_state', 'demo-tenant', state);
    expect((await ccs.get('/agent_state', 'demo-tenant')).body).toEqual({
      success: false,
      reason: 'Method not allowed',
    });
  });

  test('make no agent of an extension that belongs to nobody', async () => {
    const to = { tenant: 'ccslab15', kind: 'extension', id: 'lobby' };
    await ccs.world.record('ccslab15', { to, event: { type: 'create', attributes: { number: '119' } } });
    const lobby = `${CCSLAB15}/extensions/lobby`;
    const { status, body } = await ccs.put(lobby, TELCO, { is_agent: 'true', max_chats: '1' });
    expect([status, body]).toEqual([400, { success: false, reason: 'No agent for extension' }]);
    expect((await ccs.put(lobby, TELCO, { is_agent: 'false', max_chats: '1' })).body).toEqual({ success: true });
    expect(await tenant()).toMatchObject({ max_agents_count: 8 });
  });

  test('are refused by name when they are unknown', async () => {
    expect((await ccs.put(EXTENSION, TELCO, { colour: 'red' })).body.reason).toBe('Unknown field colour');
    expect((await ccs.put(`${CCSLAB15}/extensions/none`, TELCO, {})).body.reason).toBe('Extension not found');
  });
});

describe('a repeated key', () => {
  const add = { as: TELCO, body: { request: 'add_product', product: PRODUCT }, headers: { 'idempotency-key': 'k1' } };

  test('is answered as the first time, although the request would be refused by now', async () => {
    const first = await ccs.ask(`POST ${CCSLAB15}`, add);
    const stood = position();
    const second = await ccs.ask(`POST ${CCSLAB15}`, add);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(position()).toBe(stood);
  });

  test('of another request is refused', async () => {
    await ccs.ask(`POST ${CCSLAB15}`, add);
    const other = await ccs.ask(`PUT ${EXTENSION}`, { ...add, body: { max_chats: '1' } });
    expect([other.status, other.body.success]).toEqual([400, false]);
  });

  test('makes one call', async () => {
    const path = '/tenants/c255052e-c560-4340-b73e-675eabc3aed3/extensions/az123456-5cca-4ff1-874e-dc1c92d6de64';
    const dial = {
      as: 'demo-tenant-lunch',
      body: { request: 'dial', target: '102' },
      headers: { 'idempotency-key': 'k2' },
    };
    const first = await ccs.ask(`POST ${path}`, dial);
    const second = await ccs.ask(`POST ${path}`, dial);
    expect(first.body).toEqual({ success: true, call_id: expect.stringMatching(/^[0-9A-Z]{13}$/) });
    expect(second.body).toEqual(first.body);
    expect((await ccs.get('/calls', 'demo-tenant-lunch')).body.total).toBe('1');
  });
});

describe('the past', () => {
  test('is shown to who may see the present', async () => {
    const then = position();
    await ccs.put(CCSLAB15, TELCO, { max_queues: '50' });
    const asOf = { 'as-of': String(then) };
    expect((await ccs.ask(`GET ${CCSLAB15}`, { as: TELCO, headers: asOf })).body.max_queues).toBe('45');
    expect((await ccs.ask(`GET ${CCSLAB15}?as_of=${then}`, { as: TELCO })).body.max_queues).toBe('45');
    expect((await ccs.ask(`GET ${CCSLAB15}`, { as: 'demo-telco-north', headers: asOf })).status).toBe(400);
  });

  test('that is none is refused, in the form of the section', async () => {
    const asked = (path: string, as: string, when: string) =>
      ccs.ask(`GET ${path}`, { as, headers: { 'as-of': when } });
    expect((await asked('/tenants', TELCO, 'yesterday')).body).toEqual({ success: false, reason: 'Invalid As-Of' });
    expect((await asked('/tenants', TELCO, '99999')).body).toEqual({ success: false, reason: 'Moment not available' });
    expect((await asked('/calls', 'demo-tenant', 'yesterday')).body).toEqual({
      success: true,
      reason: 'Invalid As-Of',
    });
  });
});

describe('click to dial', () => {
  test('asked for several times at once makes one call: the phone is busy for the others', async () => {
    const dial = () =>
      ccs.post(`${LUNCHLAB}/extensions/${EXTENSION_101}`, 'demo-tenant-lunch', { request: 'dial', target: '102' });
    const answers = (await Promise.all([dial(), dial(), dial()])).map(({ body }) => body.reason ?? 'dialled');
    expect(answers.sort()).toEqual(['Extension is busy', 'Extension is busy', 'dialled']);
    expect((await ccs.get('/calls', 'demo-tenant-lunch')).body.total).toBe('1');
  });

  test('rings the phone first, and shows the number of its outbound queue', async () => {
    const set = { callerIdNumber: '2677318044', callerIdName: 'Sales' };
    const to = { tenant: 'lunchlab', kind: 'outbound-queue', id: 'ob1' };
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set } });
    const outbound_queue_uuid = 'az123456-c0ed-42b7-8e8c-d50c4991828c';
    const target = '819735552106';
    await ccs.post(`${LUNCHLAB}/extensions/${EXTENSION_101}`, 'demo-tenant-lunch', {
      request: 'dial',
      target,
      outbound_queue_uuid,
    });
    const [made] = liveCalls(ccs.world.runtime.live, 'lunchlab');
    expect(made?.context.legs).toMatchObject([{ kind: 'caller', line: '101', number: '2677318044' }]);
    expect(made?.context).toMatchObject({ from: '2677318044', fromName: 'Sales', next: { number: target } });
    const id = made?.id ?? '';
    await ccs.call('lunchlab', id, { type: 'leg.answered', leg: `${id}-1` });
    expect(liveCalls(ccs.world.runtime.live, 'lunchlab')[0]?.context.legs).toMatchObject([{}, { number: target }]);
  });

  const EXTENSION_112 = `${CCSLAB15}/extensions/az123456-7bee-4351-bcd6-ecc2d8620b83`;
  const dialFrom = async (extension: string) =>
    (await ccs.post(extension, 'demo-tenant', { request: 'dial', target: '19735550123' })).body;
  const phoneAt = async (extension: string) =>
    (await ccs.get(`${extension}/agent_state`, TELCO)).body.phone_state.state;

  test('is the call of whoever sits at the phone, and of nobody who sits elsewhere', async () => {
    await ccs.agent('ccslab15', 'spatel', { type: 'signIn', line: '112', initial: 'ready' });
    expect(await dialFrom(EXTENSION_112)).toMatchObject({ success: true });
    expect([await phoneAt(EXTENSION_113), await phoneAt(EXTENSION_112)]).toEqual(['Dialing', 'Idle']);
    expect(await dialFrom(EXTENSION_113)).toMatchObject({ success: true });
  });

  test('rings a phone at which nobody sits any more, unless it is in use', async () => {
    await ccs.agent('ccslab15', 'rmasters', { type: 'remove' });
    expect(await dialFrom(EXTENSION_112)).toMatchObject({ success: true });
    expect(await dialFrom(EXTENSION_112)).toEqual({ success: false, reason: 'Extension is busy' });
  });
});

test('an agent who was removed has no state to set', async () => {
  await ccs.agent('ccslab15', 'rmasters', { type: 'remove' });
  const path = '/extensions/az123456-7bee-4351-bcd6-ecc2d8620b83';
  const { body } = await ccs.post(path, 'demo-tenant', { request: 'updateAgentState', name: 'Ready' });
  expect(body).toEqual({ success: false, reason: 'Extension is not an agent' });
});

describe('a body that is not read', () => {
  const large = { request: 'reset_counter', reason: 'x'.repeat(64 * 1024) };
  const encoded = { 'content-encoding': 'gzip' };

  test.each([
    ['POST', `${CCSLAB15}/text_count`],
    ['PUT', CCSLAB15],
    ['PUT', EXTENSION],
  ])('says why: %s %s', async (method, path) => {
    const asked = [{ body: large }, { body: {}, headers: encoded }].map((request) =>
      ccs.ask(`${method} ${path}`, { as: TELCO, ...request }),
    );
    expect((await Promise.all(asked)).map(({ status, body }) => [status, body])).toEqual([
      [400, { success: false, reason: 'Too large' }],
      [400, { success: false, reason: 'Content-Encoding is not accepted' }],
    ]);
  });
});
