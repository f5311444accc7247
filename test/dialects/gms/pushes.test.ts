import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { rawRequest } from '../../support/requests.ts';
import { type GivenGms, givenGms } from './given.ts';

adapt();

const USER = { gms_user: 'ann' };

let gms: GivenGms;
let service: string;
const clients: CometD[] = [];

beforeEach(async () => {
  gms = await givenGms({ holdMs: 400 });
  service = (await gms.ask('POST /request-chat', { form: {}, headers: USER })).body._id;
});
afterEach(async () => {
  for (const client of clients.splice(0))
    await new Promise<void>((resolve) => {
      client.disconnect(() => resolve());
    });
  await gms.stop();
});

interface Push {
  readonly ext: { readonly position: number };
  readonly data: {
    readonly id: string;
    readonly tag: string;
    readonly message: { readonly transcriptToShow: string[][]; readonly chatIxnState: string };
  };
}

/** The public client of the CometD project, unmodified; what it is told on `/_genesys`. */
async function listening(user: string, ext: object = {}): Promise<Push[]> {
  const client = new CometD();
  clients.push(client);
  client.unregisterTransport('websocket');
  client.configure({ url: `${gms.url}/genesys/cometd`, requestHeaders: { gms_user: user } });
  const received: Push[] = [];
  const shaken = await new Promise<boolean>((resolve) => {
    client.handshake({ ext }, (reply) => resolve(reply.successful === true));
  });
  if (!shaken) throw new Error('no handshake');
  await new Promise<void>((resolve) => {
    client.subscribe(
      '/_genesys',
      (message) => received.push(message as unknown as Push),
      () => resolve(),
    );
  });
  return received;
}

const chat = (request: string, form: Record<string, string> = {}) =>
  gms.ask(`POST /${service}/ixn/chat${request}`, { form, headers: USER });
const textsOf = (pushes: readonly Push[]) =>
  pushes.flatMap(({ data }) => data.message.transcriptToShow.map((entry) => entry[2]));

describe('pushes', () => {
  it('bring each entry of a chat to the user who started its service, and to nobody else', async () => {
    const ann = await listening('ann');
    const ben = await listening('ben');
    await chat('', { userDisplayName: 'Ann' });
    await chat('/send', { message: 'Hello' });
    await eventually('both entries to be pushed', () => (ann.length === 2 ? true : undefined));
    expect(textsOf(ann)).toEqual(['has joined the session', 'Hello']);
    expect(ann[1]?.data).toMatchObject({
      tag: `service.chat.refresh.${service}`,
      message: {
        chatIxnState: 'TRANSCRIPT',
        transcriptPosition: '3',
        transcriptToShow: [['Message.Text', 'Ann', 'Hello', '0', 'CLIENT']],
      },
    });
    expect(ben).toEqual([]);
  });

  it('go to the user who opened the chat, where its service has none', async () => {
    service = (await gms.ask('POST /request-chat', { form: {} })).body._id;
    const received = await listening('ann');
    await chat('', { userDisplayName: 'Ann' });
    await eventually('his entry to be pushed', () => (received.length === 1 ? true : undefined));
    expect(textsOf(received)).toEqual(['has joined the session']);
  });

  it('go on where a client left off', async () => {
    const { body } = await chat('');
    const before = gms.world.runtime.live.position;
    await chat('/send', { message: 'missed' });
    const pushes = await listening('ann', { since: before });
    await eventually('the missed entry to be pushed', () => (pushes.length > 0 ? true : undefined));
    expect(textsOf(pushes)).toEqual(['missed']);
    expect(pushes[0]?.ext.position).toBe(before + 1);
    expect(body.chatIxnState).toBe('CONNECTED');
  });

  it('call the chat over with its last entry only, though it is over when they are sent', async () => {
    const since = gms.world.runtime.live.position;
    await chat('', { userDisplayName: 'Ann' });
    await chat('/disconnect', { message: 'Bye' });
    const pushes = await listening('ann', { since });
    await eventually('all entries to be pushed', () => (pushes.length === 3 ? true : undefined));
    expect(textsOf(pushes)).toEqual(['has joined the session', 'Bye', 'has left the session']);
    expect(pushes.map(({ data }) => data.message.chatIxnState)).toEqual(['TRANSCRIPT', 'TRANSCRIPT', 'DISCONNECTED']);
  });
});

describe('the CometD address', () => {
  const post = (body: unknown, headers: Record<string, string> = USER) =>
    gms.ask('POST /genesys/cometd/handshake', { raw: JSON.stringify(body), headers });
  const HANDSHAKE = { id: '1', version: '1.0', channel: '/meta/handshake', supportedConnectionTypes: ['long-polling'] };

  it('shakes hands with an array or a single message', async () => {
    for (const body of [[HANDSHAKE], HANDSHAKE])
      expect((await post(body)).body).toMatchObject([{ channel: '/meta/handshake', successful: true }]);
  });

  it('needs to know whom to push to', async () => {
    const answer = await post([HANDSHAKE], {});
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('gms_user')]);
  });

  it('refuses what is no Bayeux, other channels, and messages from clients', async () => {
    expect((await post('{')).status).toBe(400);
    expect((await post([])).status).toBe(400);
    expect((await gms.ask('GET /genesys/cometd')).status).toBe(405);
    const [{ clientId }] = (await post([HANDSHAKE])).body;
    const refused = [{ successful: false }];
    const subscribe = { id: '2', channel: '/meta/subscribe', clientId, subscription: '/**' };
    expect((await post([subscribe])).body).toMatchObject(refused);
    const publish = { id: '3', channel: '/_genesys', clientId, data: { message: 'forged' } };
    expect((await post([publish])).body).toMatchObject(refused);
  });

  it('sends a client it does not know back to the handshake', async () => {
    const answer = await post([
      { id: '1', channel: '/meta/connect', clientId: 'nobody', connectionType: 'long-polling' },
    ]);
    expect(answer.body).toMatchObject([{ successful: false, error: expect.stringMatching(/^402/) }]);
  });

  it('tells nothing more once a client no longer listens, and goes on from there when it does', async () => {
    const [{ clientId }] = (await post([HANDSHAKE])).body;
    const send = async (channel: string, more: object): Promise<Push[]> => {
      const { body } = await post([{ id: '2', channel, clientId, ...more }]);
      return body.filter((message: Push) => message.data !== undefined);
    };
    const connect = () => send('/meta/connect', { connectionType: 'long-polling', advice: { timeout: 0 } });
    await send('/meta/subscribe', { subscription: '/_genesys' });
    await send('/meta/unsubscribe', { subscription: '/_genesys' });
    await chat('');
    expect(await connect()).toEqual([]);
    // It may come with the answer to the subscription itself.
    const heard = await send('/meta/subscribe', { subscription: '/_genesys' });
    await eventually('the entry to be pushed', async () => {
      heard.push(...(heard.length > 0 ? [] : await connect()));
      return heard.length > 0 ? true : undefined;
    });
    expect(textsOf(heard)).toEqual(['has joined the session']);
  });

  it('lets go of held connects when the server drains', async () => {
    const [{ clientId }] = (await post([HANDSHAKE])).body;
    const connect = JSON.stringify([{ id: '1', channel: '/meta/connect', clientId, connectionType: 'long-polling' }]);
    const held = rawRequest(gms.url, '/genesys/cometd/connect', { method: 'POST' }, connect).then(
      () => 'answered',
      () => 'cut',
    );
    await gms.ask('GET /nobody/storage');
    await gms.server.drain(5_000);
    expect(await held).toMatch(/answered|cut/);
  });
});
