import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../../src/model/command.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ANSWERED,
  CALL,
  EXTENSION_102,
  type GivenCcs,
  givenCcs,
  LUNCHLAB,
  OFFERED,
  QUEUE_210,
  RINGS,
  WAITS,
} from './given.ts';
import { CONFIRMATION, connect, type Heard, listen } from './listener.ts';

const LIMITS = { connectMs: 60_000, pingMs: 60_000, unsentBytesMax: 1024 * 1024, replayBytesMax: 64 * 1024 };

let ccs: GivenCcs;
beforeEach(async () => {
  ccs = await givenCcs(LIMITS);
});
afterEach(() => ccs.stop());

const names = (heard: readonly Heard[]) => heard.map(({ event }) => event);
const withoutStatus = (heard: readonly Heard[]) => heard.filter(({ event }) => event !== 'queue_status');
const annIs = (type: string) => ccs.agent('lunchlab', 'aarcher', { type });

describe('the first message', () => {
  test('connects with a good token, and is confirmed (case 72)', async () => {
    const listener = await listen(ccs.url, { request: 'connect', token: 'demo-tenant-lunch' });
    expect(await listener.hears(1)).toEqual([CONFIRMATION]);
    await listener.close();
  });

  test('may be written as the document prints it, without a position', async () => {
    const listener = await listen(ccs.url, '{\n“request”:”connect”,\n“token”: “demo-tenant-lunch”\n}');
    expect(await listener.hears(1)).toEqual([CONFIRMATION]);
    await listener.close();
  });

  test.each([
    ['a bad token (case 73)', { request: 'connect', token: 'wrong' }],
    ['anything else (case 74)', { hello: 1 }],
    ['no JSON', 'hello'],
    ['a position, with a bad token', { request: 'connect', token: 'wrong', since: 1e9 }],
  ])('ends the socket when it is %s', async (_, first) => {
    const listener = await listen(ccs.url, first);
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
    expect(listener.heard).toEqual([]);
  });

  test.each([1e9, 'then', -1, 1.5])('ends the socket when nobody gave out its position: %s', async (since) => {
    const listener = await listen(ccs.url, { request: 'connect', token: 'demo-tenant-lunch', since });
    expect(await listener.closed).toEqual([1008, 'Invalid since']);
    expect(listener.heard).toEqual([]);
  });

  test('may say that it has heard nothing yet', async () => {
    const listener = await listen(ccs.url, { request: 'connect', token: 'demo-tenant-lunch', since: null });
    expect(await listener.hears(1)).toEqual([CONFIRMATION]);
    await listener.close();
  });

  test('may ask for everything there ever was, by position and part', async () => {
    const listener = await connect(ccs.url, 'demo-tenant-lunch', { since: 0, part: 0 });
    const [first] = await listener.hears(1);
    expect(first).toMatchObject({ event: 'agent_presence', extension: '101' });
    await listener.close();
  });

  test('ends the socket when it does not come in time (case 74)', async () => {
    await ccs.stop();
    ccs = await givenCcs({ ...LIMITS, connectMs: 50 });
    const listener = await listen(ccs.url);
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
  });

  test('must be text, and small', async () => {
    const binary = await listen(ccs.url);
    binary.socket.send(Buffer.from('{}'));
    expect((await binary.closed)[0]).toBe(1003);
    const large = await listen(ccs.url, 'x'.repeat(9_000));
    expect((await large.closed)[0]).toBe(1009);
  });

  test('may be repeated: another token then says what is heard, a bad one ends the socket', async () => {
    const listener = await connect(ccs.url, 'demo-call-events');
    listener.socket.send(JSON.stringify({ request: 'connect', token: 'demo-agent-events' }));
    await listener.hears(1);
    await annIs('setAway');
    await listener.hears(2);
    expect(names(listener.heard)).toEqual([undefined, 'agent_presence']);
    listener.socket.send(JSON.stringify({ request: 'connect', token: 'wrong' }));
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
  });

  test('may not be repeated without a token', async () => {
    const listener = await connect(ccs.url, 'demo-call-events');
    listener.socket.send(JSON.stringify({ request: 'connect' }));
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
  });

  test('is the only one that means anything', async () => {
    const listener = await connect(ccs.url, 'demo-agent-events');
    listener.socket.send('hello');
    await annIs('setAway');
    await listener.hears(1);
    expect(names(listener.heard)).toEqual(['agent_presence']);
    await listener.close();
  });
});

