/** What the CTI socket does for a person beside calls: looking people up, favourites, preferences, listening to agents. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsOf } from '../../../projections/calls.ts';
import { secretEntriesBy } from '../../../projections/directory.ts';
import { givenXuc, type XucWorld } from './given.ts';

const HEADERS = ['Firstname', 'Lastname', 'Number', 'Mobile', 'Favorite'];
const HAWKEYE = '6c1f1f0e-7e1c-4f1d-9d0a-2f4c5b6a7001';

let world: XucWorld;

beforeEach(async () => {
  world = await givenXuc();
});
afterEach(() => world.stop());

const hand = (line: string) => world.hands.line('avencall', line);

describe('the directory', () => {
  test("finds people of the tenant and contacts of one's own, by name and by number", async () => {
    const john = await world.signedOn('john');
    john.command('directoryLookUp', { term: 'ALICE' });
    const found = await john.seen('DirectoryResult', { headers: HEADERS });
    expect(found.entries).toEqual([
      {
        status: 0,
        entry: ['Alice', 'Johnson', '1058', '', 'false'],
        contact_id: 'alicej',
        source: 'internal',
        favorite: false,
      },
    ]);
    john.command('directoryLookUp', { term: '0761' });
    await john.seen('DirectoryResult', {
      entries: [expect.objectContaining({ contact_id: HAWKEYE, source: 'personal' })],
      headers: HEADERS,
    });
    const bruce = await world.signedOn('bruce');
    bruce.command('directoryLookUp', { term: '0761' });
    await bruce.seen('DirectoryResult', { entries: [] });
    bruce.command('directoryLookUp', { term: ' ' });
    await bruce.seen('Error');
  });

  test('keeps favourites, which the list of contacts shows as well', async () => {
    const john = await world.signedOn('john');
    const one = { contactId: HAWKEYE, source: 'personal' };
    john.command('addFavorite', one);
    await john.seen('FavoriteUpdated', { action: 'Added', contact_id: HAWKEYE, source: 'personal' });
    john.command('getFavorites');
    await john.seen('Favorites', { entries: [expect.objectContaining({ contact_id: HAWKEYE, favorite: true })] });
    const { json } = await world.call('GET', 'contact/personal', { token: await world.token('john') });
    expect(json).toMatchObject({ entries: [{ entry: ['hawkeye', 'pierce', '1002', '0761187406', 'true'] }, {}] });
    john.command('removeFavorite', one);
    await john.seen('FavoriteUpdated', { action: 'Removed' });
    john.command('getFavorites');
    await john.seen('Favorites', { entries: [] });
    john.command('addFavorite', { contactId: 'nobody', source: 'personal' });
    await john.seen('FavoriteUpdated', { action: 'AddFail', contact_id: 'nobody' });
    john.command('removeFavorite', { contactId: 'alicej', source: 'internal' });
    await john.seen('FavoriteUpdated', { action: 'RemoveFail' });
  });
});

describe('preferences', () => {
  test('are kept, and told to every client of the person', async () => {
    const [desk, mobile, other] = [
      await world.signedOn('bruce'),
      await world.signedOn('bruce'),
      await world.signedOn('john'),
    ];
    desk.command('setUserPreference', { key: 'PREFERRED_DEVICE', value: 'WebApp', value_type: 'String' });
    const first = { PREFERRED_DEVICE: { value: 'WebApp', value_type: 'String' } };
    await mobile.seen('UserPreference', first);
    mobile.command('setUserPreference', { key: 'rings', value: '3', value_type: 'Int' });
    const both = { ...first, rings: { value: '3', value_type: 'Int' } };
    await desk.seen('UserPreference', both);
    expect(await (await world.signedOn('bruce')).seen('UserPreference')).toEqual(both);
    expect(other.frames.map(({ msgType }) => msgType)).not.toContain('UserPreference');
    mobile.command('setUserPreference', { key: 'rings', value: true, value_type: 'Boolean' });
    await desk.seen('UserPreference', { ...first, rings: { value: 'true', value_type: 'Boolean' } });
    desk.command('setUserPreference', { key: '', value: 'x' });
    await desk.seen('Error');
  });

  test('a mobile application is unregistered, and may register again', async () => {
    const bruce = await world.signedOn('bruce');
    bruce.command('unregisterMobileApp');
    await bruce.seen('Error', { Error: 'No mobile application is registered' });
    const token = await world.token('bruce');
    const register = () => world.call('POST', 'mobile/push/register', { token, body: { token: '1234-5678' } });
    const tokens = () =>
      secretEntriesBy(world.world.runtime.live, { kind: 'push-token', key: 'user', value: 'bruce' }).map(
        ({ attributes }) => attributes.token,
      );
    await register();
    bruce.command('unregisterMobileApp');
    await bruce.seen('UserPreference', { MOBILE_APP_INFO: { value: 'false', value_type: 'Boolean' } });
    expect(tokens()).toEqual(['']);
    expect((await register()).status).toBe(201);
    expect(tokens()).toEqual(['1234-5678']);
  });
});

const make = (roles: readonly string[]) =>
  world.world.record('avencall', {
    to: { tenant: 'avencall', kind: 'user', id: 'bruce' },
    event: { type: 'change', set: { roles } },
  });

test("the recording of an agent's call is paused by himself, by a supervisor, and by nobody else", async () => {
  await make(['agent', 'supervisor']);
  const [bruce, alice] = [await world.signedOn('bruce'), await world.signedOn('alicej')];
  const isSuppressed = () =>
    callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 1 })[0]?.context.recording.suppressed;
  alice.command('dial', { destination: '1101' });
  await expect.poll(() => hand('1101').answer()).toBe(true);
  await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
  alice.command('monitorPause', { agentid: 10 });
  await alice.seen('AgentError', { Error: 'NotAllowed' });
  expect(isSuppressed()).toBe(false);
  alice.command('monitorPause', { agentid: 9 });
  await expect.poll(isSuppressed).toBe(true);
  bruce.command('monitorUnpause', { agentid: 9 });
  await expect.poll(isSuppressed).toBe(false);
});

describe('listening to an agent', () => {
  const isOfPhone = ({ msgType }: { readonly msgType: string }) => msgType === 'PhoneStatusUpdate';

  test('connects the supervisor to the call, tells both, and ends when he hangs up', async () => {
    await make(['agent', 'supervisor']);
    const [bruce, alice] = [await world.signedOn('bruce'), await world.signedOn('alicej')];
    bruce.command('agentLogin', { agentphonenumber: '1059' });
    await bruce.seen('AgentStateEvent', { name: 'AgentReady' });
    bruce.command('listenAgent', { agentid: 9 });
    await bruce.seen('AgentError', { Error: 'The agent is in no call' });
    alice.command('dial', { destination: '1101' });
    await expect.poll(() => hand('1101').answer()).toBe(true);
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    bruce.command('listenAgent', { agentid: 9 });
    const told = { started: true, phoneNumber: '1058', agentId: 9 };
    expect(await bruce.seen('AgentListen')).toEqual(told);
    expect(await alice.seen('AgentListen')).toEqual(told);
    await bruce.seen('PhoneStatusUpdate', { status: 2 });
    bruce.command('hangup');
    await bruce.seen('AgentListen', { ...told, started: false });
    await expect.poll(() => bruce.frames.findLast(isOfPhone)?.ctiMessage).toEqual({ status: 0 });
    await alice.seen('AgentListen', { ...told, started: false });
    alice.command('getCurrentCallsPhoneEvents');
    await alice.seen('CurrentCallsPhoneEvents', { events: [expect.objectContaining({ otherDN: '1101' })] });
  });

  test('is for supervisors', async () => {
    const bruce = await world.signedOn('bruce');
    for (const agentid of [9, '']) bruce.command('listenAgent', { agentid });
    await bruce.seen('AgentError', { Error: 'NotAllowed' });
  });
});
