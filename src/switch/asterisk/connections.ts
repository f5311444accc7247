/**
 * The channels of an Asterisk that are ours, and which legs each carries: its own, and those that share it by turns.
 * Memory only: made anew of what Asterisk has and of what the log expects.
 */
import type { DialOrder, Heard, IncomingCall, LegRef } from '../switch.ts';

export interface Connection extends LegRef {
  /** The call it was made for; a transfer may have brought it into another. */
  readonly call: string;
  readonly number: string;
  readonly line?: string;
  /** Of one that we dial, unless it was there before us. */
  readonly order?: DialOrder;
  /** Of one that called us. */
  readonly incoming?: IncomingCall;
  channel: string;
  attempt: number;
  /** `waiting`: to be dialled when another leg of its call is through. `up`: in our application, so that it can be told what to do. */
  state: 'waiting' | 'dialing' | 'ringing' | 'up';
  /** It was picked up, or is to be: from then on it ends, where before it failed. */
  isAnswered: boolean;
  /** To be dialled again, with the phone answering by itself, once its channel is gone. */
  dialsAgain: boolean;
  /** All that it carries, in the order they came. */
  readonly legs: Set<string>;
  /** What each leg is to hear. */
  readonly wanted: Map<string, Heard>;
  /** What it hears of that; undefined when that is not known. */
  hears: Heard | undefined;
  /** Legs that are not to be heard. */
  readonly muted: Set<string>;
  /** Whether it is heard; undefined when that is not known. */
  isMuted: boolean | undefined;
  /** The leg that was held at the phone itself. */
  heldThere: string | undefined;
  /** `order` of the last event of its phone. */
  told: number;
  /** Settles when its phone was answered what it asked for: before that it is not hung up on. */
  answering: Promise<unknown>;
}

export type Found = Pick<Connection, 'tenant' | 'leg' | 'call' | 'number' | 'channel' | 'attempt' | 'state'> &
  Partial<Pick<Connection, 'line' | 'order' | 'incoming'>>;

export class Connections {
  readonly #connections = new Set<Connection>();
  readonly #byLeg = new Map<string, Connection>();

  all(): readonly Connection[] {
    return [...this.#connections];
  }

  of(ref: LegRef): Connection | undefined {
    return this.#byLeg.get(keyOf(ref));
  }

  onChannel(id: string): Connection | undefined {
    for (const connection of this.#connections) if (connection.channel === id) return connection;
    return undefined;
  }

  add(found: Found): Connection {
    const connection: Connection = {
      ...found,
      isAnswered: found.state === 'up',
      dialsAgain: false,
      legs: new Set(),
      wanted: new Map(),
      hears: undefined,
      muted: new Set(),
      isMuted: found.state === 'up' ? undefined : false,
      heldThere: undefined,
      told: 0,
      answering: Promise.resolve(),
    };
    this.#connections.add(connection);
    this.carry(connection, found.leg);
    return connection;
  }

  /** One leg more on it. */
  carry(connection: Connection, leg: string): void {
    connection.legs.add(leg);
    this.#byLeg.set(keyOf({ tenant: connection.tenant, leg }), connection);
  }

  /** One leg fewer; false when that was the last, and the connection is not known any more. */
  leave(connection: Connection, leg: string): boolean {
    connection.legs.delete(leg);
    connection.wanted.delete(leg);
    connection.muted.delete(leg);
    this.#byLeg.delete(keyOf({ tenant: connection.tenant, leg }));
    if (connection.legs.size > 0) return true;
    this.#connections.delete(connection);
    return false;
  }

  /** With all its legs. */
  remove(connection: Connection): readonly LegRef[] {
    const legs = [...connection.legs].map((leg) => ({ tenant: connection.tenant, leg }));
    for (const { leg } of legs) this.leave(connection, leg);
    return legs;
  }
}

function keyOf({ tenant, leg }: LegRef): string {
  return `${tenant} ${leg}`;
}