describe('events', () => {
  test('of agents come with that permission alone', async () => {
    const listener = await connect(ccs.url, 'demo-agent-events');
    await ccs.post(`${LUNCHLAB}/extensions/az123456-5cca-4ff1-874e-dc1c92d6de64`, 'demo-telco-north', {
      request: 'updateAgentState',
      name: 'Lunch Break',
    });
    await ccs.put(`${LUNCHLAB}/extensions/az123456-5cca-4ff1-874e-dc1c92d6de64`, 'demo-telco-north', {
      max_chats: '4',
    });
    await listener.hears(2);
    expect(listener.heard).toEqual([
      {
        event: 'agent_presence',
        tenant_id: 'c255052e-c560-4340-b73e-675eabc3aed3',
        timestamp: '2026-01-01T00:00:00Z',
        sequence: expect.any(Number),
        extension_uuid: 'az123456-5cca-4ff1-874e-dc1c92d6de64',
        extension: '101',
        agent_state: { state: { type: 'away', name: 'Lunch Break' } },
        phone_state: { state: 'Idle' },
        queue_state: { state: 'None', queue: '' },
        consecutive_missed: 0,
      },
      {
        event: 'agent_updated',
        tenant_id: 'c255052e-c560-4340-b73e-675eabc3aed3',
        timestamp: '2026-01-01T00:00:00Z',
        sequence: expect.any(Number),
        extension_uuid: 'az123456-5cca-4ff1-874e-dc1c92d6de64',
        is_agent: 'true',
        recording_type: 'None',
        monitor: 'false',
        max_chats: '4',
        is_multimedia_enabled: 'false',
      },
    ]);
    await listener.close();
  });

  test('of agents tell changes of their three regions, not what else befalls them in the same millisecond', async () => {
    const listener = await connect(ccs.url, 'demo-agent-events');
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' });
    const consult = { call: 'other', leg: 'a' };
    await ccs.agent('lunchlab', 'aarcher', { type: 'setDnd', on: true }, { type: 'leg.dialing', ...consult });
    await ccs.agent('lunchlab', 'aarcher', { type: 'setAway' });
    await listener.hears(4);
    const shown = listener.heard.map((event) => [event.agent_state, event.phone_state, event.queue_state]);
    expect(shown.map((states) => states.map(({ state }) => state.name ?? state))).toEqual([
      ['Ready', 'Idle', 'Ringing'],
      ['Ready', 'Ringing', 'Ringing'],
      ['Ready', 'Busy', 'Talking'],
      ['Away', 'Busy', 'Talking'],
    ]);
    await listener.close();
  });

  test('of calls come with that permission alone, from the first ring to the end (case 77)', async () => {
    const listener = await connect(ccs.url, 'demo-call-events');
    await ccs.call('lunchlab', CALL, ...ANSWERED, { type: 'hold', leg: 'ann' }, { type: 'retrieve', leg: 'ann' });
    await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', { request: 'startSuppression' });
    await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', { request: 'kill' });
    await listener.hears(7);
    expect(names(listener.heard)).toEqual([
      'call_progress',
      'call_progress',
      'call_answered',
      'call_hold',
      'call_resume',
      'call_suppression',
      'call_ended',
    ]);
    expect(listener.heard[1]).toMatchObject({ wait_state: 'ringing', ringing_extensions: ['101'] });
    expect(listener.heard[3]).toMatchObject({ call_id: CALL, extension_uuid: 'az123456-5cca-4ff1-874e-dc1c92d6de64' });
    expect(listener.heard[5]).toMatchObject({ call_id: CALL, suppression: true });
    expect(listener.heard[6]).toMatchObject({ cause: 'killed', end_time: '2026-01-01T00:00:00' });
    await listener.close();
  });

  test('of a call that is over say why', async () => {
    const listener = await connect(ccs.url, 'demo-tenant-lunch');
    const ends: readonly (readonly [cause: string, ...events: MachineEvent[]])[] = [
      ['hangup', ...ANSWERED, { type: 'hangup', leg: 'caller' }],
      ['abandoned', ...WAITS, { type: 'hangup', leg: 'caller' }],
      ['no_answer', ...RINGS, { type: 'leg.failed', leg: 'ann', cause: 'noAnswer' }],
      ['busy', ...RINGS.slice(0, 1), { type: 'leg.failed', leg: 'ann', cause: 'busy' }],
      ['rejected', ...RINGS, { type: 'leg.failed', leg: 'ann', cause: 'rejected' }],
    ];
    for (const [nth, [, ...events]] of ends.entries()) await ccs.call('lunchlab', `000000000000${nth}`, ...events);
    const ended = () => listener.heard.filter(({ event }) => event === 'call_ended');
    await eventually('all are over', () => (ended().length === ends.length ? true : undefined));
    expect(ended().map(({ cause }) => cause)).toEqual(ends.map(([cause]) => cause));
    const left = listener.heard.filter(({ event }) => event === 'queue_call_left');
    expect(left).toMatchObject([{ call_id: '0000000000001', cause: 'abandoned' }]);
    await listener.close();
  });

  test('of a call name who holds it, though it stands still because another left', async () => {
    const listener = await connect(ccs.url, 'demo-call-events');
    const ben = { leg: 'ben', number: '102', line: '102', agent: 'bbaker' };
    await ccs.call('lunchlab', CALL, ...ANSWERED, { type: 'addParty', leg: 'ann', target: ben });
    await ccs.call('lunchlab', CALL, { type: 'leg.answered', leg: 'ben' }, { type: 'leg.held', leg: 'ben' });
    await ccs.call('lunchlab', CALL, { type: 'leg.ended', leg: 'ann' }, { type: 'leg.retrieved', leg: 'ben' });
    await listener.hears(5);
    expect(listener.heard.slice(3)).toMatchObject([
      { event: 'call_hold', extension_uuid: EXTENSION_102 },
      { event: 'call_resume', extension_uuid: EXTENSION_102 },
    ]);
    await listener.close();
  });

  test('of a call that is offered say at whom it rings, before its phone does', async () => {
    const listener = await connect(ccs.url, 'demo-call-events');
    await ccs.call('lunchlab', CALL, ...OFFERED);
    await listener.hears(2);
    expect(listener.heard).toMatchObject([
      { event: 'call_progress', wait_state: 'waiting', ringing_extensions: [] },
      { event: 'call_progress', wait_state: 'ringing', ringing_extensions: ['101'] },
    ]);
    await listener.close();
  });

  test('of inbound queues come with that permission alone (case 78)', async () => {
    const listener = await connect(ccs.url, 'demo-queue-events');
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' });
    await eventually('three queue events', () => (withoutStatus(listener.heard).length >= 3 ? true : undefined));
    const about = {
      tenant_id: 'c255052e-c560-4340-b73e-675eabc3aed3',
      timestamp: '2026-01-01T00:00:00Z',
      sequence: expect.any(Number),
      queue: { uuid: expect.stringMatching(/^az123456-/), name: 'Q200' },
    };
    const call = { ...about, call_id: CALL, calling_number: '501' };
    const extension_uuid = 'az123456-5cca-4ff1-874e-dc1c92d6de64';
    expect(withoutStatus(listener.heard)).toEqual([
      { event: 'queue_call_entered', ...call, part: 2, position: 1 },
      { event: 'queue_call_offered', ...call, part: 2, extension_uuid },
      { event: 'queue_call_answered', ...call, part: 2, extension_uuid, wait_duration: '0:00:00' },
    ]);
    const stand = { waiting: 1, agents_ready: 2, agents_busy: 0, agents_away: 0, longest_wait: '0:00:00' };
    expect(listener.heard).toContainEqual({ event: 'queue_status', ...about, ...stand });
    await listener.close();
  });

  test('say which place a call takes, also among those of the same millisecond', async () => {
    const since = ccs.world.runtime.live.position;
    const listener = await connect(ccs.url, 'demo-queue-events');
    for (const id of ['2', '3', '1'].map((last) => `000000000000${last}`)) await ccs.call('lunchlab', id, ...WAITS);
    const later = await connect(ccs.url, 'demo-queue-events', { since });
    for (const { heard } of [listener, later]) {
      const entered = () => heard.filter(({ event }) => event === 'queue_call_entered');
      await eventually('all have entered', () => (entered().length === 3 ? true : undefined));
      expect(entered()).toMatchObject([{ position: 1 }, { position: 2 }, { position: 3 }]);
    }
    const { body } = await ccs.get('/calls', 'demo-tenant-lunch');
    expect(body.items).toMatchObject([{ queue_position: 1 }, { queue_position: 2 }, { queue_position: 3 }]);
    await Promise.all([listener.close(), later.close()]);
  });

  test.each([
    ['killed', { request: 'wait_kill' }, ['killed']],
    ['transferred', { request: 'wait_transfer', target: '19735552109' }, ['transferred']],
    ['transferred to a queue', { request: 'wait_transfer', target: '210' }, ['transferred', undefined]],
    [
      'redirected',
      { request: 'wait_redirect', target: 'az123456-f645-47b6-bd71-e9f493ff8ac9' },
      ['redirected', undefined],
    ],
  ])('tell why a call left its queue: %s (case 67)', async (_, body, causes) => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const listener = await connect(ccs.url, 'demo-queue-events');
    const ofCalls = await connect(ccs.url, 'demo-call-events');
    expect((await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', body)).status).toBe(200);
    const [told] = await ofCalls.hears(1);
    expect([told?.event, told?.cause]).toEqual([causes[0] === 'killed' ? 'call_ended' : 'call_progress', causes[0]]);
    await ofCalls.close();
    const left = await eventually('the call left', () => {
      const heard = withoutStatus(listener.heard);
      return heard.length >= causes.length ? heard : undefined;
    });
    expect(left.map(({ cause }) => cause)).toEqual(causes);
    expect(left[0]).toMatchObject({ event: 'queue_call_left', queue: { name: 'Q200' } });
    if (causes.length > 1)
      expect(left[1]).toMatchObject({ event: 'queue_call_entered', queue: { name: 'Q210' }, part: expect.any(Number) });
    await listener.close();
  });

  test('tell that a queue gave a call up, although nobody had it dropped', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const listener = await connect(ccs.url, 'demo-queue-events');
    const to = { tenant: 'lunchlab', kind: 'call', id: CALL };
    const deliveries = [{ to, event: { type: 'dropWaiting', cause: 'dropped' } }];
    const by = { by: 'system:distributor', via: 'distributor' };
    await ccs.world.runtime.submit({ id: 'waited too long', tenant: 'lunchlab', ...by, deliveries });
    await eventually('the call left', () => (withoutStatus(listener.heard).length > 0 ? true : undefined));
    expect(withoutStatus(listener.heard)).toMatchObject([{ event: 'queue_call_left', cause: 'timeout' }]);
    await listener.close();
  });

  test('name the agent who talks, also where he sits at the telephone of somebody else', async () => {
    const sonny = { agent: 'spatel', name: 'Sonny Patel' };
    await ccs.agent('ccslab15', 'spatel', { type: 'signIn', line: '114', initial: 'ready' });
    const listener = await connect(ccs.url, 'demo-tenant');
    const target = { leg: 'sonny', number: '114', line: '114', ...sonny };
    const [waits] = WAITS;
    await ccs.call('ccslab15', CALL, { ...waits, type: 'arrive', queue: { queue: 'q3878', name: 'Q3878' } });
    await ccs.call('ccslab15', CALL, { type: 'offer', target, ringMs: 20_000 }, { type: 'leg.answered', leg: 'sonny' });
    const answered = await eventually('the answer', () =>
      listener.heard.find(({ event }) => event === 'call_answered'),
    );
    const uuid = 'az123456-57be-4919-aa73-b2e6341fe461';
    expect(answered.agent).toEqual({ uuid, name: 'Sonny Patel', extension: '113' });
    const told = listener.heard.filter(({ event }) => /^queue_call_(?:offered|answered)$/.test(event ?? ''));
    expect(told.map(({ extension_uuid }) => extension_uuid)).toEqual([uuid, uuid]);
    await listener.close();
  });

  test('tell how the queue stands that a call left, although it came before anybody listened', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const listener = await connect(ccs.url, 'demo-queue-events');
    await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', { request: 'wait_redirect', target: QUEUE_210 });
    await eventually('both queues are told of', () => (listener.heard.length >= 4 ? true : undefined));
    const stand = listener.heard.filter(({ event }) => event === 'queue_status');
    expect(stand.map(({ queue, waiting }) => [queue.name, waiting])).toEqual([
      ['Q200', 0],
      ['Q210', 1],
    ]);
    await listener.close();
  });

  test('tell how a queue stands whose members are others now', async () => {
    await ccs.call('lunchlab', CALL, ...ANSWERED);
    const listener = await connect(ccs.url, 'demo-queue-events');
    const to = { tenant: 'lunchlab', kind: 'queue', id: 'q200' };
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set: { members: [{ agent: 'aarcher' }] } } });
    await listener.hears(1);
    const stand = { agents_ready: 0, agents_busy: 1, agents_away: 0 };
    expect(listener.heard).toMatchObject([{ event: 'queue_status', queue: { name: 'Q200' }, ...stand }]);
    await listener.close();
  });

  test('tell how a queue stands from a position up to which everything was told', async () => {
    const listener = await connect(ccs.url, 'demo-queue-events');
    const to = { tenant: 'lunchlab', kind: 'queue', id: 'q200' };
    const { records } = await ccs.world.record(
      'lunchlab',
      { to, event: { type: 'change', set: { members: [] } } },
      { to: { tenant: 'lunchlab', kind: 'skill', id: 'k1' }, event: { type: 'create', attributes: { name: 'Tea' } } },
    );
    await listener.hears(1);
    expect(listener.heard).toMatchObject([{ event: 'queue_status', sequence: records[0]?.position }]);
    await listener.close();
  });

  test('do not come without a permission for them (case 75), nor from other tenants', async () => {
    const none = await connect(ccs.url, 'demo-no-events');
    const other = await connect(ccs.url, 'demo-tenant');
    const telco = await connect(ccs.url, 'demo-telco');
    const north = await connect(ccs.url, 'demo-telco-north');
    await annIs('setAway');
    await ccs.agent('ccslab15', 'rnath', { type: 'setAway', signIn: true });
    await other.hears(1);
    await telco.hears(1);
    await north.hears(1);
    const heardOf = (heard: readonly Heard[]) => withoutStatus(heard).map(({ extension }) => extension);
    expect([none, other, telco, north].map(({ heard }) => heardOf(heard))).toEqual([[], ['114'], ['114'], ['101']]);
    await Promise.all([none, other, telco, north].map((listener) => listener.close()));
  });
});

