/** A receiver of webhooks on a port of the system's choice: keeps what comes, and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../src/model/json.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly event: JsonObject;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers, from now on: a status, or what to do instead of answering. */
  answer: (received: Received) => number | Promise<number>;
  close(): Promise<void>;
}

export async function givenReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const one = { headers: request.headers, text, event: JSON.parse(text) as JsonObject };
    received.push(one);
    const status = await receiver.answer(one);
    response.writeHead(status, status >= 300 && status < 400 ? { location: receiver.url } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: () => 204,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
