/**
 * How full the queue of a CometD session is, which the library does not bound: whoever feeds it waits for room. A client that
 * said it would acknowledge and does not is sent away, since all it was sent is kept for it and sent again every time.
 */
import type { ServerSession } from 'cometd-nodejs-server';

const QUEUED_MAX = 500;
/** One that acknowledges has up to twice what is queued on its way. */
const UNACKNOWLEDGED_MAX = 4 * QUEUED_MAX;

export class Outbox {
  #queued = 0;
  #waiting: (() => void)[] = [];

  constructor(session: ServerSession) {
    session.addListener('queueDrain', (_, sent: readonly object[]) => {
      this.#emptied();
      // After the answer that is being made.
      if (sent.length > UNACKNOWLEDGED_MAX) setImmediate(() => session.disconnect());
    });
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
