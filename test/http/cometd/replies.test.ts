import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONNECT, givenLibrary, type Library } from './given-library.ts';

let at: Library;
beforeEach(async () => {
  at = await givenLibrary();
});
afterEach(() => at.stop());

const ask = async (message: object) => (await (await at.post({ id: '7', ...message })).json()) as readonly object[];

test('an answer says whose it is', async () => {
  const { id: clientId } = await at.join();
  expect(await ask({ channel: '/meta/subscribe', clientId, subscription: '/news' })).toEqual([
    { id: '7', channel: '/meta/subscribe', clientId, subscription: '/news', successful: true },
  ]);
  const [connected] = await ask({ ...CONNECT, clientId, advice: { timeout: 0 } });
  expect(connected).toMatchObject({ id: '7', channel: '/meta/connect', clientId, successful: true });
});

test.each(['/meta/connect', '/meta/subscribe', '/meta/unsubscribe', '/meta/disconnect', '/news'])(
  'a stranger who sends %s is told to shake hands',
  async (channel) => {
    expect(await ask({ channel, clientId: 'nobody', subscription: '/news', data: {} })).toEqual([
      expect.objectContaining({
        channel,
        id: '7',
        successful: false,
        error: '402::Unknown client',
        advice: { reconnect: 'handshake', interval: 0 },
      }),
    ]);
  },
);

test('a stranger is told of no client id', async () => {
  const [told] = await ask({ ...CONNECT, clientId: 'nobody' });
  expect(told).not.toHaveProperty('clientId');
});

test('data carry no client id', async () => {
  const session = await at.join();
  session.deliver(null, '/news', { a: 1 });
  const [first] = await ask({ ...CONNECT, clientId: session.id, advice: { timeout: 0 } });
  expect(first).toEqual({ channel: '/news', data: { a: 1 } });
});

test('the type of an answer names its charset', async () => {
  const answer = await at.post({ ...CONNECT, clientId: 'nobody' });
  expect(answer.headers.get('content-type')).toBe('application/json;charset=UTF-8');
});
