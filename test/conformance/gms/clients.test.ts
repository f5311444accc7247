/**
 * What public clients do, one request after the other, in words of our own: the Android sample (contracts/genesys.md §4,
 * G9), a web page (G11), and Genesys' own functional tests (G8), which expect the keys of the `ext` profile.
 */
import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { type GivenGms, givenGms } from '../../dialects/gms/given.ts';
import { eventually } from '../../support/eventually.ts';

adapt();

let gms: GivenGms;
afterEach(() => gms.stop());

describe('the Android sample', () => {
  const headers = { gms_user: 'ann@example.com' };
  const VERBOSE = { _verbose: 'true' };
  const PUSHED_TO = {
    push_notification_deviceid: 'x',
    push_notification_type: 'comet',
    push_notification_debug: 'false',
  };
  const MESSAGE = { message: { transcriptToShow: [[] as string[]], transcriptPosition: '' }, tag: '' };

  /** As a customer's app asks; the address is one that an earlier answer named. */
  const post = async (url: string, form: Record<string, string>) => {
    const { status, body, text } = await gms.ask(`POST ${url}`, { form, headers });
    expect(status, `${url}: ${text}`).toBe(200);
    return body;
  };

  async function listening(): Promise<{ readonly told: (typeof MESSAGE)[]; leave(ext: object): Promise<void> }> {
    const client = new CometD();
    client.unregisterTransport('websocket');
    client.configure({ url: `${gms.url}/genesys/cometd`, requestHeaders: headers });
    await new Promise((resolve) => client.handshake({}, resolve));
    const told: (typeof MESSAGE)[] = [];
    await new Promise((resolve) =>
      client.subscribe('/_genesys', ({ data }) => told.push(data as typeof MESSAGE), {}, resolve),
    );
    return {
      told,
      leave: (ext) => new Promise((resolve) => client.disconnect({ ext }, () => resolve())),
    };
  }

  const agent = async (verb: string, body: JsonObject, chat: string): Promise<void> => {
    const url = `${gms.url}/v1/tenants/genesys/chats/${chat}/${verb}`;
    const json = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };

  it('chats by the addresses it is given, and is told by CometD what it does not ask for', async () => {
    gms = await givenGms({ holdMs: 400 });
    const push = await listening();
    const asked = await post('/request-chat', { ...VERBOSE, first_name: 'Ann', product: 'phone' });
    const opened = await post(asked['_chatIxnAPI-CREATE-URL'], {
      ...{ ...VERBOSE, ...PUSHED_TO, notify_by: 'comet', subscriptionID: 'abc' },
      ...{ firstName: 'Ann', lastName: 'Archer', email: 'ann@example.com', subject: 'Blue', userDisplayName: 'Ann' },
    });
    expect(opened.chatIxnState).toBe('CONNECTED');
    const request = (name: string, form = {}) => post(opened[`_chatIxnAPI_${name}_URL`], { ...VERBOSE, ...form });

    await agent('join', { participant: 'ksippo', nickname: 'Kristi', party: 'AGENT' }, opened.chatSessionId);
    await request('START_TYPING');
    await request('STOP_TYPING');
    const sent = await request('SEND', { message: 'My phone is blue' });
    expect(sent.transcriptToShow).toEqual([['Message.Text', 'Ann', 'My phone is blue', '0', 'CLIENT']]);
    await agent('say', { participant: 'ksippo', text: 'Lovely' }, opened.chatSessionId);

    const last = await eventually('the answer to be pushed', () =>
      push.told.find(({ message }) => message.transcriptToShow[0]?.[2] === 'Lovely'),
    );
    expect(last.tag).toBe(`service.chat.refresh.${asked._id}`);
    const again = await request('REFRESH', { transcriptPosition: sent.transcriptPosition, message: 'Thanks' });
    expect(again.transcriptToShow.map((entry: string[]) => entry[2])).toEqual(['Lovely', 'Thanks']);
    const all = await request('REFRESH_FROM_START');
    const parties = all.transcriptToShow.map((entry: string[]) => entry[4]);
    expect(parties).toEqual(['CLIENT', 'AGENT', 'CLIENT', 'CLIENT', 'CLIENT', 'AGENT', 'CLIENT']);
    expect((await request('DISCONNECT')).chatIxnState).toBe('DISCONNECTED');
    await push.leave({ transcriptPosition: 8 });
  });
});

