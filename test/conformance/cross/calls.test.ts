/** One call, seen from every side, and moved from any. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CtiClient } from '../../dialects/xuc/cti-client.ts';
import { type Centre, EXTENSION, givenCentre, REESE } from './given.ts';

const CALL = 'CR0SSCALL0001';
const NATIVE = `/tenants/${REESE.tenant}/calls/${CALL}`;

describe('one call', () => {
  let centre: Centre;
  let cti: CtiClient;
  beforeEach(async () => {
    centre = await givenCentre();
    cti = await centre.cti();
  });
  afterEach(() => centre.stop());

  const hand = () => centre.hands.line(REESE.tenant, REESE.line);
  const operate = (operationName: string) => centre.gws(`POST /me/calls/${CALL}`, { operationName });
  const inGws = async () => (await centre.gws(`GET /me/calls/${CALL}?fields=*`)).call;
  const inCcs = () => centre.ccs(`GET /calls/${CALL}`);

  /** Into Q3878, offered to Reese Nath, who picks up. */
  async function established(): Promise<void> {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' });
    await centre.callsIn(CALL, '387');
    await cti.seen('PhoneEvent', { eventType: 'EventRinging' });
    await hand().answer();
    await centre.atRest();
    await cti.seen('PhoneEvent', { eventType: 'EventEstablished' });
  }

  test('into a queue that its agent answers is established for all', async () => {
    await established();
    expect(await inGws()).toMatchObject({ state: 'Established', ani: '19735550123', dnis: '387', callType: 'Inbound' });
    expect(await inCcs()).toMatchObject({
      state: 'answered',
      calling_number: '19735550123',
      queue: { name: 'Q3878' },
      agent: { extension: '114', name: 'Reese Nath' },
      on_hold: false,
    });
    const seen = await cti.seen('PhoneEvent', { eventType: 'EventEstablished' });
    expect(seen).toMatchObject({ DN: '114', otherDN: '19735550123', queueName: 'Q3878' });
    expect(await centre.native(`GET ${NATIVE}`)).toMatchObject({ stage: 'established', queue: { queue: 'q3878' } });
  });

  test('held in GWS is on hold in CCS and XUC, and retrieved in XUC is established in GWS', async () => {
    await established();
    await operate('Hold');
    await cti.seen('PhoneEvent', { eventType: 'EventOnHold' });
    expect(await inCcs()).toMatchObject({ on_hold: true });
    expect(await centre.native(`GET ${NATIVE}`)).toMatchObject({ stage: 'held' });

    const before = cti.frames.length;
    cti.command('hold');
    await expect.poll(() => cti.frames.slice(before).some(({ msgType }) => msgType === 'PhoneEvent')).toBe(true);
    expect(await inGws()).toMatchObject({ state: 'Established' });
    expect(await inCcs()).toMatchObject({ on_hold: false });
  });

  test('whose recording pauses in GWS is suppressed in CCS, and goes on from there', async () => {
    await centre.ccs(`PUT ${EXTENSION}`, { recording_type: 'Mandatory' }, 'demo-telco');
    await established();
    expect(await inGws()).toMatchObject({
      recordingState: 'Recording',
      capabilities: expect.arrayContaining(['PauseRecording']),
    });
    expect(await operate('PauseRecording')).toEqual({ statusCode: 0 });
    expect(await inCcs()).toMatchObject({ suppression: true, recording_type: 'Mandatory' });
    expect(await inGws()).toMatchObject({
      recordingState: 'Paused',
      capabilities: expect.arrayContaining(['ResumeRecording']),
    });
    await operate('ResumeRecording');
    expect(await inCcs()).toMatchObject({ suppression: false });
    await centre.ccs(`POST /calls/${CALL}`, { request: 'startSuppression' });
    expect(await inGws()).toMatchObject({ recordingState: 'Paused' });
  });

  test.each<[string, () => unknown]>([
    ['GWS', () => operate('Hangup')],
    ['XUC', () => cti.command('hangup')],
    ['CCS', () => centre.ccs(`POST /calls/${CALL}`, { request: 'kill' })],
    ['the desk phone', () => hand().hangup()],
    ['the customer', () => centre.hands.hangupOutside(REESE.tenant, CALL)],
  ])('that %s hangs up is over for all', async (_, hangUp) => {
    await established();
    await hangUp();
    await cti.seen('PhoneEvent', { eventType: 'EventReleased' });
    await centre.atRest();
    expect(await inGws()).toMatchObject({ state: 'Released' });
    expect(await centre.ccs('GET /calls')).toMatchObject({ total: '0' });
    expect(await centre.native(`GET ${NATIVE}`)).toMatchObject({ stage: 'ended' });
    expect(await centre.hands.line(REESE.tenant, REESE.line).hangup()).toBe(false);
  });
});

test('the code of a service that is dialled from outside brings its data to the agent', async () => {
  const centre = await givenCentre();
  try {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'ksippo:');
    const asked = { _provide_code: 'true', Key1: 'Value6', language: 'french' };
    const { _id, _access_number, _access_code } = await centre.gms('POST /request-interaction', asked);
    expect(_access_number).toBe('8003449999');
    await centre.callsIn(CALL, _access_number, { code: _access_code, tenant: 'genesys' });
    await centre.hands.line('genesys', '15000').answer();
    await centre.atRest();
    const { call } = await centre.gws(`GET /me/calls/${CALL}?fields=*`, undefined, 'ksippo:');
    expect(call).toMatchObject({ state: 'Established', userData: { Key1: 'Value6', language: 'french' } });
    expect(await centre.native(`GET /tenants/genesys/calls/${CALL}`)).toMatchObject({ reservation: { service: _id } });
  } finally {
    await centre.stop();
  }
});

test('the number of a service that is dialled at a desk brings its data too', async () => {
  const centre = await givenCentre();
  try {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'peer:');
    const { _id } = await centre.gms('POST /request-interaction', { _provide_code: 'false', language: 'french' });
    const dialled = { operationName: 'Dial', destination: { phoneNumber: '8003449999' } };
    await centre.gws('POST /me/calls', dialled, 'ksippo:');
    await centre.hands.line('genesys', '15001').answer();
    await centre.atRest();
    const { calls } = await centre.gws('GET /me/calls?fields=*', undefined, 'peer:');
    expect(calls).toMatchObject([{ state: 'Established', userData: { language: 'french' } }]);
    const listed = await centre.native('GET /tenants/genesys/calls');
    expect(listed.items).toMatchObject([{ reservation: { service: _id } }]);
  } finally {
    await centre.stop();
  }
});
