/**
 * Many subscribers in a process of its own, all over one kind of way in, each on a connection of its own with a filter of
 * its own. Notes of every record that arrives which it was and when, and tells that when asked. Nothing of what arrives is
 * kept: a collector that has it all to copy would pause for longer than deliveries take.
 */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'nats';
import { WebSocket } from 'ws';

export type Way = 'NATS' | 'SSE' | 'WebSocket';

/** Records of a tenant's agents, or of one of them. */
export interface Wanted {
  readonly tenant: string;
  readonly id?: string;
}

export interface Subscribing {
  readonly way: Way;
  /** Of the NATS server, or of Ledgerline. */
  readonly url: string;
  readonly wanted: readonly Wanted[];
}

/** Of each delivery: the id of its record, `ID_BYTES` each, and when it was here, ms since 1970. */
export interface Heard {
  readonly ids: Uint8Array;
  readonly times: Float64Array;
}

/** Of a uuid. */
export const ID_BYTES = 36;
/** How every record begins, over every way in. */
const BEGINNING = '{"specversion":"1.0","id":"';
const HEARD_MAX = 1_000_000;
const AT_ONCE = 50;
const LOOK_MS = 20;
const ids = new Uint8Array(HEARD_MAX * ID_BYTES);
const times = new Float64Array(HEARD_MAX);
let heard = 0;

/** `at`: where a record begins. */
function note(bytes: Uint8Array, at: number): void {
  const id = at + BEGINNING.length;
  ids.set(bytes.subarray(id, id + ID_BYTES), heard * ID_BYTES);
  times[heard] = performance.timeOrigin + performance.now();
  heard += 1;
}

async function overNats(url: string, { tenant, id = '*' }: Wanted): Promise<void> {
  const nats = await connect({ servers: url });
  nats.subscribe(`live.evt.${tenant}.agent.${id}`, {
    callback: (_, { data }) => note(data, 0),
  });
  await nats.flush();
}

function queryOf({ tenant, id }: Wanted): string {
  return `tenant=${tenant}&kind=agent${id === undefined ? '' : `&id=${id}`}`;
}

const agent = new Agent();

async function overSse(url: string, wanted: Wanted): Promise<void> {
  const [answer] = (await once(get(`${url}/v1/events?${queryOf(wanted)}`, { agent }), 'response')) as [IncomingMessage];
  answer.on('data', (bytes: Buffer) => {
    for (let at = bytes.indexOf(BEGINNING); at !== -1; at = bytes.indexOf(BEGINNING, at + 1)) note(bytes, at);
  });
}

async function overWebSocket(url: string, wanted: Wanted): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/events/ws?${queryOf(wanted)}`);
  socket.on('message', (bytes: Buffer) => note(bytes, bytes.indexOf(BEGINNING)));
  await once(socket, 'open');
}

const OVER = { NATS: overNats, SSE: overSse, WebSocket: overWebSocket };

/** A number asks for all that was heard, once it is so many. */
process.on('message', async (asked: Subscribing | number) => {
  if (typeof asked === 'number') {
    while (heard < asked) await delay(LOOK_MS);
    process.send?.({ ids: ids.slice(0, heard * ID_BYTES), times: times.slice(0, heard) } satisfies Heard);
    return;
  }
  const { way, url, wanted } = asked;
  for (let first = 0; first < wanted.length; first += AT_ONCE)
    await Promise.all(wanted.slice(first, first + AT_ONCE).map((one) => OVER[way](url, one)));
  process.send?.('ready');
});