describe('since', () => {
  test('replays from a log position, then goes on, without gaps or doubles', async () => {
    const first = await connect(ccs.url, 'demo-call-events');
    await ccs.call('lunchlab', CALL, ...RINGS);
    await first.hears(2);
    const since = first.heard[0]?.sequence;
    await first.close();
    await ccs.call('lunchlab', CALL, { type: 'leg.answered', leg: 'ann' });
    const second = await connect(ccs.url, 'demo-call-events', { since });
    await second.hears(2);
    await ccs.call('lunchlab', CALL, { type: 'kill' });
    await second.hears(3);
    await ccs.call('lunchlab', '0BS9DD02LEMU2', ...RINGS);
    await second.hears(5);
    expect(names(second.heard)).toEqual([
      'call_progress',
      'call_answered',
      'call_ended',
      'call_progress',
      'call_progress',
    ]);
    const sequences = second.heard.map(({ sequence = 0 }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    await second.close();
  });

  test('goes on within a record that made several events', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const all = await connect(ccs.url, 'demo-tenant-lunch', { since: 0 });
    await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', { request: 'wait_kill' });
    const ended = await eventually('the end', () => all.heard.find(({ event }) => event === 'call_ended'));
    const { sequence: since, part } = ended;
    expect(part).toBe(1);
    const rest = await connect(ccs.url, 'demo-tenant-lunch', { since, part });
    await rest.hears(1);
    expect(rest.heard[0]).toMatchObject({ event: 'queue_call_left', sequence: since, part: 2 });
    await Promise.all([all.close(), rest.close()]);
  });

  test('tells of the queue a call was redirected from, although that was before', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const since = ccs.world.runtime.live.position;
    const target = 'az123456-f645-47b6-bd71-e9f493ff8ac9';
    await ccs.post(`/calls/${CALL}`, 'demo-tenant-lunch', { request: 'wait_redirect', target });
    const listener = await connect(ccs.url, 'demo-queue-events', { since });
    await listener.hears(2);
    expect(listener.heard).toMatchObject([
      { event: 'queue_call_left', queue: { name: 'Q200' }, cause: 'redirected' },
      { event: 'queue_call_entered', queue: { name: 'Q210' }, position: 1 },
    ]);
    await listener.close();
  });

  test('counts a call that waited then among those ahead, though it waits in another queue by now', async () => {
    await ccs.call('lunchlab', CALL, ...OFFERED);
    await ccs.world.advance(1_000);
    const since = ccs.world.runtime.live.position;
    await ccs.call('lunchlab', '0BS9DD02LEMU2', ...WAITS);
    await ccs.world.advance(1_000);
    const queue = { queue: 'q210', name: 'Q210' };
    await ccs.call('lunchlab', CALL, { type: 'leg.answered', leg: 'ann' });
    await ccs.call('lunchlab', CALL, { type: 'blindTransfer', leg: 'ann', queue });
    const listener = await connect(ccs.url, 'demo-queue-events', { since });
    await listener.hears(1);
    expect(listener.heard[0]).toMatchObject({ event: 'queue_call_entered', call_id: '0BS9DD02LEMU2', position: 2 });
    await listener.close();
  });

  test('counts a call that waited then among those ahead, however many other tenants had meanwhile', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    const [arrives] = RINGS;
    const others = Array.from({ length: 500 }, (_, nth) => ({
      to: { tenant: 'ccslab15', kind: 'call', id: `OTHER${nth}` },
      event: { ...arrives, type: 'arrive', to: '114' },
    }));
    await ccs.world.record('ccslab15', ...others);
    const since = ccs.world.runtime.live.position;
    await ccs.call('lunchlab', '0BS9DD02LEMU2', ...WAITS);
    await ccs.world.advance(1_000);
    await ccs.call('lunchlab', CALL, { type: 'kill' });
    const listener = await connect(ccs.url, 'demo-queue-events', { since });
    await listener.hears(1);
    expect(listener.heard[0]).toMatchObject({ event: 'queue_call_entered', call_id: '0BS9DD02LEMU2', position: 2 });
    await listener.close();
  });

  test('gives from every position, and every part of a record, exactly the rest', async () => {
    const all = await connect(ccs.url, 'demo-tenant-lunch', { since: 0 });
    const control = (call: string, body: object) => ccs.post(`/calls/${call}`, 'demo-tenant-lunch', body);
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' }, { type: 'kill' });
    await annIs('setReady');
    await ccs.call('lunchlab', '0BS9DD02LEMU2', ...WAITS);
    await ccs.world.advance(1_000);
    await ccs.call('lunchlab', '0BS9DD02LEMU3', ...WAITS);
    await ccs.world.advance(1_000);
    await control('0BS9DD02LEMU2', { request: 'wait_redirect', target: QUEUE_210 });
    await ccs.world.advance(1_000);
    await ccs.call('lunchlab', '0BS9DD02LEMU4', ...WAITS);
    await control('0BS9DD02LEMU4', { request: 'wait_redirect', target: QUEUE_210 });
    await ccs.world.advance(1_000);
    for (const call of ['0BS9DD02LEMU2', '0BS9DD02LEMU3', '0BS9DD02LEMU4'])
      await control(call, { request: 'wait_kill' });
    await eventually('the last event', () =>
      all.heard.find(
        ({ call_id, event, cause }) => event === 'queue_call_left' && call_id === '0BS9DD02LEMU4' && cause === 'killed',
      ),
    );
    const whole = withoutStatus(all.heard);
    for (const [index, { sequence: since, part }] of whole.entries()) {
      const isLastPart = whole[index + 1]?.sequence !== since;
      const rest = await connect(ccs.url, 'demo-tenant-lunch', isLastPart ? { since } : { since, part });
      const expected = whole.slice(index + 1);
      if (expected.length > 0) await rest.hears(expected.length);
      expect(withoutStatus(rest.heard)).toEqual(expected);
      await rest.close();
    }
    await all.close();
  });

  test('hears how queues stand from the first change on, whatever else was recorded last', async () => {
    const since = ccs.world.runtime.live.position;
    const to = { tenant: 'lunchlab', kind: 'user', id: 'aarcher' };
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set: { firstName: 'Anna' } } });
    const open = await connect(ccs.url, 'demo-queue-events');
    const resumed = await connect(ccs.url, 'demo-queue-events', { since });
    await annIs('setAway');
    await Promise.all([open.hears(2), resumed.hears(2)]);
    expect(resumed.heard).toEqual(open.heard);
    await Promise.all([open.close(), resumed.close()]);
  });

  test('misses nothing of what is recorded while it replays', async () => {
    for (let index = 0; index < 40; index++) await annIs(index % 2 === 0 ? 'setAway' : 'setReady');
    const listening = connect(ccs.url, 'demo-agent-events', { since: 0 });
    for (let index = 0; index < 40; index++) await annIs(index % 2 === 0 ? 'setAway' : 'setReady');
    const listener = await listening;
    await eventually('all of them', () =>
      listener.heard.filter(({ extension }) => extension === '101').length >= 81 ? true : undefined,
    );
    const sequences = listener.heard.map(({ sequence = 0 }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    expect(listener.heard.filter(({ extension }) => extension === '101')).toHaveLength(81);
    await listener.close();
  });
});

