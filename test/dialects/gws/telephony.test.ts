/** GWS on the whole telephone side: switch, connector and distributor as in production, time moved by hand. */
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { openSimulated, type SimulatedTelephony } from '../../support/simulated-telephony.ts';
import { type Bayeux, givenClient } from './bayeux.ts';
import { type Gws, givenGws } from './given.ts';

describe('GWS with a telephone network', () => {
  let gws: Gws;
  let telephony: SimulatedTelephony;
  beforeEach(async () => {
    gws = await givenGws({ cometdHoldMs: 400 });
    const { runtime, clock } = gws.world;
    telephony = await openSimulated({ runtime, clock, logger: pino({ level: 'silent' }) });
  });
  afterEach(async () => {
    await telephony.stop();
    await gws.stop();
  });

  const post = (as: string, path: string, body: JsonObject) =>
    gws.ask({ method: 'POST', path: `/api/v2${path}`, body, as });
  const callOf = (as: string, state: string) =>
    eventually(`${as} ${state}`, async () => {
      const { body } = await gws.ask({ path: '/api/v2/me/calls?fields=*', as });
      return (body.calls as JsonObject[]).find((call) => call.state === state);
    });
  const stateOf = async (as: string): Promise<unknown> =>
    (await gws.ask({ path: '/api/v2/me/channels/voice?fields=userState', as })).body.channel;
  const userStates = async (client: Bayeux, count: number) =>
    (await client.receive(count)).map(({ data }) => {
      const [device] = (data as { devices: { userState: { displayName: string } }[] }).devices;
      return device?.userState.displayName;
    });

  it('an outside number answers after two seconds, and hanging up ends the call', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: { phoneNumber: '+1 (973) 555-0123' } });
    await callOf('ksippo:', 'Dialing');
    await telephony.atRest();
    await gws.world.advance(2_000);
    const call = await callOf('ksippo:', 'Established');
    expect(call).toMatchObject({ callType: 'Outbound', dnis: '0019735550123' });
    const hungUp = await post('ksippo:', `/me/calls/${call.id}`, { operationName: 'Hangup' });
    expect(hungUp.body).toEqual({ statusCode: 0 });
  });

  it('a number that leads nowhere is told as an operation that failed, of a consult too', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    const steps = (messages: readonly JsonObject[]) =>
      messages.map(({ data }) => {
        const { call, errorCode, operationName } = data as JsonObject & { call?: JsonObject };
        return call === undefined ? `${errorCode} ${operationName}` : `${call.callType} ${call.state}`;
      });
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '99' });
    expect(steps(await client.receive(3))).toEqual(['Internal Dialing', 'Internal Released', '4 Dial']);
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const { id } = await callOf('peer:', 'Ringing');
    await post('peer:', `/me/calls/${id}`, { operationName: 'Answer' });
    await post('ksippo:', `/me/calls/${id}`, { operationName: 'InitiateTransfer', destination: '99' });
    expect(steps(await client.receive(7))).toEqual([
      'Internal Dialing',
      'Internal Established',
      'Internal Held',
      'Consult Dialing',
      'Internal Held',
      'Consult Released',
      '4 InitiateTransfer',
    ]);
  });

  it('a queue call rings at a ready agent; its end is wrap-up, which ends by itself', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/devices');
    await post('ksippo:', '/me/channels/voice', { operationName: 'Ready' });
    const placed = { tenant: 'genesys', call: '0AAAAAAAAAAAA', from: '19735550123', to: '8003449999' };
    expect(await telephony.hands.placeCall(placed)).toBe(true);
    const ringing = await callOf('ksippo:', 'Ringing');
    expect(ringing).toMatchObject({
      id: '0AAAAAAAAAAAA',
      callType: 'Inbound',
      ani: '19735550123',
      participants: [{ phoneNumber: '19735550123' }],
    });
    await post('ksippo:', `/me/calls/${ringing.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    await post('ksippo:', `/me/calls/${ringing.id}`, { operationName: 'Hangup' });
    expect(await stateOf('ksippo:')).toMatchObject({ userState: { displayName: 'AfterCallWork' } });
    await gws.world.advance(30_000);
    expect(await userStates(client, 3)).toEqual(['Ready', 'AfterCallWork', 'Ready']);
  });

  it('a queue can be dialled; who waits there has called its number', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '8000' });
    expect(await callOf('ksippo:', 'Established')).toMatchObject({ participants: [{ phoneNumber: '8000' }] });
    await post('third:', '/me/channels/voice', { operationName: 'Ready' });
    const ringing = await callOf('third:', 'Ringing');
    expect(ringing).toMatchObject({ participants: [{ phoneNumber: '15000' }] });
    await post('third:', `/me/calls/${ringing.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
  });

  it('a consult in a queue is a call within the house when its original is over', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const ringing = await callOf('peer:', 'Ringing');
    await post('peer:', `/me/calls/${ringing.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    await post('ksippo:', `/me/calls/${ringing.id}`, { operationName: 'InitiateTransfer', destination: '8000' });
    expect(await callOf('ksippo:', 'Established')).toMatchObject({ callType: 'Consult' });
    await post('peer:', `/me/calls/${ringing.id}`, { operationName: 'Hangup' });
    expect(await callOf('ksippo:', 'Established')).toMatchObject({
      callType: 'Internal',
      participants: [{ phoneNumber: '8000' }],
    });
  });

  it('of a consult that a desk phone sends to a queue he hears last that it is over', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const original = await callOf('peer:', 'Ringing');
    await post('peer:', `/me/calls/${original.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    await post('ksippo:', `/me/calls/${original.id}`, { operationName: 'InitiateTransfer', destination: '15002' });
    const consult = await callOf('third:', 'Ringing');
    await post('third:', `/me/calls/${consult.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '8000' });
    const waiting = await eventually('he waits in the queue', async () => {
      const call = await callOf('ksippo:', 'Established');
      return call.dnis === '8000' ? call : undefined;
    });
    await telephony.atRest();
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    expect(await telephony.hands.line('genesys', '15000').joinCalls()).toBe(true);
    const told = (await client.receive(4)).map(({ data }) => (data as { call: JsonObject }).call);
    expect(told.findLast(({ id }) => id === consult.id)).toMatchObject({ state: 'Released' });
    expect(told.findLast(({ id }) => id === waiting.id)).toMatchObject({ state: 'Released' });
    expect(told.findLast(({ id }) => id === original.id)).toMatchObject({ state: 'Held' });
  });

  it('who talks is told nothing of a caller who found him busy', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const { id } = await callOf('peer:', 'Ringing');
    await post('peer:', `/me/calls/${id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    const [busy, caller] = [await givenClient(gws, 'peer:'), await givenClient(gws, 'third:')];
    await busy.subscribe('/v2/me/calls');
    await caller.subscribe('/v2/me/calls');
    await post('third:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const told = await caller.receive(2);
    expect(told.map(({ data }) => (data as { call: JsonObject }).call.state)).toEqual(['Dialing', 'Released']);
    await post('ksippo:', `/me/calls/${id}`, { operationName: 'Hangup' });
    const heard = await busy.receive(1);
    expect(heard).toMatchObject([{ data: { call: { id, state: 'Released' } } }]);
    expect(heard).toHaveLength(1);
  });

  it('who reaches his own busy line, by dialling it or by a forward, hears that the call is over', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    const heard = async (count: number) =>
      (await client.receive(count)).map(({ data }) => {
        const { call } = data as { call: { state: string; participants: { phoneNumber: string }[] } };
        return [call.state, ...call.participants.map(({ phoneNumber }) => phoneNumber)];
      });
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15000' });
    expect(await heard(2)).toEqual([
      ['Dialing', '15000'],
      ['Released', '15000'],
    ]);
    const forward = { operationName: 'ForwardCallsOn', forwardTo: '15000' };
    await post('peer:', '/me/devices/7542eb95-8f1c-4b90-bb2a-1b34578a4601', forward);
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    expect(await heard(3)).toEqual([
      ['Dialing', '15001'],
      ['Dialing', '15000'],
      ['Released', '15000'],
    ]);
  });

  it('a transfer to a queue waits there until an agent of it is ready', async () => {
    await post('ksippo:', '/me/calls', { operationName: 'Dial', destination: '15001' });
    const ringing = await callOf('peer:', 'Ringing');
    await post('peer:', `/me/calls/${ringing.id}`, { operationName: 'Answer' });
    await callOf('ksippo:', 'Established');
    const transferred = await post('peer:', `/me/calls/${ringing.id}`, {
      operationName: 'SingleStepTransfer',
      destination: { phoneNumber: '8000' },
    });
    expect(transferred.body).toEqual({ statusCode: 0 });
    await post('third:', '/me/channels/voice', { operationName: 'Ready' });
    expect(await callOf('third:', 'Ringing')).toMatchObject({
      id: ringing.id,
      participants: [{ phoneNumber: '15000' }],
    });
  });
});
