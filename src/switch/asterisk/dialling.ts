/**
 * How an Asterisk is told to ring somebody: one leg of a call after the other, a phone that is to pick up by itself, and one
 * that rings already again, so that it does. Tells what became of it where Asterisk could not even begin.
 */
import type { DialOrder, SwitchEvent } from '../switch.ts';
import type { AriLink } from './ari-link.ts';
import { callerIdOf } from './channels.ts';
import type { Connection, Connections } from './connections.ts';
import type { CallName, Endpoints, Names } from './names.ts';

export type Failure = Extract<SwitchEvent, { kind: 'failed' }>['cause'];

export interface DiallingOptions {
  readonly link: AriLink;
  readonly names: Names;
  readonly connections: Connections;
  readonly app: string;
  readonly tenant: string;
  readonly lines: Endpoints;
  /** Absent: nobody outside is reached. */
  readonly outside: Endpoints | undefined;
  /** It will not come about. */
  readonly failed: (connection: Connection, cause: Failure) => void;
  /** Work that nobody waits for. */
  readonly attempt: (what: string, work: () => Promise<unknown>) => void;
}

/** For a phone that picks up by itself: the two headers that the makers of phones agreed on. */
const PICKS_UP = {
  'PJSIP_HEADER(add,Call-Info)': '<sip:ledgerline>;answer-after=0',
  'PJSIP_HEADER(add,Alert-Info)': '<http://ledgerline>;info=alert-autoanswer',
};
/** A phone that transfers by itself tells us, and Asterisk moves nobody. */
export const TRANSFERS_TELL = { 'PJSIP_TRANSFER_HANDLING()': 'ari-only' };

export class Dialling {
  readonly #options: DiallingOptions;

  constructor(options: DiallingOptions) {
    this.#options = options;
  }

  async dial(order: DialOrder): Promise<void> {
    const { connections, names } = this.#options;
    const { tenant, leg, call, number, line, offHook } = order;
    const isBusy = line !== undefined && connections.all().some((one) => one.line === line);
    const state = this.#notThrough(order).length > 0 ? 'waiting' : 'dialing';
    const channel = names.channel({ tenant, leg, attempt: 1 });
    const ours = { tenant, leg, call, number, ...(line === undefined ? {} : { line }) };
    const connection = connections.add({ ...ours, order, channel, attempt: 1, state });
    if (isBusy && !offHook) this.#options.failed(connection, 'busy');
    else if (state === 'dialing') await this.place(connection, offHook);
  }

  /** A leg of the call is through, or gone: the next may be dialled. */
  goOn(call: CallName): void {
    const legs = this.#notThrough(call);
    const [first] = legs;
    if (first === undefined || legs.some(({ state }) => state !== 'waiting')) return;
    this.#options.attempt(`a call to ${first.number}`, () => this.place(first, first.order?.offHook === true));
  }

  /** Its channel is gone; it gets another, on a phone that picks up by itself. */
  again(connection: Connection): void {
    const { tenant, leg, number } = connection;
    connection.dialsAgain = false;
    connection.attempt += 1;
    connection.channel = this.#options.names.channel({ tenant, leg, attempt: connection.attempt });
    this.#options.attempt(`a call to ${number}`, () => this.place(connection, true));
  }

  async place(connection: Connection, picksUp: boolean): Promise<void> {
    const { link, app, tenant, lines, outside, failed } = this.#options;
    const { channel, order, line, number } = connection;
    connection.state = 'dialing';
    const endpoint = (line === undefined ? outside : lines)?.of(number);
    if (order === undefined || endpoint === undefined || connection.tenant !== tenant) {
      failed(connection, 'unreachable');
      return;
    }
    const timeout = Math.max(1, Math.ceil(order.ringMs / 1_000));
    const query = { endpoint, app, callerId: callerIdOf(order), timeout };
    const variables = { ...TRANSFERS_TELL, ...(picksUp ? PICKS_UP : {}) };
    try {
      const { status_code: status } = await link.request('POST', `/channels/${channel}`, query, { variables });
      // 409: the channel is there. 400, 500: nothing that could be rung, such as a phone that is not registered.
      if (status >= 300 && status !== 409) failed(connection, 'unreachable');
    } catch (error) {
      this.#options.connections.remove(connection);
      throw error;
    }
  }

  /** What we dial in a call and is not through: of two such legs, the second has to wait for the first. */
  #notThrough({ tenant, call }: CallName): readonly Connection[] {
    return this.#options.connections
      .all()
      .filter((one) => one.tenant === tenant && one.call === call && one.incoming === undefined && one.state !== 'up');
  }
}
