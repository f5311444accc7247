import type { ServerSession } from 'cometd-nodejs-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from '../../../src/http/cometd/outbox.ts';
import { type Answered, CONNECT, givenLibrary, type Library } from './given-library.ts';

const ROUNDS = 20;

let at: Library;
let session: ServerSession;
let outbox: Outbox;
beforeEach(async () => {
  at = await givenLibrary();
  session = await at.join();
  outbox = new Outbox(session);
});
afterEach(() => at.stop());

async function hasRoom(): Promise<boolean> {
  let has = false;
  void outbox.room().then(() => {
    has = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return has;
}

/** Fills the queue as far as there is room, and fetches it as one who has taken so much. */
async function round(id: number, acknowledged: number): Promise<Answered | undefined> {
  while (await hasRoom()) {
    session.deliver(null, '/told', {});
    outbox.added();
  }
  const answer = await at.post({ ...CONNECT, id: `${id}`, clientId: session.id, ext: { ack: acknowledged } });
  return ((await answer.json()) as Answered[]).find(({ channel }) => channel === CONNECT.channel);
}

test('a client that acknowledges what it is sent is sent any amount', async () => {
  let acknowledged = 0;
  for (let id = 1; id <= ROUNDS; id += 1) {
    const answer = await round(id, acknowledged);
    expect(answer).toMatchObject({ successful: true });
    acknowledged = answer?.ext?.ack ?? 0;
  }
});

test('a client that acknowledges nothing is sent away before it is owed too much', async () => {
  let id = 1;
  while ((await round(id, 0))?.successful === true && id < ROUNDS) id += 1;
  expect(id).toBeGreaterThan(3);
  expect(id).toBeLessThan(ROUNDS);
});
