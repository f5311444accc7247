/**
 * Requests handed to the CometD project's server, with its rough edges mended: it finds a session by a cookie of its own
 * alone, so it is shown the one that belongs to the client id; it counts a session's absence from the end of an answer, of
 * which it does not hear when the connection is cut: such a session would stay for ever; it gives what comes next to a
 * connect that it holds though its client has gone, and it would be lost; and its answers are completed.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { CometDServer } from 'cometd-nodejs-server';
import { WHOLE_REPLIES, withCharset } from './replies.ts';
import type { BayeuxMessage } from './wire.ts';

export const BROWSER_COOKIE = 'BAYEUX_BROWSER';

/** How the library is made for them. */
export const LIBRARY_OPTIONS = {
  // Tabs share a cookie, not a session.
  maxSessionsPerBrowser: -1,
  browserCookieName: BROWSER_COOKIE,
  // A connect that another one of the same session took the place of: no failure of ours.
  duplicateMetaConnectHttpResponseCode: 409,
} as const;

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
    // Who has gone while he was being asked who he is would be answered for ever.
    if (response.closed) return;
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    this.#held.add(response);
    try {
      this.#give(request, withCharset(response), messages, browser);
      await closed;
    } finally {
      this.#held.delete(response);
    }
    if (!response.writableEnded) this.#release(messages, browser);
    const isCutShort = response.writableEnded && !response.writableFinished;
    if (isCutShort && response.listenerCount('error') > 0) response.emit('error', new Error('the connection was cut'));
  }

  /** Cuts the connects that are held: their clients come again, to another process or this one restarted. */
  cut(): void {
    for (const response of this.#held) response.destroy();
  }

  #give(request: IncomingMessage, response: ServerResponse, body: readonly BayeuxMessage[], browser: string): void {
    request.headers.cookie = `${BROWSER_COOKIE}=${browser}`;
    this.#server.handle(Object.assign(request, { body }), response);
  }

  /** A connect that is over at once takes the place of one whose client has gone; what comes waits for the client's next. */
  #release(messages: readonly BayeuxMessage[], browser: string): void {
    const nobody = new IncomingMessage(new Socket());
    nobody.method = 'POST';
    const body = messages.map((message) => ({ ...message, advice: { timeout: 0 } }));
    this.#give(nobody, new ServerResponse(nobody), body, browser);
  }
}
