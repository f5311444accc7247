/**
 * How full the queue of a CometD session is, which the library does not bound: whoever feeds it waits for room.
 */
import type { ServerSession } from 'cometd-nodejs-server';

const QUEUED_MAX = 500;

export class Outbox {
  #queued = 0;
  #waiting: (() => void)[] = [];

  constructor(session: ServerSession) {
    session.addListener('queueDrain', () => this.#emptied());
    session.addListener('removed', () => this.#emptied());
  }

  added(): void {
    this.#queued += 1;
  }

  room(): Promise<void> {
    if (this.#queued < QUEUED_MAX) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #emptied(): void {
    this.#queued = 0;
    for (const go of this.#waiting.splice(0)) go();
  }
}
