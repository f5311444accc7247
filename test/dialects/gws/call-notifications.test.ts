import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEGS_MAX } from '../../../machines/call/parts.ts';
import { call } from '../../../projections/calls.ts';
import { LedgerlineError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ReplayRange } from '../../../src/model/runtime.ts';
import { eventually } from '../../support/eventually.ts';
import { type Bayeux, givenClient } from './bayeux.ts';
import { type Gws, givenGws } from './given.ts';
import { givenRingingPhones } from './phones.ts';

describe('what three people hear of a call and its consult', () => {
  let gws: Gws;
  let stopPhones: () => void;
  let caller: Bayeux;
  let called: Bayeux;
  let consulted: Bayeux;
  beforeEach(async () => {
    gws = await givenGws({ cometdHoldMs: 400 });
    stopPhones = givenRingingPhones(gws.world);
    const clients = await Promise.all(['ksippo:', 'peer:', 'third:'].map((as) => givenClient(gws, as)));
    for (const client of clients) await client.subscribe('/v2/me/calls');
    [caller, called, consulted] = clients as [Bayeux, Bayeux, Bayeux];
  });
  afterEach(async () => {
    stopPhones();
    await gws.stop();
  });

  const operate = (as: string, id: unknown, operationName: string, more: JsonObject = {}) =>
    gws.ask({ method: 'POST', path: `/api/v2/me/calls/${id}`, body: { operationName, ...more }, as });
  const answers = async (as: string): Promise<unknown> => {
    const { id } = await eventually(`${as} rings`, async () => {
      const { body } = await gws.ask({ path: '/api/v2/me/calls?fields=id&state=Ringing', as });
      return (body.calls as JsonObject[])[0];
    });
    await operate(as, id, 'Answer');
    return id;
  };
  /** ksippo talks to third, while peer is on hold. Gives the call of peer. */
  const consulting = async (operation: 'InitiateTransfer' | 'InitiateConference'): Promise<unknown> => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    await operate('ksippo:', id, operation, { destination: '15002' });
    await answers('third:');
    return id;
  };
  const steps = (messages: readonly JsonObject[]) =>
    messages.map(({ data }) => {
      const { notificationType, call } = data as { notificationType: string; call: JsonObject };
      return `${call.callType} ${call.state}${notificationType === 'StatusChange' ? '' : ` ${notificationType}`}`;
    });
  const others = ({ data }: JsonObject) =>
    (data as { call: { participants: { phoneNumber: string }[] } }).call.participants.map((one) => one.phoneNumber);
  const CONSULTED = [
    'Internal Dialing',
    'Internal Established',
    'Internal Held',
    'Consult Dialing',
    'Consult Established',
  ];

  it('of a completed transfer the original is released first, then the consult; who stays hears of the other', async () => {
    const id = await consulting('InitiateTransfer');
    await operate('ksippo:', id, 'CompleteTransfer');
    const heard = await caller.receive(7);
    // Of the step to Held alone the product tells no extensions.
    const bare = heard.filter(({ data }) => (data as JsonObject).extensions === undefined);
    expect(steps(bare)).toEqual(['Internal Held']);
    expect(steps(heard)).toEqual([...CONSULTED, 'Internal Released', 'Consult Released']);
    expect(heard.slice(-2).map(others)).toEqual([['15001'], ['15002']]);
    const read = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'ksippo:' });
    expect(others({ data: read.body })).toEqual(['15001']);
    expect(steps(await called.receive(3))).toEqual([
      'Internal Ringing',
      'Internal Established',
      'Internal Established ParticipantsUpdated',
    ]);
  });

  it('who leaves, or is left, is told whom he had been talking to', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    await operate('ksippo:', id, 'SingleStepTransfer', { destination: '15002' });
    expect(others((await caller.receive(3)).at(-1) ?? {})).toEqual(['15001']);
    await answers('third:');
    await operate('third:', id, 'Hangup');
    expect(others((await called.receive(5)).at(-1) ?? {})).toEqual(['15002']);
    expect(others((await consulted.receive(3)).at(-1) ?? {})).toEqual(['15001']);
    const { body } = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'third:' });
    expect(others({ data: body })).toEqual(['15001']);
    const transferred = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'ksippo:' });
    expect(others({ data: transferred.body })).toEqual(['15001']);
  });

  it('who joins in one step is told of, and who mutes himself hears that he is', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    await operate('ksippo:', id, 'SingleStepConference', { destination: { phoneNumber: '15002' } });
    await operate('ksippo:', id, 'MuteCall');
    await operate('ksippo:', id, 'UnmuteCall');
    const heard = (await caller.receive(5)).slice(2);
    expect(steps(heard)).toEqual([
      'Internal Established ParticipantsUpdated',
      'Internal Established',
      'Internal Established',
    ]);
    expect(heard.map(others)).toEqual(Array(3).fill(['15001', '15002']));
    expect(heard.map(({ data }) => (data as { call: JsonObject }).call.mute)).toEqual(['Off', 'On', 'Off']);
  });

  it('what is attached to a call is told as often as it is asked for', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    for (const userData of [{ a: '1' }, { a: '1' }]) await operate('ksippo:', id, 'AttachUserData', { userData });
    for (const times of [1, 2]) expect((await operate('peer:', id, 'DeleteUserData')).status, `${times}`).toBe(200);
    const heard = await caller.receive(6);
    expect(steps(heard).slice(2)).toEqual(Array(4).fill('Internal Established AttachedDataChanged'));
    expect(heard.slice(2).map(({ data }) => (data as { call: JsonObject }).call.userData)).toEqual([
      { a: '1' },
      { a: '1' },
      undefined,
      undefined,
    ]);
  });

  it('who had been called a second time in vain is shown how his conversation ended', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    stopPhones();
    await operate('peer:', id, 'SingleStepConference', { destination: '15000' });
    const to = { tenant: 'genesys', kind: 'call', id: String(id) };
    const second = call(gws.world.runtime.live, 'genesys', String(id))?.context.legs.at(-1)?.id ?? '';
    await gws.world.record('genesys', { to, event: { type: 'leg.failed', leg: second, cause: 'busy' } });
    await gws.world.advance(3_000);
    await operate('ksippo:', id, 'Hangup');
    const { body } = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'ksippo:' });
    expect(others({ data: body })).toEqual(['15001']);
    expect(body.call).toMatchObject({ state: 'Released', duration: '3' });
  });

  it('a call that never rang at somebody is none of his', async () => {
    stopPhones();
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const { body } = await gws.ask({ path: '/api/v2/me/calls?fields=id', as: 'ksippo:' });
    const [{ id } = {}] = body.calls as JsonObject[];
    const failed = { type: 'leg.failed', leg: `${id}-2`, cause: 'busy' };
    await gws.world.record('genesys', { to: { tenant: 'genesys', kind: 'call', id: String(id) }, event: failed });
    const read = (as: string) => gws.ask({ path: `/api/v2/me/calls/${id}`, as });
    expect(await read('ksippo:')).toMatchObject({ body: { call: { state: 'Released' } } });
    expect(await read('peer:')).toMatchObject({ status: 404 });
  });

  it('a call whose beginning lies in an archive that is not at hand is told from here on', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    await called.receive(1);
    const { runtime } = gws.world;
    const reach = runtime.live.position;
    const replay = runtime.replay.bind(runtime);
    Object.defineProperty(runtime, 'reach', { value: reach });
    Object.assign(runtime, {
      replay: (range: ReplayRange) => {
        if (range.after < reach) throw new LedgerlineError('momentUnavailable', 'in an archive', {});
        return replay(range);
      },
    });
    const late = await givenClient(gws, 'ksippo:');
    await late.subscribe('/v2/me/calls');
    await answers('peer:');
    expect(steps(await late.receive(1))).toEqual(['Internal Established']);
  });

  it('who leaves a call that remembers no more legs hears that it is over for him', async () => {
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const id = await answers('peer:');
    for (let legs = 2; legs < LEGS_MAX; legs += 1) {
      await operate('ksippo:', id, 'SingleStepConference', { destination: '15002' });
      await eventually('third rings', async () => {
        const { body } = await operate('third:', id, 'Reject');
        return body.statusCode === 0 || undefined;
      });
    }
    await caller.pending();
    await operate('ksippo:', id, 'SingleStepTransfer', { destination: '15002' });
    expect(steps(await caller.receive(1))).toEqual(['Internal Released']);
  });

  it('of a completed conference all who were in the call hear who joined, and the consult is released', async () => {
    const id = await consulting('InitiateConference');
    await operate('ksippo:', id, 'CompleteConference');
    const heard = await caller.receive(8);
    expect(steps(heard)).toEqual([
      ...CONSULTED,
      'Internal Established',
      'Internal Established ParticipantsUpdated',
      'Consult Released',
    ]);
    expect(heard[6]).toMatchObject({
      data: { call: { id, participants: [{ phoneNumber: '15001' }, { phoneNumber: '15002' }] } },
    });
    expect(steps(await called.receive(3)).at(-1)).toBe('Internal Established ParticipantsUpdated');
    expect(steps(await consulted.receive(4))).toEqual([
      'Consult Ringing',
      'Consult Established',
      'Internal Established',
      'Consult Released',
    ]);
    await operate('ksippo:', id, 'RemoveParticipantFromConference', { participant: '15002' });
    expect(steps(await caller.receive(1))).toEqual(['Internal Established ParticipantsUpdated']);
    expect(steps(await consulted.receive(1))).toEqual(['Internal Released']);
  });
});
