/**
 * The public client library, unmodified, against the socket: `cti.js` of github pluginsGLPI/xivo (`js/xivo/cti.js`). It is
 * GPL-3.0 and never committed, so without `XUC_CTI_JS=<path to it>` these tests are skipped.
 */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { givenXuc, type XucWorld } from '../../dialects/xuc/given.ts';

/** What is used of the library. */
interface Cti {
  readonly WebSocket: { init(url: string, user: string, number: string, socket: typeof WebSocket): void };
  readonly MessageType: Readonly<Record<string, string>>;
  setHandler(type: string | undefined, handler: (message: never) => void): void;
  close(): void;
  [verb: string]: unknown;
}

/** The part of jQuery it needs. */
const jQuery = {
  Callbacks() {
    const handlers = new Set<(message: unknown) => void>();
    return {
      fire: (message: unknown) => handlers.forEach((handle) => void handle(message)),
      add: (handler: (message: unknown) => void) => void handlers.add(handler),
      remove: (handler: (message: unknown) => void) => void handlers.delete(handler),
      empty: () => handlers.clear(),
    };
  },
};

const path = process.env.XUC_CTI_JS;

describe.skipIf(path === undefined)('cti.js (GPL: only where XUC_CTI_JS names it)', () => {
  let world: XucWorld;
  let cti: Cti;
  let messages: { readonly type: string; readonly message: unknown }[];

  beforeAll(async () => {
    world = await givenXuc();
  });
  afterAll(() => world.stop());
  afterEach(() => cti.close());

  async function connected(login = 'alicej'): Promise<void> {
    // A link of an earlier test that closes late writes into its own list.
    const heardHere: typeof messages = [];
    messages = heardHere;
    const quiet = { log: () => undefined, warn: () => undefined, error: console.error };
    const context = createContext({ jQuery, console: quiet, setInterval, clearInterval });
    runInContext(readFileSync(path ?? '', 'utf8'), context);
    cti = context.Cti as Cti;
    for (const type of Object.values(cti.MessageType)) {
      cti.setHandler(type, (message) => void heardHere.push({ type, message: structuredClone(message) }));
    }
    const url = `${world.url.replace('http', 'ws')}/xuc/api/2.0/cti?token=${await world.token(login)}`;
    cti.WebSocket.init(url, login, '1058', WebSocket);
    await heard('PhoneStatusUpdate');
  }

  const verb = (name: string, ...parameters: unknown[]) => (cti[name] as (...args: unknown[]) => void)(...parameters);
  const heard = (type: string, message: unknown = {}) =>
    expect
      .poll(() => messages.filter((one) => one.type === type).map((one) => one.message))
      .toContainEqual(Array.isArray(message) ? message : expect.objectContaining(message));

  test('opens its link and hears who it is, in its order', async () => {
    await connected();
    expect(messages.map(({ type }) => type).slice(0, 6)).toEqual([
      'LinkStatusUpdate',
      'LoggedOn',
      'UserConfigUpdate',
      'UsersStatuses',
      'UserStatusUpdate',
      'PhoneStatusUpdate',
    ]);
  });

  test('calls, and hears of the call until it is over', async () => {
    await connected();
    verb('dial', '1101', { foo: 'bar' });
    await heard('PhoneEvent', {
      eventType: 'EventDialing',
      DN: '1058',
      otherDN: '1101',
      userData: { XIVO_USERID: '9', USR_foo: 'bar' },
    });
    await expect.poll(() => world.hands.line('avencall', '1101').answer()).toBe(true);
    await heard('PhoneEvent', { eventType: 'EventEstablished' });
    verb('hold');
    await heard('PhoneEvent', { eventType: 'EventOnHold' });
    verb('hangup');
    await heard('PhoneEvent', { eventType: 'EventReleased' });
  });

  test('logs an agent in and out, pauses him, and hears what is wrong', async () => {
    await connected();
    verb('subscribeToAgentEvents');
    verb('loginAgent', '1004', 9);
    await heard('AgentError', { Error: 'PhoneNumberUnknown' });
    verb('loginAgent', '1058', 9);
    await heard('AgentStateEvent', { name: 'AgentReady', phoneNb: '1058' });
    verb('pauseAgent', 9, 'Lunch');
    await heard('AgentStateEvent', { name: 'AgentOnPause', cause: 'Lunch' });
    verb('unpauseAgent', 9);
    verb('logoutAgent', 9);
    await heard('AgentStateEvent', { name: 'AgentLoggedOut' });
  });

  test('changes settings, asks for lists and history', async () => {
    await connected('bruce');
    verb('dnd', true);
    await heard('UserConfigUpdate', { dndEnabled: true });
    verb('uncFwd', '1102', true);
    await heard('UserConfigUpdate', { uncFwdEnabled: true, uncFwdDestination: '1102' });
    verb('subscribeToPhoneHints', ['1002']);
    await heard('PhoneHintStatusEvent', { number: '1002', status: 0 });
    verb('getUserCallHistory', 4);
    await expect.poll(() => messages.find(({ type }) => type === 'CallHistory')?.message).toMatchObject({ length: 4 });
    verb('getList', 'queue');
    await expect
      .poll(() => messages.find(({ type }) => type === 'QueueList')?.message)
      .toMatchObject([{ id: 1 }, { id: 5 }]);
    verb('getAgentStates');
    await heard('AgentStateEvent', { name: 'AgentLoggedOut' });
  });

  test('looks people up, and keeps favourites', async () => {
    await connected('john');
    verb('directoryLookUp', 'hawkeye');
    const contact = { contact_id: '6c1f1f0e-7e1c-4f1d-9d0a-2f4c5b6a7001', source: 'personal' };
    const found = (favorite: boolean) => ({ entries: [expect.objectContaining({ ...contact, favorite })] });
    await heard('DirectoryResult', found(false));
    verb('addFavorite', contact.contact_id, contact.source);
    await heard('FavoriteUpdated', { action: 'Added', ...contact });
    verb('getFavorites');
    await heard('Favorites', found(true));
    verb('removeFavorite', contact.contact_id, contact.source);
    await heard('FavoriteUpdated', { action: 'Removed', ...contact });
  });

  test('is answered, whatever it asks in vain', async () => {
    await connected('cquefia');
    const library = Object.keys(cti).filter((name) => typeof cti[name] === 'function');
    const own = [
      'init',
      'close',
      'Topic',
      'setHandler',
      'unsetHandler',
      'clearHandlers',
      'receive',
      'getMessage',
      'sendCallback',
      // Possible as it is asked here, and nobody is there to take the call.
      'dialFromQueue',
    ];
    // Nothing is left to say.
    const done = ['sendPing', 'unsubscribeFromAllPhoneHints', 'unSubscribeToQueueCalls'];
    const silent: string[] = [];
    for (const name of library.filter((one) => !own.includes(one) && !one.startsWith('subscribe'))) {
      const before = messages.length;
      verb(name, ...(name === 'sendPing' ? [] : ['1', '1', '1', '1', '1']));
      if (done.includes(name)) continue;
      await vi
        .waitFor(() => expect(messages.length).toBeGreaterThan(before), { timeout: 10_000 })
        .catch(() => silent.push(name));
    }
    expect(silent).toEqual([]);
  });

  test('keeps its link while it pings', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await connected();
      for (let pings = 0; pings < 5; pings += 1) {
        vi.advanceTimersByTime(5_000);
        verb('getCurrentCallsPhoneEvents');
        const answered = pings + 1;
        await vi.waitFor(() =>
          expect(messages.filter(({ type }) => type === 'CurrentCallsPhoneEvents')).toHaveLength(answered),
        );
      }
      expect(messages.filter(({ type }) => type === 'LinkStatusUpdate')).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
