import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chat } from '../../../projections/chats.ts';
import { chatJson } from '../../../src/dialects/gms/chat-json.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { type Asked, type GivenGms, givenGms, partsOf } from './given.ts';

let gms: GivenGms;
let id: string;
beforeEach(async () => {
  gms = await givenGms();
  id = await gms.start({}, 'request-chat');
});
afterEach(() => gms.stop());

const ask = (request: string, form: Record<string, string> = {}): Promise<Asked> =>
  gms.ask(`POST /${id}/ixn/chat${request}`, { form });
const agent = async (event: JsonObject & { type: string }): Promise<void> => {
  const { chatSessionId } = (await ask('')).body;
  const to = { tenant: 'genesys', kind: 'chat', id: chatSessionId };
  await gms.world.record('genesys', { to, event: { participant: 'ksippo', ...event } });
};
const JOIN = { type: 'join', nickname: 'Kristi', party: 'AGENT' };

describe('a chat', () => {
  it('opens with the customer in it, by the name he gives', async () => {
    const { status, body } = await ask('', { _verbose: 'true', notify_by: 'comet', userDisplayName: 'Ann' });
    expect(status).toBe(200);
    const path = `/genesys/1/service/${id}/ixn/chat`;
    expect(body).toEqual({
      chatIxnState: 'CONNECTED',
      chatSessionId: expect.stringMatching(/^0000[0-9A-F]{12}$/),
      transcriptPosition: '2',
      transcriptToShow: [['Notice.Joined', 'Ann', 'has joined the session', '0', 'CLIENT']],
      startedAt: '2026-01-01T00:00:00Z',
      chatServiceMessage: 'Chat service is available',
      userId: expect.any(String),
      secureKey: expect.any(String),
      chatServerHost: '127.0.0.1',
      chatWebApiPort: new URL(gms.url).port,
      isTLSrequired: 'false',
      clientTimeZoneOffset: '0',
      _chatIxnAPI_SEND_URL: `${path}/send`,
      _chatIxnAPI_REFRESH_URL: `${path}/refresh`,
      _chatIxnAPI_START_TYPING_URL: `${path}/startTyping`,
      _chatIxnAPI_STOP_TYPING_URL: `${path}/stopTyping`,
      _chatIxnAPI_DISCONNECT_URL: `${path}/disconnect`,
      _chatIxnAPI_REFRESH_FROM_START_URL: `${path}/refresh?transcriptPosition=1`,
    });
  });

  it.each([
    ['https', { host: 'shop.example', isSecure: true }, { chatWebApiPort: '443', isTLSrequired: 'true' }],
    ['http', { host: 'shop.example', isSecure: false }, { chatWebApiPort: '80', isTLSrequired: 'false' }],
    ['http at a port', { host: 'shop.example:8090', isSecure: false }, { chatWebApiPort: '8090' }],
  ])('says where it is to a customer who came by %s', async (_, verbose, where) => {
    const { live } = gms.world.runtime;
    const found = chat(live, 'genesys', (await ask('')).body.chatSessionId);
    if (found === undefined) throw new Error('the chat is not there');
    const shown = chatJson(live, found, { from: 1, word: 'TRANSCRIPT', verbose });
    expect(shown).toMatchObject({ chatServerHost: 'shop.example', ...where });
  });

  it('is refused, where its configuration says so, while no agent is ready', async () => {
    const set = { type: 'change', set: { needsReadyAgent: true } };
    await gms.world.record('genesys', {
      to: { tenant: 'genesys', kind: 'service-configuration', id: 'request-chat' },
      event: set,
    });
    const refused = await gms.ask('POST /request-chat', { form: {} });
    expect([refused.status, refused.body]).toEqual([503, { message: 'No agent is available' }]);
    const to = { tenant: 'genesys', kind: 'agent', id: 'peer' };
    await gms.world.record('genesys', { to, event: { type: 'signIn', initial: 'ready' } });
    expect((await gms.ask('POST /request-chat', { form: {} })).status).toBe(200);
  });

  it.each([
    [{ firstName: 'Ann', lastName: 'Archer' }, 'Ann Archer'],
    [{ firstName: 'Ann' }, 'Ann'],
    [{}, 'Customer'],
  ])('calls him, told %j, %s', async (form, name) => {
    expect((await ask('', form)).body.transcriptToShow[0][1]).toBe(name);
  });

  it('has two ends: what each says the other reads, in order, with its time', async () => {
    await ask('', { userDisplayName: 'Ann' });
    await gms.world.advance(6_000);
    await agent(JOIN);
    await agent({ type: 'typing', isTyping: true });
    await agent({ type: 'say', text: 'How can I help?' });
    const { body } = await ask('/refresh', { transcriptPosition: '2' });
    expect(body).toMatchObject({
      chatIxnState: 'TRANSCRIPT',
      transcriptPosition: '5',
      transcriptToShow: [
        ['Notice.Joined', 'Kristi', 'has joined the session', '6', 'AGENT'],
        ['Notice.TypingStarted', 'Kristi', 'is typing', '6', 'AGENT'],
        ['Message.Text', 'Kristi', 'How can I help?', '6', 'AGENT'],
      ],
    });
    const said = (await ask('/send', { message: 'My phone is blue' })).body;
    expect(said.transcriptToShow).toEqual([['Message.Text', 'Ann', 'My phone is blue', '6', 'CLIENT']]);
    const found = chat(gms.world.runtime.live, 'genesys', said.chatSessionId);
    expect(found).toMatchObject({ entries: 5, participants: [{ id: 'client' }, { id: 'ksippo' }] });
  });

  it('is refreshed by a form of either kind, JSON or query alike, and from its start without a position', async () => {
    await ask('');
    await ask('/send', { message: 'Hello' });
    const path = `POST /${id}/ixn/chat/refresh`;
    const answers = [
      await gms.ask(path, { form: { transcriptPosition: '2' } }),
      await gms.ask(path, { parts: partsOf({ transcriptPosition: '2' }) }),
      await gms.ask(path, { json: { transcriptPosition: 2 } }),
      await gms.ask(`${path}?transcriptPosition=2`),
    ];
    for (const { body, headers } of answers) {
      expect(body.transcriptToShow.map((entry: string[]) => entry[2])).toEqual(['Hello']);
      expect([headers.get('pragma'), headers.get('cache-control')]).toEqual(['no-cache', 'no-cache, no-store']);
    }
    expect((await gms.ask(path)).body.transcriptToShow).toHaveLength(2);
    expect((await gms.ask(`${path}?transcriptPosition=0`)).body.transcriptToShow).toHaveLength(2);
    const ahead = (await gms.ask(`${path}?transcriptPosition=99`)).body;
    expect([ahead.transcriptPosition, ahead.transcriptToShow]).toEqual(['3', []]);
  });

  it('notes typing, and a message that comes along with anything', async () => {
    await ask('', { userDisplayName: 'Ann' });
    const events = async (request: string, form = {}): Promise<string[]> =>
      (await ask(request, form)).body.transcriptToShow.map((entry: string[]) => entry[0]);
    expect(await events('/startTyping')).toEqual(['Notice.TypingStarted']);
    expect(await events('/stopTyping', { message: 'Done' })).toEqual(['Notice.TypingStopped', 'Message.Text']);
    expect(await events('/disconnect', { message: 'Bye' })).toEqual(['Message.Text', 'Notice.Left']);
  });

  it('begins with the message that opens it, once', async () => {
    const opened = (await ask('', { userDisplayName: 'Ann', message: 'My phone is blue' })).body;
    expect(opened.transcriptPosition).toBe('3');
    expect(opened.transcriptToShow).toEqual([
      ['Notice.Joined', 'Ann', 'has joined the session', '0', 'CLIENT'],
      ['Message.Text', 'Ann', 'My phone is blue', '0', 'CLIENT'],
    ]);
    expect((await ask('', { message: 'My phone is blue' })).body).toEqual(opened);
  });

  it('that is over takes no more, and says so', async () => {
    await ask('');
    await ask('/disconnect');
    const { status, body } = await ask('/send', { message: 'Hello?' });
    expect([status, body.chatIxnState, body.transcriptToShow]).toEqual([200, 'DISCONNECTED', []]);
  });

  it('that is over says so where it ends: a long one is read on', async () => {
    const { chatSessionId } = (await ask('')).body;
    const to = { tenant: 'genesys', kind: 'chat', id: chatSessionId };
    const said = Array.from({ length: 500 }, () => ({ to, event: { type: 'say', participant: 'client', text: 'Hm' } }));
    await gms.world.record('genesys', ...said);
    await ask('/disconnect');
    const first = (await ask('/refresh')).body;
    expect([first.chatIxnState, first.transcriptToShow.length]).toEqual(['TRANSCRIPT', 500]);
    const rest = (await ask('/refresh', { transcriptPosition: first.transcriptPosition })).body;
    expect([rest.chatIxnState, rest.transcriptToShow.length]).toEqual(['DISCONNECTED', 2]);
  });

  it('is one at a time: asked for again it is shown, after its end another begins', async () => {
    const first = (await ask('', { userDisplayName: 'Ann' })).body;
    expect((await ask('', { userDisplayName: 'Other' })).body).toEqual(first);
    await ask('/disconnect');
    expect((await ask('')).body.chatSessionId).not.toBe(first.chatSessionId);
  });

  it('ends with its service', async () => {
    const { chatSessionId } = (await ask('')).body;
    await gms.ask(`DELETE /${id}`);
    expect((await ask('/refresh')).status).toBe(404);
    expect(chat(gms.world.runtime.live, 'genesys', chatSessionId)?.open).toBe(false);
  });

  it('that never began cannot be refreshed', async () => {
    expect((await ask('/refresh')).status).toBe(404);
  });

  it('takes no message longer than one takes', async () => {
    await ask('');
    expect((await ask('/send', { message: 'x'.repeat(4097) })).status).toBe(413);
    expect((await ask('/send', { message: 'x'.repeat(4096) })).status).toBe(200);
  });
});
