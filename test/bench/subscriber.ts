/**
 * Many subscribers in a process of its own, all over one kind of way in, each on a connection of its own with a filter of
 * its own. Notes of every record that arrives which it was and when, and tells that when asked.
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

/** Of each delivery: the position of its record, and when it was here, ms since 1970. */
export interface Heard {
  readonly positions: Float64Array;
  readonly times: Float64Array;
}

const HEARD_MAX = 1_000_000;
const AT_ONCE = 50;
const DIGITS_MAX = 16;
const POSITION_AT = '{"position":'.length;
const LOOK_MS = 20;
/** Read when they are asked for: what a message says is nothing that its way in should pay for. */
const positionsOf: (() => number)[] = [];
const times = new Float64Array(HEARD_MAX);
let heard = 0;

function note(position: () => number): void {
  positionsOf.push(position);
  times[heard] = performance.timeOrigin + performance.now();
  heard += 1;
}

async function overNats(url: string, { tenant, id = '*' }: Wanted): Promise<void> {
  const nats = await connect({ servers: url });
  nats.subscribe(`live.evt.${tenant}.agent.${id}`, {
    callback: (_, message) => note(() => Number(message.headers?.get('Nats-Sequence'))),
  });
  await nats.flush();
}

function queryOf({ tenant, id }: Wanted): string {
  return `tenant=${tenant}&kind=agent${id === undefined ? '' : `&id=${id}`}`;
}

const agent = new Agent();

async function overSse(url: string, wanted: Wanted): Promise<void> {
  const [answer] = (await once(get(`${url}/v1/events?${queryOf(wanted)}`, { agent }), 'response')) as [IncomingMessage];
  answer.setEncoding('latin1').on('data', (text: string) => {
    for (let at = text.indexOf('id: '); at !== -1; at = text.indexOf('\nid: ', at)) {
      const digits = text.indexOf(' ', at++);
      note(() => Number.parseInt(text.slice(digits, digits + DIGITS_MAX), 10));
    }
  });
}

async function overWebSocket(url: string, wanted: Wanted): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/events/ws?${queryOf(wanted)}`);
  socket.on('message', (data: Buffer) =>
    note(() => Number.parseInt(data.toString('latin1', POSITION_AT, POSITION_AT + DIGITS_MAX), 10)),
  );
  await once(socket, 'open');
}

const OVER = { NATS: overNats, SSE: overSse, WebSocket: overWebSocket };

/** A number asks for all that was heard, once it is so many. */
process.on('message', async (asked: Subscribing | number) => {
  if (typeof asked === 'number') {
    while (heard < asked) await delay(LOOK_MS);
    const positions = Float64Array.from(positionsOf, (position) => position());
    process.send?.({ positions, times: times.slice(0, heard) } satisfies Heard);
    return;
  }
  const { way, url, wanted } = asked;
  for (let first = 0; first < wanted.length; first += AT_ONCE)
    await Promise.all(wanted.slice(first, first + AT_ONCE).map((one) => OVER[way](url, one)));
  process.send?.('ready');
});
