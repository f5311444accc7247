import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { givenClient } from './bayeux.ts';
import { type Gws, givenGws } from './given.ts';
import { givenRingingPhones } from './phones.ts';

const D1 = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';

describe('calls', () => {
  let gws: Gws;
  let stopPhones: () => void;
  beforeEach(async () => {
    gws = await givenGws();
    stopPhones = givenRingingPhones(gws.world);
  });
  afterEach(async () => {
    stopPhones();
    await gws.stop();
  });

  const callsOf = async (name: string): Promise<readonly JsonObject[]> => {
    const { body } = await gws.ask({ path: '/api/v2/me/calls?fields=*', as: `${name}:` });
    return body.calls as readonly JsonObject[];
  };
  const inState = (name: string, state: string, at = 0) =>
    eventually(`${name} sees ${state}`, async () => {
      const call = (await callsOf(name))[at];
      return call?.state === state ? call : undefined;
    });
  const operate = (name: string, id: unknown, operationName: string, more: JsonObject = {}) =>
    gws.ask({ method: 'POST', path: `/api/v2/me/calls/${id}`, body: { operationName, ...more }, as: `${name}:` });
  const dial = (destination: unknown, more: JsonObject = {}) =>
    gws.ask({
      method: 'POST',
      path: `/api/v2/me/devices/${D1}/calls`,
      body: { operationName: 'Dial', destination, ...more },
      as: 'ksippo:',
    });
  const talking = async (): Promise<string> => {
    await dial({ phoneNumber: '15001' });
    const { id } = await inState('peer', 'Ringing');
    await operate('peer', id, 'Answer');
    await inState('ksippo', 'Established');
    return String(id);
  };
  const OK = { status: 200, body: { statusCode: 0 } };
  const NOT_NOW = { status: 400, body: { statusCode: 2 } };

  it('Dial makes one call, Dialing here and Ringing there (W55)', async () => {
    expect(await dial({ phoneNumber: '15001' })).toMatchObject(OK);
    const { body } = await gws.ask({ path: '/api/v2/me/calls', as: 'ksippo:' });
    expect(body.uris).toHaveLength(1);
    const ringing = await inState('peer', 'Ringing');
    expect(ringing).toMatchObject({ participants: [{ phoneNumber: '15000' }], callType: 'Internal', dnis: '15001' });
    expect(ringing.capabilities).toEqual(expect.arrayContaining(['Answer', 'Reject', 'AttachUserData']));
    expect(ringing.capabilities).not.toContain('Hangup');
    const [dialing] = await callsOf('ksippo');
    expect(dialing).toMatchObject({
      state: 'Dialing',
      participants: [{ phoneNumber: '15001', digits: '15001' }],
      connId: expect.stringMatching(/^[0-9a-f]{16}$/),
      deviceUri: `http://127.0.0.1/cloud-web/api/v2/devices/${D1}`,
      duration: '0',
      mute: 'Off',
      path: `/calls/${dialing?.id}`,
      uri: `http://127.0.0.1/cloud-web/api/v2/me/calls/${dialing?.id}`,
    });
    expect(dialing).not.toHaveProperty('userData');
    expect(new Set(dialing?.capabilities as string[])).toEqual(
      new Set(['AttachUserData', 'DeleteUserData', 'DeleteUserDataPair', 'Hangup', 'SendDtmf', 'UpdateUserData']),
    );
  });

  it('Dial without a destination, or with a useless one, makes no call (W56)', async () => {
    expect(await dial(undefined)).toMatchObject({ status: 400, body: { statusCode: 1 } });
    expect(await dial({ phoneNumber: '' })).toMatchObject({ status: 400, body: { statusCode: 1 } });
    for (const useless of ['abc', ['15001'], true, { phoneNumber: ['15001'] }])
      expect(await dial(useless)).toMatchObject(NOT_NOW);
    expect(await dial('15001', { userData: 'text' })).toMatchObject(NOT_NOW);
    expect(await callsOf('ksippo')).toEqual([]);
  });

  it('what the capabilities do not list is refused and changes nothing (W57, W59)', async () => {
    await dial('15001');
    const { id } = await inState('ksippo', 'Dialing');
    expect(await operate('ksippo', id, 'Hold')).toMatchObject(NOT_NOW);
    await inState('peer', 'Ringing');
    expect(await operate('peer', id, 'Hangup')).toMatchObject(NOT_NOW);
    await inState('ksippo', 'Dialing');
    await operate('peer', id, 'Answer');
    expect(await operate('ksippo', id, 'Hold')).toMatchObject(OK);
    expect(await operate('ksippo', id, 'Hold')).toMatchObject(NOT_NOW);
    expect((await inState('ksippo', 'Held')).capabilities).toContain('Retrieve');
    expect(await operate('ksippo', id, 'Retrieve')).toMatchObject(OK);
    await inState('ksippo', 'Established');
  });

  it('an established call can be held, not retrieved, and its duration is a text (W58)', async () => {
    const id = await talking();
    await gws.world.advance(7_000);
    const { body } = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'ksippo:' });
    expect(body.call).toMatchObject({ state: 'Established', duration: '7' });
    const { capabilities } = body.call as { capabilities: string[] };
    expect(capabilities).toEqual(
      expect.arrayContaining(['Hold', 'Hangup', 'SendDtmf', 'SingleStepTransfer', 'InitiateTransfer', 'MuteCall']),
    );
    expect(capabilities).not.toContain('Retrieve');
  });

  it('a consult holds the original, and completing it joins the others (W62)', async () => {
    const id = await talking();
    expect(await operate('ksippo', id, 'InitiateTransfer', { destination: { phoneNumber: '15002' } })).toMatchObject(
      OK,
    );
    const original = await inState('ksippo', 'Held');
    expect(original.capabilities).toEqual(expect.arrayContaining(['CompleteTransfer', 'SwapCalls', 'Hangup']));
    expect(original.capabilities).not.toContain('CompleteConference');
    const consult = await inState('ksippo', 'Dialing', 1);
    expect(consult).toMatchObject({ callType: 'Consult' });
    await inState('third', 'Ringing');
    await operate('third', consult.id, 'Answer');
    await inState('ksippo', 'Established', 1);
    expect(await operate('ksippo', id, 'CompleteTransfer', { consultCallUri: String(consult.uri) })).toMatchObject(OK);
    expect(await callsOf('ksippo')).toEqual([]);
    expect(await callsOf('peer')).toMatchObject([{ id, participants: [{ phoneNumber: '15002' }] }]);
    expect(await callsOf('third')).toMatchObject([{ id, participants: [{ phoneNumber: '15001' }] }]);
  });

  it('CompleteTransfer may be sent to the consult, SwapCalls goes back and forth', async () => {
    const id = await talking();
    await operate('ksippo', id, 'InitiateTransfer', { destination: '15002' });
    const { id: consult } = await inState('third', 'Ringing');
    await operate('third', consult, 'Answer');
    expect(await operate('ksippo', id, 'SwapCalls', { otherCallUri: `/calls/${consult}` })).toMatchObject(OK);
    await inState('ksippo', 'Established', 0);
    await inState('ksippo', 'Held', 1);
    expect(await operate('ksippo', id, 'SwapCalls')).toMatchObject(OK);
    await inState('ksippo', 'Held', 0);
    for (const consultCallUri of ['/me/calls/NONE', 7]) {
      expect(await operate('ksippo', id, 'CompleteTransfer', { consultCallUri })).toMatchObject(NOT_NOW);
      expect(await operate('ksippo', consult, 'CompleteTransfer', { consultCallUri })).toMatchObject(NOT_NOW);
    }
    expect(await operate('ksippo', consult, 'CompleteTransfer', { consultCallUri: `/calls/${id}` })).toMatchObject(OK);
    expect(await callsOf('ksippo')).toEqual([]);
    expect(await callsOf('third')).toMatchObject([{ participants: [{ phoneNumber: '15001' }] }]);
  });

  it('a conference has three people, of whom one can be removed', async () => {
    const id = await talking();
    await operate('ksippo', id, 'InitiateConference', { destination: '15002' });
    const { id: consult } = await inState('third', 'Ringing');
    await operate('third', consult, 'Answer');
    expect(await operate('ksippo', id, 'CompleteTransfer')).toMatchObject(NOT_NOW);
    expect(await operate('ksippo', id, 'CompleteConference')).toMatchObject(OK);
    const [call] = await callsOf('ksippo');
    expect(call).toMatchObject({
      state: 'Established',
      participants: [{ phoneNumber: '15001' }, { phoneNumber: '15002' }],
    });
    const remove = (participant?: string) =>
      operate('ksippo', id, 'RemoveParticipantFromConference', participant === undefined ? {} : { participant });
    expect(await remove()).toMatchObject({ status: 400, body: { statusCode: 1 } });
    expect(await remove('999')).toMatchObject(NOT_NOW);
    expect(await remove('15002')).toMatchObject(OK);
    expect(await callsOf('third')).toEqual([]);
    expect(await remove('15001')).toMatchObject(NOT_NOW);
  });

  it('SingleStepTransfer takes him out and rings the other (W64)', async () => {
    const id = await talking();
    expect(await operate('ksippo', id, 'SingleStepTransfer')).toMatchObject({ status: 400, body: { statusCode: 1 } });
    const asked = { destination: { phoneNumber: '15002' }, userData: { note: 'x' } };
    expect(await operate('ksippo', id, 'SingleStepTransfer', asked)).toMatchObject(OK);
    await gws.world.advance(7_000);
    const released = await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'ksippo:' });
    expect(released.body.call).toMatchObject({ state: 'Released', capabilities: [], duration: '0' });
    expect(await inState('third', 'Ringing')).toMatchObject({ duration: '7' });
    await operate('third', id, 'Answer');
    expect(await inState('peer', 'Established')).toMatchObject({
      participants: [{ phoneNumber: '15002' }],
      userData: { note: 'x' },
    });
  });

  it('Hold that is sent twice under one Idempotency-Key is answered as the first time', async () => {
    const id = await talking();
    const hold = () =>
      gws.ask({
        method: 'POST',
        path: `/api/v2/me/calls/${id}`,
        body: { operationName: 'Hold' },
        as: 'ksippo:',
        headers: { 'idempotency-key': 'hold' },
      });
    expect(await hold()).toMatchObject(OK);
    expect(await hold()).toMatchObject(OK);
    expect(await operate('ksippo', id, 'Hold')).toMatchObject(NOT_NOW);
  });

  it('Hangup twice is refused the second time (W65)', async () => {
    const id = await talking();
    expect(await operate('ksippo', id, 'Hangup')).toMatchObject(OK);
    expect(await operate('ksippo', id, 'Hangup')).toMatchObject(NOT_NOW);
    expect(await callsOf('peer')).toEqual([]);
  });

  it('Reject ends a ringing call', async () => {
    await dial('15001');
    const { id } = await inState('peer', 'Ringing');
    expect(await operate('peer', id, 'Reject')).toMatchObject(OK);
    expect(await callsOf('ksippo')).toEqual([]);
  });

  it('mute, digits and user data', async () => {
    const id = await talking();
    expect(await operate('ksippo', id, 'MuteCall')).toMatchObject(OK);
    expect(await operate('ksippo', id, 'MuteCall')).toMatchObject(NOT_NOW);
    expect((await callsOf('ksippo'))[0]).toMatchObject({ mute: 'On' });
    expect((await callsOf('peer'))[0]).toMatchObject({ mute: 'Off' });
    expect(await operate('ksippo', id, 'UnmuteCall')).toMatchObject(OK);
    expect(await operate('ksippo', id, 'SendDtmf', { digits: '12*#' })).toMatchObject(OK);
    expect(await operate('ksippo', id, 'SendDtmf', { digits: 'abc' })).toMatchObject(NOT_NOW);
    expect(await operate('ksippo', id, 'SendDtmf')).toMatchObject({ status: 400, body: { statusCode: 1 } });
    expect(await operate('ksippo', id, 'SendDtmf', { digits: null })).toMatchObject({ body: { statusCode: 1 } });
    expect(await operate('ksippo', id, 'AttachUserData', { userData: { a: 1, b: { c: 'd' } } })).toMatchObject(OK);
    expect(await operate('peer', id, 'UpdateUserData', { userData: { a: 2 } })).toMatchObject(OK);
    expect((await callsOf('peer'))[0]?.userData).toEqual({ a: 2, b: { c: 'd' } });
    expect(await operate('ksippo', id, 'AttachUserData')).toMatchObject({ status: 400, body: { statusCode: 1 } });
    expect(await operate('ksippo', id, 'DeleteUserDataPair', { key: 'a' })).toMatchObject(OK);
    expect(await operate('ksippo', id, 'DeleteUserDataPair', { key: 'zz' })).toMatchObject(NOT_NOW);
    expect((await callsOf('peer'))[0]?.userData).toEqual({ b: { c: 'd' } });
    expect(await operate('ksippo', id, 'DeleteUserData')).toMatchObject(OK);
    expect((await callsOf('peer'))[0]).not.toHaveProperty('userData');
  });

  it('in ext a call can be cleared, and nothing is paused that is not recorded', async () => {
    stopPhones();
    await gws.stop();
    gws = await givenGws({ profile: 'ext' });
    stopPhones = givenRingingPhones(gws.world);
    const id = await talking();
    const [{ capabilities } = {}] = await callsOf('ksippo');
    expect(capabilities).toContain('ClearCall');
    expect(capabilities).not.toContain('PauseCallRecording');
    await operate('ksippo', id, 'Hold');
    expect(await operate('ksippo', id, 'ClearCall')).toMatchObject(NOT_NOW);
    await operate('ksippo', id, 'Retrieve');
    expect(await operate('ksippo', id, 'PauseCallRecording')).toMatchObject(NOT_NOW);
    expect(await operate('ksippo', id, 'ClearCall')).toMatchObject(OK);
    expect(await callsOf('peer')).toEqual([]);
  });

  it('in ext a call that is recorded on demand is so when somebody says it, and each step is told', async () => {
    stopPhones();
    await gws.stop();
    gws = await givenGws({ profile: 'ext', cometdHoldMs: 400 });
    stopPhones = givenRingingPhones(gws.world);
    const extension = { tenant: 'genesys', kind: 'extension', id: '15000' };
    await gws.world.record('genesys', { to: extension, event: { type: 'change', set: { recording: 'onDemand' } } });
    const id = await talking();
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    const steps = ['StartCallRecording', 'PauseCallRecording', 'ResumeCallRecording', 'StopCallRecording'];
    for (const [nth, operationName] of steps.entries()) {
      expect((await callsOf('ksippo'))[0]?.capabilities).toContain(operationName);
      expect(await operate('ksippo', id, operationName)).toMatchObject(OK);
      const recordingState = ['Recording', 'Paused', 'Recording', undefined][nth];
      expect((await callsOf('ksippo'))[0]?.recordingState).toBe(recordingState);
      const told = (await client.receive(1)).map(({ data }) => data as { notificationType: string; call: JsonObject });
      expect(told.map(({ notificationType, call }) => [notificationType, call.recordingState])).toEqual([
        ['CallRecordingStateChange', recordingState],
      ]);
    }
  });

  it('for clients of 8.5.0 participants are numbers, also where they are told', async () => {
    stopPhones();
    await gws.stop();
    gws = await givenGws({ callForm: '8.5.0', cometdHoldMs: 400 });
    stopPhones = givenRingingPhones(gws.world);
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    const id = await talking();
    const [call = {}] = await callsOf('ksippo');
    expect(call).toMatchObject({
      id,
      connId: id,
      participants: ['15001'],
      participantsInfo: [{ digits: '15001', e164Number: '', formattedPhoneNumber: '15001' }],
    });
    expect(call.participantsInfo).not.toContainEqual(expect.objectContaining({ phoneNumber: '15001' }));
    expect(call).not.toHaveProperty('path');
    expect(call).not.toHaveProperty('monitoring');
    expect(await client.receive(2)).toMatchObject([
      { data: { call: { state: 'Dialing', participants: ['15001'] } } },
      { data: { call: { state: 'Established', participants: ['15001'] } } },
    ]);
  });

  it('a call that is not his is unknown (W66)', async () => {
    expect(await operate('ksippo', 'none', 'Answer')).toMatchObject({ status: 404, body: { statusCode: 6 } });
    const id = await talking();
    expect(await operate('third', id, 'Hangup')).toMatchObject({ status: 404, body: { statusCode: 6 } });
    expect((await gws.ask({ path: `/api/v2/me/calls/${id}`, as: 'third:' })).status).toBe(404);
    expect(await operate('ksippo', id, 'Fly')).toMatchObject(NOT_NOW);
    expect(await operate('ksippo', id, 'ListenIn')).toMatchObject(NOT_NOW);
  });
});
