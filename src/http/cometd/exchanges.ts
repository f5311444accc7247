/**
 * Requests handed to the CometD project's server, with its rough edges mended: it finds a session by a cookie of its own
 * alone, so it is shown the one that belongs to the client id; it counts a session's absence from the end of an answer, of
 * which it does not hear when the connection is cut: such a session would stay for ever; and its answers are completed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CometDServer } from 'cometd-nodejs-server';
import { WHOLE_REPLIES, withCharset } from './replies.ts';
import type { BayeuxMessage } from './wire.ts';

export const BROWSER_COOKIE = 'BAYEUX_BROWSER';

export class Exchanges {
  readonly #server: CometDServer;
  readonly #held = new Set<ServerResponse>();

  constructor(server: CometDServer) {
    this.#server = server;
    server.addExtension(WHOLE_REPLIES);
  }

  /** The library has asked all it asks back when this returns; the promise resolves when the answer is out, or cut. */
  async take(
    request: IncomingMessage,
    response: ServerResponse,
    messages: readonly BayeuxMessage[],
    browser: string,
  ): Promise<void> {
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    this.#held.add(response);
    try {
      request.headers.cookie = `${BROWSER_COOKIE}=${browser}`;
      this.#server.handle(Object.assign(request, { body: messages }), withCharset(response));
      await closed;
    } finally {
      this.#held.delete(response);
    }
    const isCutShort = response.writableEnded && !response.writableFinished;
    if (isCutShort && response.listenerCount('error') > 0) response.emit('error', new Error('the connection was cut'));
  }

  /** Cuts the connects that are held: their clients come again, to another process or this one restarted. */
  cut(): void {
    for (const response of this.#held) response.destroy();
  }
}
