/** One person at work, seen from every side: what one face sets, the others show. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CtiClient } from '../../dialects/xuc/cti-client.ts';
import { type Centre, EXTENSION, givenCentre } from './given.ts';

describe('the presence of one agent', () => {
  let centre: Centre;
  let cti: CtiClient;
  beforeEach(async () => {
    centre = await givenCentre();
    cti = await centre.cti();
    cti.command('subscribeToAgentEvents');
  });
  afterEach(() => centre.stop());

  const userState = async () => (await centre.gws('GET /me/channels/voice?fields=userState')).channel.userState;
  const inGws = async () => (await userState()).displayName as string;
  const inCcs = async () =>
    (await centre.ccs(`GET ${EXTENSION}/agent_state`, undefined, 'demo-telco')).agent_state.state as object;
  const shows = (name: string, cause = '') =>
    cti.seen('AgentStateEvent', { name, phoneNb: '114', cause }).then(() => undefined);

  test('that CCS sends for coffee is a pause with its cause in XUC, and not ready with its reason in GWS', async () => {
    await centre.ccs('POST /agent_state', { request: 'updateAgentState', name: 'Coffee Break' });
    await shows('AgentOnPause', 'Coffee Break');
    expect(await userState()).toMatchObject({ displayName: 'Not Ready', state: 'NotReady', reason: 'Coffee Break' });
    expect(await inCcs()).toEqual({ type: 'away', name: 'Coffee Break' });
  });

  test('that XUC pauses is away in CCS under its own name, and not ready in GWS', async () => {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' });
    await shows('AgentReady');
    cti.command('pauseAgent', { reason: 'Coffee Break' });
    await shows('AgentOnPause', 'Coffee Break');
    expect(await inCcs()).toEqual({ type: 'away', name: 'Coffee Break' });
    expect(await inGws()).toBe('Not Ready');
  });

  test('that GWS makes ready is ready in CCS and XUC, and signed out for all when XUC logs him out', async () => {
    await centre.ccs('POST /agent_state', { request: 'updateAgentState', name: 'Coffee Break' });
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' });
    await shows('AgentReady');
    expect(await inCcs()).toMatchObject({ type: 'ready' });
    cti.command('agentLogout');
    await cti.seen('AgentStateEvent', { name: 'AgentLoggedOut' });
    expect(await inCcs()).toMatchObject({ type: 'sign_out' });
    expect(await inGws()).toBe('Offline');
  });

  test('ends for whoever listens before his user, whom GWS deletes, is gone', async () => {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'third:');
    const { users } = await centre.gws('GET /users?fields=*', undefined, 'admin:admin1');
    const { path } = users.find(({ userName }: { userName: string }) => userName === 'third');
    await centre.gws(`DELETE ${path}`, undefined, 'admin:admin1');
    const { items } = await centre.native('GET /tenants/genesys/actors/agent/third/history');
    const events = items.map(({ record }: { record: { data: { event: { type: string } } } }) => record.data.event.type);
    expect(events.slice(-2)).toEqual(['signOut', 'remove']);
  });
});

describe('a telephone at which somebody works who is not its owner', () => {
  let centre: Centre;
  beforeEach(async () => {
    centre = await givenCentre();
    await centre.xuc('POST /agentLogin/', { agentphonenumber: '114', agentnumber: '8113' });
  });
  afterEach(() => centre.stop());

  const atWork = async (): Promise<readonly string[]> =>
    (await centre.native('GET /tenants/ccslab15/agents')).items
      .filter(({ presence }: { presence: string }) => presence !== 'signedOut')
      .map(({ id, line }: { id: string; line: string }) => `${id} at ${line}`);

  test.each([
    ['CCS', (name: string) => centre.ccs('POST /agent_state', { request: 'updateAgentState', name })],
    ['GWS', (operationName: string) => centre.gws('POST /me/channels/voice', { operationName })],
  ])('is its owner’s again when he becomes ready in %s', async (_, set) => {
    expect(await atWork()).toEqual(['spatel at 114']);
    await set('Ready');
    expect(await atWork()).toEqual(['rnath at 114']);
  });

  test('is its owner’s again when his session begins in GWS', async () => {
    await centre.gws('POST /me', { operationName: 'StartContactCenterSession', channels: ['voice'] });
    expect(await atWork()).toEqual(['rnath at 114']);
  });

  test('stays the other’s when its owner signs out, as he is', async () => {
    await centre.ccs('POST /agent_state', { request: 'updateAgentState', name: 'Sign Out' });
    expect(await atWork()).toEqual(['spatel at 114']);
  });
});