describe('the web page', () => {
  /** It hands jQuery a text of JSON, which jQuery calls a form. */
  const post = async (line: string, body: JsonObject) => {
    const headers = { gms_user: 'ann', 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
    const answer = await gms.ask(`POST ${line}`, { raw: JSON.stringify(body), headers });
    expect(answer.status, `${line}: ${answer.text}`).toBe(200);
    return answer.body;
  };

  it('chats in JSON that it sends as a form, refreshes without a position, and says what it says by refreshing', async () => {
    gms = await givenGms();
    const data = { _customer_number: '1', usr_contact_reason: 'x'.repeat(300), usr_channel_id: 'mobile & web' };
    const { _id } = await post('/request-chat', data);
    expect((await gms.ask(`GET /${_id}/storage`)).body).toEqual({
      usr_contact_reason: 'x'.repeat(300),
      usr_channel_id: 'mobile & web',
    });
    const joined = ['Notice.Joined', 'Ann Archer', 'has joined the session', '0', 'CLIENT'];
    const opened = await post(`/${_id}/ixn/chat`, { notify_by: 'comet', FirstName: 'Ann', LastName: 'Archer' });
    expect(opened.transcriptToShow).toEqual([joined]);
    expect((await post(`/${_id}/ixn/chat/refresh`, { message: 'hello' })).transcriptToShow).toEqual([
      joined,
      ['Message.Text', 'Ann Archer', 'hello', '0', 'CLIENT'],
    ]);
    expect((await post(`/${_id}/ixn/chat/refresh`, {})).transcriptPosition).toBe('3');
    expect((await gms.ask(`POST /${_id}/ixn/chat/disconnect`, { form: { message: 'bye' } })).body.chatIxnState).toBe(
      'DISCONNECTED',
    );
  });
});

describe('the functional tests', () => {
  const SECTIONS = {
    'request-interaction': { provideCode: true, resourceGroup: 'DNIS', returnPoolHealth: false, ttlSeconds: 60 },
    'request-access': { resourceGroup: 'DNIS', ttlSeconds: 60, accessCodeLength: 4 },
  };
  const change = async (kind: string, id: string, set: JsonObject): Promise<void> => {
    const to = { tenant: 'genesys', kind, id };
    await gms.world.record('genesys', { to, event: { type: 'change', set } });
  };
  const configured = async (accessCodePrefix?: string): Promise<void> => {
    gms = await givenGms({ profile: 'ext' });
    for (const [name, set] of Object.entries(SECTIONS)) await change('service-configuration', name, set);
    if (accessCodePrefix !== undefined) await change('resource-group', 'DNIS', { accessCodePrefix });
  };
  const interaction = () => gms.ask('POST /request-interaction', { form: '' });
  const RESERVED = {
    _id: expect.any(String),
    _access_number: expect.any(String),
    _access_code: expect.stringMatching(/^\d+$/),
    _expiration_time: '60',
  };

  it('reserve with an empty form, and match by the number alone', async () => {
    await configured();
    const { status, body } = await interaction();
    expect([status, body]).toEqual([200, RESERVED]);
    const matched = await gms.ask('POST /match-interaction', { form: { _access_number: body._access_number } });
    expect([matched.status, matched.body]).toEqual([200, { _id: body._id, _data_id: expect.any(String) }]);
  });

  it('ask for access to what they reserved', async () => {
    await configured();
    const { _id } = (await interaction()).body;
    const access = await gms.ask('POST /request-access', { form: { _id, _resource_group: 'DNIS' } });
    expect([access.status, access.body]).toEqual([200, { _access_number: expect.any(String), _expiration_time: '60' }]);
  });

  it.each([
    ['9', /^9/],
    ['7-9', /^[789]/],
    ['5-7', /^[567]/],
  ])('find the prefix %s before their codes', async (prefix, pattern) => {
    await configured(prefix);
    expect((await interaction()).body).toEqual({ ...RESERVED, _access_code: expect.stringMatching(pattern) });
  });

  it.each([
    ['999999', 'n must be positive', 'java.lang.IllegalArgumentException'],
    ['888888', 'n must be positive', 'java.lang.IllegalArgumentException'],
    ['9999999999', 'For input string: "9999999999"', 'java.lang.NumberFormatException'],
  ])('are told what is wrong with the prefix %s', async (prefix, message, exception) => {
    await configured(prefix);
    const { status, body } = await interaction();
    expect([status, body]).toEqual([500, { message, exception }]);
  });
});
