/**
 * A nats-server killed in the midst of writing a batch whose staged copy is lost with it, as a power cut would lose it: what
 * stands in the log is a part, and is told from a whole. It is killed when the log begins to grow, again and again until a
 * kill has really cut a batch in two (tried under load: 18 of 20 did).
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Log } from '../../src/log/log.ts';
import { all, entriesOnNewSubjects, entry, mustAppend, positions, positionsFrom } from '../support/entries.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, PATIENT, startNatsServer } from '../support/nats-server.ts';
import { untilWritten } from '../support/until-written.ts';

const BATCH_RECORDS = 1000;
const RECORD_BYTES = 500;
const KILLS_MAX = 40;

let server: NatsServer;
let log: Log;

beforeEach(async () => {
  server = await startNatsServer();
  log = await openJetStreamLog({ servers: server.url, mintId: randomUUID, requestMsMax: PATIENT.timeout });
});
afterEach(async () => {
  await log.close();
  await server.remove();
});

/** What became of a batch during whose writing the server was killed. */
async function killedWhileWriting(batch: ReturnType<typeof entriesOnNewSubjects>) {
  const stream = join(server.streams, '$G', 'streams', 'LEDGER');
  const writing = untilWritten(stream);
  const appending = log.append(batch);
  await writing;
  await server.kill9();
  await rm(join(stream, 'batches'), { recursive: true, force: true });
  await appending;
  await server.restart();
  return eventually('the log can be read', () => log.outcomeOf(batch));
}

test('a batch that a kill has cut is partly there, and stays so once something stands behind it', async () => {
  for (let kill = 1; kill <= KILLS_MAX; kill += 1) {
    const before = await log.head();
    const batch = entriesOnNewSubjects(`kill${kill}-`, BATCH_RECORDS, RECORD_BYTES);
    const found = await killedWhileWriting(batch);
    if (found.kind !== 'partly') continue;
    const { stored } = found;
    expect(found).toEqual({ kind: 'partly', first: before + 1, stored, sealed: false });
    expect(stored).toBeLessThan(BATCH_RECORDS);
    expect(await log.head()).toBe(before + stored);
    const behind = await mustAppend(log, [entry('evt.t.n.behind', 'whole', 0)]);
    expect(behind).toBe(before + stored + 1);
    expect(await log.outcomeOf(batch)).toEqual({ ...found, sealed: true });
    expect(await log.append(batch)).toEqual({ kind: 'conflict' });
    const records = await all(log.read({ after: 0, upTo: behind }));
    expect(positions(records)).toEqual(positionsFrom(1, behind));
    return;
  }
  expect.fail(`none of ${KILLS_MAX} kills has cut a batch`);
});
