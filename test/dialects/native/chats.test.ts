import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GivenGms, givenGms } from '../gms/given.ts';
import { type Call, clientOf } from './client.ts';

let gms: GivenGms;
let native: Call;
let service: string;
let id: string;
const KRISTI = { participant: 'ksippo', nickname: 'Kristi', party: 'AGENT' };

beforeAll(async () => {
  gms = await givenGms();
  native = clientOf(gms.url);
  service = await gms.start({}, 'request-chat');
  id = (await gms.ask(`POST /${service}/ixn/chat`, { form: { userDisplayName: 'Ann' } })).body.chatSessionId;
});
afterAll(() => gms.stop());

const path = () => `/v1/tenants/genesys/chats/${id}`;

test('an agent finds the chat, joins it, and both read what the other says', async () => {
  const { body } = await native('GET', '/v1/tenants/genesys/chats');
  expect(body.items).toMatchObject([{ id, service, open: true, participants: [{ nickname: 'Ann', party: 'CLIENT' }] }]);
  expect((await native('POST', `${path()}/join`, KRISTI)).status).toBe(200);
  expect((await native('POST', `${path()}/say`, { participant: 'ksippo', text: 'Hello Ann' })).status).toBe(200);
  const seen = (await gms.ask(`POST /${service}/ixn/chat/refresh`, { form: { transcriptPosition: '3' } })).body;
  expect(seen.transcriptToShow).toEqual([['Message.Text', 'Kristi', 'Hello Ann', '0', 'AGENT']]);
  await gms.ask(`POST /${service}/ixn/chat/send`, { form: { message: 'Hello Kristi' } });
  const transcript = (await native('GET', `${path()}/transcript?limit=2`)).body;
  expect(transcript.items).toMatchObject([{ number: 1 }, { number: 2, nickname: 'Kristi' }]);
  const rest = (await native('GET', `${path()}/transcript?cursor=${String(transcript.next)}`)).body;
  expect(rest.items).toMatchObject([{ text: 'Hello Ann' }, { text: 'Hello Kristi', at: '2026-01-01T00:00:00.000Z' }]);
});

test('who is not in it is not heard, and a chat that is not there is not found', async () => {
  const stranger = { participant: 'peer', text: '?' };
  expect((await native('POST', `${path()}/say`, stranger)).body).toMatchObject({ reason: 'unknownParticipant' });
  expect((await native('GET', '/v1/tenants/genesys/chats/none')).status).toBe(404);
  expect((await native('GET', '/v1/tenants/lunchlab/chats')).body.items).toEqual([]);
});