describe('an open socket', () => {
  const token = { tenant: 'lunchlab', kind: 'token', id: 'mine' };
  const given = async (attributes: object) => {
    const sha256 = createHash('sha256').update('mine').digest('hex');
    await ccs.world.record('lunchlab', { to: token, event: { type: 'create', attributes: { sha256, ...attributes } } });
  };

  test('is closed when its token is revoked', async () => {
    await given({ permissions: ['Agent Events'] });
    const listener = await connect(ccs.url, 'mine');
    await ccs.world.record('lunchlab', { to: token, event: { type: 'remove' } });
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
  });

  test('is closed when its tenant is not enabled any more', async () => {
    await given({ permissions: ['Agent Events'] });
    const listener = await connect(ccs.url, 'mine');
    const to = { tenant: 'lunchlab', kind: 'tenant', id: 'lunchlab' };
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set: { enabled: false } } });
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set: { enabled: true } } });
  });

  test('hears what its token may hear now', async () => {
    await given({ permissions: ['Agent Events'] });
    const listener = await connect(ccs.url, 'mine');
    await ccs.world.record('lunchlab', { to: token, event: { type: 'change', set: { permissions: ['Call Events'] } } });
    await annIs('setAway');
    await ccs.call('lunchlab', CALL, ...RINGS);
    await listener.hears(2);
    expect(names(listener.heard)).toEqual(['call_progress', 'call_progress']);
    await listener.close();
  });

  test('hears what the role of its user may hear now', async () => {
    const role = { tenant: 'lunchlab', kind: 'role', id: 'watcher' };
    await ccs.world.record(
      'lunchlab',
      { to: role, event: { type: 'create', attributes: { name: 'Watcher', permissions: ['Agent Events'] } } },
      {
        to: { tenant: 'lunchlab', kind: 'user', id: 'aarcher' },
        event: { type: 'change', set: { permissionRoles: ['watcher'] } },
      },
    );
    await given({ user: 'aarcher' });
    const listener = await connect(ccs.url, 'mine');
    await annIs('setAway');
    await listener.hears(1);
    await ccs.world.record('lunchlab', { to: role, event: { type: 'change', set: { permissions: ['Call Events'] } } });
    await annIs('setReady');
    await ccs.call('lunchlab', CALL, ...RINGS);
    await listener.hears(3);
    expect(names(listener.heard)).toEqual(['agent_presence', 'call_progress', 'call_progress']);
    await listener.close();
  });

  test('is closed when its token has expired', async () => {
    await given({ permissions: ['Agent Events'], expiresAt: ccs.world.clock.now() + 60_000 });
    const listener = await connect(ccs.url, 'mine');
    await ccs.world.advance(60_000);
    await annIs('setAway');
    expect(await listener.closed).toEqual([1008, 'Unauthorized']);
    expect(listener.heard).toEqual([]);
  });

  test('is closed when the server drains', async () => {
    const listener = await connect(ccs.url, 'demo-agent-events');
    await ccs.server.drain(1_000);
    expect((await listener.closed)[0]).toBe(1001);
  });
});
