/** The clients people use, unmodified: the CometD project's own and faye, from before the handshake to after a restart. */
import { createRequire } from 'node:module';
import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
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
const faye = createRequire(import.meta.url)('faye') as { readonly Client: new (url: string) => FayeClient };

describe('unmodified clients', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws({ cometdHoldMs: 2_000 });
  });
  afterEach(() => gws.stop());

  const voice = (operationName: string) =>
    gws.ask({ method: 'POST', path: '/api/v2/me/channels/voice', body: { operationName }, as: 'ksippo:' });

  it('cometd 9 shakes hands, subscribes, hears of a change, and disconnects', async () => {
    adapt();
    const client = new CometD();
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
