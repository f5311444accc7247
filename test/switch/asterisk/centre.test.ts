/** The whole server, a real Asterisk, real telephones: an agent of the demo takes a call through GWS, and the server dies in it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asterisk, LOGIN, MUSIC, startAsterisk, TRUNK, withoutAsterisk } from '../../support/asterisk.ts';
import { eventually } from '../../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { SipPhone } from '../../support/sip-phone.ts';

const CALLER = '19735550123';
const [AGENT_SOUND, CALLER_SOUND] = [0x11, 0x44];
const why = withoutAsterisk === undefined ? '' : ` (skipped: ${withoutAsterisk})`;

describe.skipIf(withoutAsterisk !== undefined)(`a centre behind an Asterisk${why}`, () => {
  let folder: string;
  let asterisk: Asterisk;
  let server: ServerProcess;
  let desk: SipPhone;
  let outside: SipPhone;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-login-'));
    await writeFile(join(folder, 'login'), `${LOGIN}\n`);
    asterisk = await startAsterisk(['15000', '15001']);
    desk = await SipPhone.plugIn('15000', asterisk.sipPort, AGENT_SOUND);
    outside = await SipPhone.plugIn(TRUNK, asterisk.sipPort, CALLER_SOUND);
    server = await startServerProcess({
      LEDGERLINE_ASTERISK_URL: asterisk.url,
      LEDGERLINE_ASTERISK_LOGIN: join(folder, 'login'),
      LEDGERLINE_ASTERISK_TENANT: 'genesys',
      LEDGERLINE_ASTERISK_OUTSIDE: `PJSIP/{number}@${TRUNK}`,
    });
  });
  afterAll(async () => {
    await server?.remove();
    for (const phone of [desk, outside]) await phone?.unplug();
    await asterisk?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  interface Answer {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: what a server answers
    readonly body: any;
  }
  const told = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(server.url + path, init);
    return { status: answer.status, body: await answer.json() };
  };
  const ask = (path: string, body?: object) =>
    told(path, {
      headers: { authorization: `Basic ${btoa('ksippo:')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
  const does = async (path: string, operationName: string) =>
    expect((await ask(`/api/v2${path}`, { operationName })).body).toEqual({ statusCode: 0 });
  const callThatIs = (state: string) =>
    eventually(`a call that is ${state}`, async () => {
      const { body } = await ask('/api/v2/me/calls?fields=*');
      return (body.calls as { id: string; state: string; ani: string }[]).find((one) => one.state === state);
    });
  const hears = (phone: SipPhone, sound: number) =>
    eventually('the right sound', async () => ((await phone.hears()).join() === String(sound) ? true : undefined), 500);

  test('says that it depends on it', async () => {
    await eventually('the switch is up', async () => ((await told('/readyz')).status === 200 ? true : undefined));
    const { body } = await told('/readyz');
    expect(body.dependencies).toContainEqual({ name: 'switch', state: 'up', detail: 'asterisk' });
    expect(await told('/v1/tenants/genesys/lines/15000/answer', { method: 'POST' })).toMatchObject({ status: 409 });
  });

  test('takes a queue’s call through GWS, and loses nothing of it when the server is killed', async () => {
    await does('/me/channels/voice', 'Ready');
    const calling = outside.dial('8000', `<sip:${CALLER}@example.org>`);
    const { id, ani } = await callThatIs('Ringing');
    expect(ani).toBe(CALLER);
    await eventually('the desk rings', () => desk.talk);
    await does(`/me/calls/${id}`, 'Answer');
    await hears(outside, AGENT_SOUND);
    await hears(desk, CALLER_SOUND);
    await does(`/me/calls/${id}`, 'Hold');
    await hears(outside, MUSIC);

    await server.kill9();
    expect([calling.state, desk.talk?.state]).toEqual(['up', 'up']);
    await server.start();
    expect(await callThatIs('Held')).toMatchObject({ id });
    await eventually('the switch is up', async () => ((await told('/readyz')).status === 200 ? true : undefined));
    await does(`/me/calls/${id}`, 'Retrieve');
    await hears(outside, AGENT_SOUND);
    await hears(desk, CALLER_SOUND);

    await does(`/me/calls/${id}`, 'Hangup');
    await eventually('both are hung up on', () => (calling.state === 'ended' && desk.talk === undefined) || undefined);
    const { body } = await ask('/api/v2/me/channels/voice?fields=userState');
    expect(body.channel.userState).toMatchObject({ state: 'NotReady', displayName: 'AfterCallWork' });
    expect(await asterisk.get('/channels')).toEqual([]);
  });

  test('dials a number outside for the agent, whose telephone picks up by itself', async () => {
    outside.manner = 'answers';
    await ask('/api/v2/me/calls', { operationName: 'Dial', destination: { phoneNumber: CALLER } });
    const { id } = await callThatIs('Established');
    await hears(desk, CALLER_SOUND);
    outside.hangUp();
    await eventually('the desk is free', () => (desk.talk === undefined ? true : undefined));
    const call = async () => (await told(`/v1/tenants/genesys/calls/${id}`)).body;
    await expect.poll(call).toMatchObject({ stage: 'ended', cause: 'hangup' });
  });
});
