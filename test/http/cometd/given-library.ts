/** The CometD project's server behind HTTP, as our dialects use it, and messages posted to it one request at a time. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cometd, { type CometDServer, type ServerSession } from 'cometd-nodejs-server';
import ack from 'cometd-nodejs-server/ack-extension.js';
import { readJson } from '../../../src/http/body.ts';
import { Exchanges, LIBRARY_OPTIONS } from '../../../src/http/cometd/exchanges.ts';
import { parseMessages } from '../../../src/http/cometd/wire.ts';

export interface Answered {
  readonly clientId: string;
  readonly channel: string;
  readonly successful?: boolean;
  readonly ext?: { readonly ack: number };
}

export interface Library {
  readonly library: CometDServer;
  readonly server: Server;
  readonly port: number;
  post(...messages: object[]): Promise<Response>;
  /** Shakes hands as one that acknowledges. */
  join(): Promise<ServerSession>;
  stop(): void;
}

export const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };
export const CONNECT = { channel: '/meta/connect', connectionType: 'long-polling' };

/** Where whoever asks has gone before his request is taken. */
export const LATE = '/late';
const HOLD_MS = 200;
/** A busy machine may stand still for a second between a handshake and its connect. */
const AWAY_MS = 3_000;

export async function givenLibrary(): Promise<Library> {
  const library = cometd.createCometDServer({ ...LIBRARY_OPTIONS, timeout: HOLD_MS, maxInterval: AWAY_MS });
  library.addExtension(new ack.AcknowledgedMessagesExtension());
  const exchanges = new Exchanges(library);
  const server = createServer(async (request, response) => {
    const body = await readJson(request);
    if (request.url === LATE) await once(response, 'close');
    const messages = body.ok ? parseMessages(body.value, { holdMs: HOLD_MS }) : body;
    if (messages.ok) await exchanges.take(request, response, messages.value, 'one');
    else response.writeHead(400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const post = (...messages: object[]) =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(messages) });
  return {
    library,
    server,
    port,
    post,
    async join() {
      const answer = await post({ ...HANDSHAKE, ext: { ack: true } });
      const [{ clientId }] = (await answer.json()) as [Answered];
      return library.getServerSession(clientId);
    },
    stop() {
      server.closeAllConnections();
      server.close();
      library.close();
    },
  };
}
