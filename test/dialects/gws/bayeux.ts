/** Bayeux by hand: one request at a time, so that each answer can be looked at. */
import type { JsonObject } from '../../../src/model/json.ts';
import type { Gws, Told } from './given.ts';

export interface Bayeux {
  readonly clientId: string;
  readonly handshake: JsonObject;
  send(message: JsonObject, path?: string): Promise<readonly JsonObject[]>;
  subscribe(subscription: string | string[], ext?: JsonObject): Promise<readonly JsonObject[]>;
  /** Holds connects until `count` data messages came. */
  receive(count: number): Promise<readonly JsonObject[]>;
  /** Data messages that are there without waiting. */
  pending(): Promise<readonly JsonObject[]>;
}

const NOTIFICATIONS = '/api/v2/notifications';

export function post(gws: Gws, as: string | undefined, body: unknown, path = NOTIFICATIONS): Promise<Told> {
  return gws.ask({ method: 'POST', path, body, ...(as === undefined ? {} : { as }) });
}

export const HANDSHAKE = {
  id: '1',
  version: '1.0',
  minimumVersion: '1.0',
  channel: '/meta/handshake',
  supportedConnectionTypes: ['long-polling'],
  advice: { timeout: 60_000, interval: 0 },
};

/** `as` is `name:password`; `since` resumes. */
export async function givenClient(gws: Gws, as: string, since?: number): Promise<Bayeux> {
  const ext = since === undefined ? {} : { ext: { since } };
  const told = await post(gws, as, [{ ...HANDSHAKE, ...ext }], `${NOTIFICATIONS}/handshake`);
  const [handshake] = JSON.parse(told.text) as [JsonObject];
  const clientId = String(handshake.clientId);
  let id = 1;
  const send: Bayeux['send'] = async (message, path) => {
    id += 1;
    const answer = await post(gws, as, [{ id: String(id), clientId, ...message }], path);
    return JSON.parse(answer.text) as JsonObject[];
  };
  const connect = (advice?: JsonObject) =>
    send({ channel: '/meta/connect', connectionType: 'long-polling', ...(advice === undefined ? {} : { advice }) });
  const dataOf = (messages: readonly JsonObject[]) => messages.filter(({ data }) => data !== undefined);
  return {
    clientId,
    handshake,
    send,
    subscribe: (subscription, subscribeExt) =>
      send({ channel: '/meta/subscribe', subscription, ...(subscribeExt === undefined ? {} : { ext: subscribeExt }) }),
    async receive(count) {
      const received: JsonObject[] = [];
      for (let tries = 0; received.length < count && tries < 50; tries += 1) received.push(...dataOf(await connect()));
      return received;
    },
    pending: async () => dataOf(await connect({ timeout: 0 })),
  };
}
