import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { inTurn } from '../../src/server/in-turn.ts';
import { eventually } from '../support/eventually.ts';

interface Given {
  /** What is under way, by path, in the order in which it began. */
  readonly begun: { readonly path: string; readonly response: ServerResponse }[];
  /** The server's ends of the connections. */
  readonly accepted: Socket[];
  connected(): Promise<Socket>;
}

async function given(): Promise<Given> {
  const begun: Given['begun'] = [];
  const accepted: Socket[] = [];
  const server = createServer(inTurn(({ url = '' }, response) => void begun.push({ path: url, response })));
  server.on('connection', (socket) => accepted.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const connected = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return socket.on('error', () => undefined);
  };
  return { begun, accepted, connected };
}

const asking = (...paths: readonly string[]) =>
  paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`).join('');

test('what is sent without waiting is begun when what was sent before is answered', async () => {
  const { begun, connected } = await given();
  const [client, other] = [await connected(), await connected()];
  let answers = '';
  client.on('data', (chunk) => {
    answers += chunk;
  });
  client.write(asking('/1', '/2', '/3'));
  await eventually('the first is begun', () => begun[0]);
  other.write(asking('/other'));
  await eventually('another client is served meanwhile', () => begun[1]);
  for (const _ of ['1', '2', '3']) {
    const { path, response } = begun.at(-1)?.path === '/other' ? (begun[0] as never) : (begun.at(-1) as never);
    const before = begun.length;
    (response as ServerResponse).end(path);
    if (path !== '/3') await eventually('the next is begun', () => begun[before]);
  }
  await eventually('all are answered', () => (answers.endsWith('/3') ? true : undefined));
  expect(begun.map(({ path }) => path)).toEqual(['/1', '/other', '/2', '/3']);
  client.write(asking('/4'));
  await eventually('who waits for his answers is served at once', () => begun[4]);
});

test('what waits on a connection that has gone is never begun', async () => {
  const { begun, connected } = await given();
  const client = await connected();
  client.write(asking('/1', '/2'));
  const first = await eventually('the first is begun', () => begun[0]);
  const gone = once(first.response, 'close');
  client.destroy();
  await gone;
  const other = await connected();
  other.write(asking('/other'));
  await eventually('another client is served', () => begun[1]);
  expect(begun.map(({ path }) => path)).toEqual(['/1', '/other']);
});

test('no more is read of a client who lets many wait, until they are fewer', async () => {
  const { begun, accepted, connected } = await given();
  const client = await connected();
  const paths = Array.from({ length: 2_000 }, (_, index) => `/${index}`);
  client.write(asking(...paths));
  await eventually('it is read no more', () => (accepted[0]?.isPaused() ? true : undefined));
  for (let answered = 0; answered < paths.length; ) {
    const next = begun[answered];
    if (next === undefined) await turnOfTheLoop();
    else {
      next.response.end();
      answered += 1;
    }
  }
  expect(begun.map(({ path }) => path)).toEqual(paths);
});
