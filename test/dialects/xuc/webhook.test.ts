/** The event webhook, against receivers of our own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { XucParts } from '../../../src/dialects/xuc/parts.ts';
import { createXuc } from '../../../src/dialects/xuc/routes.ts';
import { unavailable } from '../../../src/log/log-failures.ts';
import { sharedInMemory } from '../../support/shared-value.ts';
import { givenXuc, SECRET, type XucWorld } from './given.ts';

interface Receiver {
  readonly url: string;
  readonly bodies: {
    readonly username: string;
    readonly status?: number;
    readonly message: { readonly ctiMessage: Record<string, string> };
  }[];
  readonly types: string[];
  /** Of the last request. */
  authorization: string | undefined;
  /** What it answers; 0: it breaks the connection. */
  status: number;
}

let world: XucWorld;
let folder: string;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xuc-webhook-'));
});
afterEach(async () => {
  await world?.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

async function receiver(): Promise<Receiver> {
  const found = { url: '', bodies: [], types: [], authorization: undefined, status: 200 } as {
    -readonly [Key in keyof Receiver]: Receiver[Key];
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    found.authorization = request.headers.authorization;
    if (found.status === 0) return void request.socket.destroy();
    if (found.status === 200) {
      found.bodies.push(JSON.parse(text));
      found.types.push(String(request.headers['content-type']));
    }
    response.writeHead(found.status, { location: found.url }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  found.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/xivo/1.0/event/avencall.com/dropbox/`;
  return found;
}

const cursorFile = () => join(folder, 'cursor.json');
const dial = (number = '1101') => world.call('POST', '/xuc/api/1.0/dial/avencall.com/alicej/', { body: { number } });
const events = ({ bodies }: Receiver, username?: string) =>
  bodies
    .filter((body) => username === undefined || body.username === username)
    .map(({ message }) => message?.ctiMessage.eventType);

test('an event has the printed form', async () => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
  await dial('3000');
  await expect
    .poll(() => to.bodies[0])
    .toEqual({
      username: 'alicej',
      message: {
        msgType: 'PhoneEvent',
        ctiMessage: {
          eventType: 'EventDialing',
          DN: '1058',
          otherDN: '3000',
          linkedId: expect.stringMatching(/^\d+\.\d+$/),
          uniqueId: expect.stringMatching(/^\d+\.\d+$/),
          userData: { XIVO_USERID: '9' },
        },
      },
    });
  expect(to.types).toEqual(['application/json']);
});

test('a receiver whose address has a password gets it as credentials', async () => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url.replace('http://', 'http://xivo:p%40ss@') } });
  await dial('3000');
  await expect.poll(() => to.bodies.length).toBe(1);
  expect(to.authorization).toBe(`Basic ${Buffer.from('xivo:p@ss').toString('base64')}`);
});

test('every telephone of a call tells its own story, in order', async () => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
  await dial();
  await world.atRest();
  await world.hands.line('avencall', '1101').answer();
  await world.atRest();
  await world.hands.line('avencall', '1101').hangup();
  await expect.poll(() => to.bodies.length).toBe(6);
  expect(events(to, 'alicej')).toEqual(['EventDialing', 'EventEstablished', 'EventReleased']);
  expect(events(to, 'john')).toEqual(['EventRinging', 'EventEstablished', 'EventReleased']);
});

test('a handshake posts the last event of live calls again', async () => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
  const handshake = () => world.call('POST', '/xuc/api/1.0/handshake/avencall.com/');
  expect(await handshake()).toMatchObject({ status: 200, text: '' });
  await dial();
  await expect.poll(() => events(to)).toEqual(['EventDialing', 'EventRinging']);
  await handshake();
  await expect.poll(() => events(to)).toEqual(['EventDialing', 'EventRinging', 'EventDialing', 'EventRinging']);
});

test('handshakes while the receiver is not there ask for no more than one of them', async () => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
  await dial();
  await expect.poll(() => to.bodies.length).toBe(2);
  to.status = 503;
  for (let times = 1; times <= 5; times += 1) await world.call('POST', '/xuc/api/1.0/handshake/avencall.com/');
  await world.atRest();
  await world.hands.line('avencall', '1058').hangup();
  await world.atRest();
  to.status = 200;
  const told = async () => {
    await world.advance(60_000);
    return events(to, 'alicej');
  };
  await expect.poll(told).toContain('EventReleased');
  expect(await told()).toEqual(['EventDialing', 'EventDialing', 'EventReleased']);
});

describe('a receiver that is not there', () => {
  test.each([0, 503, 429])('(%s) gets in order what it missed, and holds nobody up', async (status) => {
    const to = await receiver();
    to.status = status;
    world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
    for (const number of ['1101', '1002', '3000']) {
      await dial(number);
      await world.atRest();
      await world.hands.line('avencall', '1058').hangup();
      await world.atRest();
    }
    await expect.poll(() => world.messages).toContain('the webhook receiver is not there: trying again');
    await world.advance(3_600_000);
    expect(to.bodies).toEqual([]);
    to.status = 200;
    const arrived = async () => {
      await world.advance(60_000);
      return events(to, 'alicej');
    };
    await expect.poll(arrived).toEqual(Array(3).fill(['EventDialing', 'EventReleased']).flat());
    expect(
      to.bodies.filter(({ username }) => username === 'alicej').map(({ message }) => message.ctiMessage.otherDN),
    ).toEqual(['1101', '1101', '1002', '1002', '3000', '3000']);
  });

  test.each([
    ['a restart of ours', cursorFile, 0],
    ['a restart of ours at which the log could not be read at once', cursorFile, 1],
    ['another server took over', () => join(folder, 'the-other-one.json'), 0],
  ])('gets it after %s, too', async (_, fileThen, failures) => {
    const to = await receiver();
    to.status = 0;
    const shared = sharedInMemory();
    world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile(), shared } });
    await dial();
    await expect.poll(() => world.messages).toContain('the webhook receiver is not there: trying again');
    const parts: XucParts = {
      ...world.world,
      mintId: () => 'restarted',
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      jwtSecret: SECRET,
      tokenLifetimeS: 3600,
      deprecatedApiHosts: [],
      webhook: { url: to.url, cursorFile: fileThen(), shared },
    };
    await world.dialect.drain?.();
    await world.atRest();
    await world.hands.line('avencall', '1101').answer();
    await world.atRest();
    to.status = 200;
    const query = vi.spyOn(world.world.runtime, 'query');
    for (let tried = 0; tried < failures; tried += 1) query.mockRejectedValueOnce(unavailable());
    const again = createXuc(parts);
    again.begin?.();
    await expect.poll(() => events(to, 'alicej')).toEqual(['EventDialing', 'EventEstablished']);
    // Each user has a lane of his own.
    await expect.poll(() => events(to, 'john')).toEqual(['EventRinging', 'EventEstablished']);
    await again.drain?.();
    const { position } = JSON.parse(await readFile(fileThen(), 'utf8')) as { position: number };
    expect(position).toBe(world.world.runtime.live.position);
  });

  test('is given up after a day, and for what it does not want', async () => {
    const to = await receiver();
    to.status = 400;
    world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
    await dial();
    const givenUp = () => world.messages.filter((message) => message.endsWith('given up')).length;
    await expect.poll(givenUp).toBe(2);
    to.status = 503;
    await world.hands.line('avencall', '1058').hangup();
    await expect.poll(() => world.messages).toContain('the webhook receiver is not there: trying again');
    await expect
      .poll(async () => {
        await world.advance(6 * 3_600_000);
        return givenUp();
      })
      .toBe(4);
  });

  test('is not followed where it points', async () => {
    const to = await receiver();
    to.status = 302;
    world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
    await dial();
    await expect.poll(() => world.messages.filter((message) => message.endsWith('given up')).length).toBe(2);
  });
});

test('fire and forget tries once', async () => {
  const to = await receiver();
  to.status = 503;
  world = await givenXuc({ webhook: { url: to.url } });
  await dial();
  await expect.poll(() => world.messages.filter((message) => message.endsWith('given up')).length).toBe(2);
  to.status = 200;
  await world.hands.line('avencall', '1058').hangup();
  await expect.poll(() => events(to)).toEqual(['EventReleased', 'EventReleased']);
});

test.each([
  ['status', 0],
  ['both', 1],
] as const)('the phone status is told to who wants it: %s', async (kind, events) => {
  const to = await receiver();
  world = await givenXuc({ webhook: { url: to.url, kind } });
  await dial();
  const told = () => to.bodies.filter(({ username }) => username === 'john');
  await expect
    .poll(() => told().filter(({ status }) => status !== undefined))
    .toEqual([{ username: 'john', status: 8 }]);
  expect(told().filter(({ message }) => message !== undefined)).toHaveLength(events);
});

test('a place that makes no sense is not believed', async () => {
  const to = await receiver();
  await writeFile(cursorFile(), '{"position":999999}');
  world = await givenXuc({ webhook: { url: to.url, cursorFile: cursorFile() } });
  await expect.poll(() => world.messages).toContain('the webhook was further than the log is: it goes on from the end');
  await dial();
  await expect.poll(() => events(to)).toEqual(['EventDialing', 'EventRinging']);
});
