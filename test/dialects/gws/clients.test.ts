/** The clients people use, unmodified: the CometD project's own and faye, from before the handshake to after a restart. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import Koa from 'koa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GWS_DEFAULTS } from '../../../src/dialects/gws/options.ts';
import { createGws } from '../../../src/dialects/gws/routes.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { countingBytes } from '../../support/identities.ts';
import { type Gws, givenGws } from './given.ts';

const BASIC = `Basic ${Buffer.from('ksippo:').toString('base64')}`;

/** As much of faye as is used here; it comes without types. */
interface FayeClient {
  setHeader(name: string, value: string): void;
  disable(transport: string): void;
  subscribe(channel: string): {
    withChannel(listener: (channel: string, data: JsonObject) => void): PromiseLike<void>;
  };
  disconnect(): void;
}
const require = createRequire(import.meta.url);
const faye = require('faye') as { readonly Client: new (url: string) => FayeClient };

describe('unmodified clients', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws({ cometdHoldMs: 2_000 });
  });
  afterEach(() => gws.stop());

  const voice = (operationName: string) =>
    gws.ask({ method: 'POST', path: '/api/v2/me/channels/voice', body: { operationName }, as: 'ksippo:' });

  it.each([
    ['cometd 9', () => new CometD()],
    // Version 3 has the same words. It is the library of the time of the API, and reads the browser's names when it is loaded.
    ['cometd 3.1', () => new (require('cometd3') as { readonly CometD: typeof CometD }).CometD()],
  ])('%s shakes hands, subscribes, hears of a change, and disconnects', async (_, clientOf) => {
    adapt();
    const client = clientOf();
    client.unregisterTransport('websocket');
    client.configure({ url: `${gws.url}/api/v2/notifications`, requestHeaders: { Authorization: BASIC } });
    const handshake = await new Promise<{ successful: boolean }>((resolve) => client.handshake(resolve));
    expect(handshake).toMatchObject({ successful: true });
    const heard: { channel: string; data?: unknown; ext?: unknown }[] = [];
    await new Promise((resolve) => client.subscribe('/v2/me/*', (message) => heard.push(message), resolve));

    await voice('Ready');
    await eventually('both messages', () => (heard.length >= 2 ? true : undefined));
    await voice('NotReady');
    await eventually('all messages', () => (heard.length >= 4 ? true : undefined));
    expect(heard.map(({ channel }) => channel)).toEqual([
      '/v2/me/devices',
      '/v2/me/channels',
      '/v2/me/devices',
      '/v2/me/channels',
    ]);
    expect(heard[2]).toMatchObject({
      data: { messageType: 'DeviceStateChangeMessage', devices: [{ userState: { state: 'NotReady' } }] },
      ext: { position: gws.world.runtime.live.position },
    });
    const left = await new Promise<{ successful: boolean }>((resolve) => client.disconnect(resolve));
    expect(left).toMatchObject({ successful: true });
  });

  it('cometd 9 that keeps the last position misses nothing when the server goes and comes again', async () => {
    let incarnation = await givenListener(gws, 0);
    adapt();
    const client = new CometD();
    client.unregisterTransport('websocket');
    client.configure({
      url: `http://127.0.0.1:${incarnation.port}/api/v2/notifications`,
      requestHeaders: { Authorization: BASIC },
      backoffIncrement: 50,
    });
    let since: unknown;
    let listens = false;
    client.registerExtension('since', {
      incoming: (message) => {
        since = (message.ext as { position?: number } | undefined)?.position ?? since;
        return message;
      },
      outgoing: (message) => {
        if (message.channel === '/meta/handshake' && since !== undefined) message.ext = { ...message.ext, since };
        return message;
      },
    });
    const heard: string[] = [];
    const listen = (message: { data?: unknown }): void => {
      const { devices } = message.data as { devices: { userState: { displayName: string } }[] };
      heard.push(devices[0]?.userState.displayName ?? '');
    };
    // As the library's documentation asks: subscriptions belong to a handshake, also to one that it repeats by itself.
    client.addListener('/meta/handshake', ({ successful }) => {
      if (!successful) return;
      client.subscribe('/v2/me/devices', listen, () => {
        listens = true;
      });
    });
    client.handshake();
    await eventually('a subscription', () => listens || undefined);
    await voice('Ready');
    await eventually('the first', () => (heard.length === 1 ? true : undefined));

    await incarnation.stop();
    await voice('NotReady');
    await voice('AuxWork');
    incarnation = await givenListener(gws, incarnation.port);
    await eventually('what was missed', () => (heard.length >= 3 ? true : undefined));
    await voice('Ready');
    await eventually('what comes after', () => (heard.length >= 4 ? true : undefined));
    expect(heard).toEqual(['Ready', 'Not Ready', 'AuxWork', 'Ready']);
    await new Promise((resolve) => client.disconnect(resolve));
    await incarnation.stop();
  });

  it('faye shakes hands, subscribes in one request with its connect, and hears of a change', async () => {
    const client = new faye.Client(`${gws.url}/api/v2/notifications`);
    client.setHeader('Authorization', BASIC);
    client.disable('websocket');
    const heard: { channel: string; data: JsonObject }[] = [];
    await client.subscribe('/v2/me/**').withChannel((channel, data) => heard.push({ channel, data }));
    await voice('AuxWork');
    await eventually('both messages', () => (heard.length >= 2 ? true : undefined));
    expect(heard).toMatchObject([
      { channel: '/v2/me/devices', data: { devices: [{ userState: { workMode: 'AuxWork' } }] } },
      { channel: '/v2/me/channels', data: { messageType: 'ChannelStateChangeMessage' } },
    ]);
    client.disconnect();
  });
});

/** The dialect on a port of its own, with HTTP and CometD sessions of its own: a process that can go and come again. */
async function givenListener({ world }: Gws, port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const options = { ...GWS_DEFAULTS, cometdHoldMs: 2_000 };
  const dialect = createGws({ ...world, options, random: countingBytes, mintId: () => 'none' });
  const server = createServer(new Koa().use(dialect.middleware).callback());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      await dialect.drain?.();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
