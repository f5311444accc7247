import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { projections } from '../../projections/index.ts';
import { checkpointFilesIn, publicKeyIn, SignedLines } from '../../src/history/checkpoint-files.ts';
import type { SignedCheckpoint } from '../../src/history/checkpoint-line.ts';
import { compareProjections } from '../../src/history/compare-projections.ts';
import { CheckpointSigner } from '../../src/history/signed-checkpoints.ts';
import { verify } from '../../src/history/verify.ts';
import { encode } from '../../src/log/codec.ts';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Log, StoredRecord } from '../../src/log/log.ts';
import { gap } from '../../src/log/log-failures.ts';
import type { Position } from '../../src/model/position.ts';
import type { Transition } from '../../src/model/transition.ts';
import { type BenchRuntime, bulkWriter, openBenchRuntime } from '../support/bench-runtime.ts';
import { eventually } from '../support/eventually.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';

const AGENTS = 8;
const ROUNDS = 12;
let bench: BenchRuntime;
let folder: string;
let checkpoints: readonly SignedCheckpoint[];
const copies: { readonly log: Log; readonly server: NatsServer }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-signed-'));
  bench = await openBenchRuntime();
  const { runtime, log } = bench;
  const files = checkpointFilesIn(folder);
  const problems: unknown[] = [];
  const signer = new CheckpointSigner({
    ...{ runtime, log, files },
    everyRecords: 20,
    everyMs: 60_000,
    now: () => 0,
    postponed: (error) => problems.push(error),
    failed: (error) => problems.push(error),
  });
  await signer.start();
  for (let agent = 0; agent < AGENTS; agent += 1)
    await runtime.submit(bench.command(`a${agent}`, { type: 'create', presence: 'ready', line: `${agent}` }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const type = round % 2 === 0 ? 'setAway' : 'setReady';
    await Promise.all(
      Array.from({ length: AGENTS }, (_, agent) => runtime.submit(bench.command(`a${agent}`, { type }))),
    );
  }
  await eventually('all is in the tree', () => (signer.position === runtime.live.position ? true : undefined));
  await signer.stop();
  expect(problems).toEqual([]);
  const key = await publicKeyIn(files.publicKey);
  if (key === undefined) throw new Error('no key');
  checkpoints = await Array.fromAsync(await SignedLines.in(files.lines, key));
});
afterAll(async () => {
  for (const { log, server } of copies) {
    await log.close();
    await server.remove();
  }
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

/** The log on another server, as somebody would rebuild the stream who wants to be believed: under the same id. */
async function rewritten(change: (records: readonly StoredRecord[]) => readonly StoredRecord[]): Promise<Log> {
  const server = await startNatsServer();
  const log = await openJetStreamLog({ servers: server.url, mintId: sameId(bench.log.id) });
  copies.push({ log, server });
  const records: StoredRecord[] = [];
  for await (const chunk of bench.log.read({ after: 0, upTo: await bench.log.head() })) records.push(...chunk);
  await bulkWriter(log)(change(records).map(({ subject, payload }) => ({ subject, payload })));
  expect(log.id).toBe(bench.log.id);
  return log;
}

/** The log's id is the first that is asked for. */
function sameId(id: string): () => string {
  let first: string | undefined = id;
  return () => {
    const next = first ?? randomUUID();
    first = undefined;
    return next;
  };
}

test('a log in JetStream is proved record by record, with its signatures and its projections', async () => {
  const { log, runtime } = bench;
  const report = await verify({ log, kinds, checkpoints });
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ upTo: AGENTS * (ROUNDS + 1), actors: AGENTS });
  expect(report.checkpoints).toEqual({ agreed: checkpoints.length, upTo: report.upTo });
  expect(await compareProjections({ log, projections, live: runtime.live })).toEqual([]);
});

test('an honest copy of the stream is proved too', async () => {
  expect((await verify({ log: await rewritten((records) => records), kinds, checkpoints })).findings).toEqual([]);
});

test('an edit in a rebuilt stream is found, even where no chain goes on from it', async () => {
  const log = await rewritten((records) => {
    const last = records.at(-1);
    if (last === undefined) throw new Error('an empty log');
    const transition = JSON.parse(Buffer.from(last.payload).toString()) as Transition;
    const { data } = transition;
    const framed = { ...transition, data: { ...data, cause: { ...data.cause, by: 'user:somebody-else' } } };
    return records.with(-1, { ...last, payload: encode(framed) });
  });
  const { findings } = await verify({ log, kinds, checkpoints });
  expect(findings).toMatchObject([{ kind: 'checkpoint', position: AGENTS * (ROUNDS + 1) }]);
});

test('an edit in the middle is found by name: the next record of its actor does not go on from it', async () => {
  const edited = AGENTS + 1;
  const log = await rewritten((records) =>
    records.map((record) => {
      if (record.position !== edited) return record;
      const transition = JSON.parse(Buffer.from(record.payload).toString()) as Transition;
      return { ...record, payload: encode({ ...transition, time: '2020-01-01T00:00:00.000Z' }) };
    }),
  );
  const { findings } = await verify({ log, kinds, checkpoints });
  expect(findings[0]).toMatchObject({ kind: 'time', position: edited });
  expect(findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['chain', 'checkpoint']));
});

/** The log as a server reads it out that has lost one record. */
function without(lost: Position): Pick<Log, 'id' | 'head' | 'read' | 'at'> {
  const { log } = bench;
  return {
    id: log.id,
    head: () => log.head(),
    at: (position) => log.at(position),
    async *read({ after, upTo }) {
      if (after >= lost) return yield* log.read({ after, upTo });
      yield* log.read({ after, upTo: lost - 1 });
      throw gap(lost, lost + 1);
    },
  };
}

test('a record that the server has lost is named, and the rest is proved all the same', async () => {
  const lost = 2 * AGENTS + 3;
  const { findings, missing, checkpoints: agreed } = await verify({ log: without(lost), kinds, checkpoints });
  expect(missing).toBe(1);
  expect(findings).toMatchObject([
    { kind: 'missing', position: lost },
    { kind: 'checkpoint' },
    { kind: 'chain', position: lost + AGENTS, further: ROUNDS - 3 },
  ]);
  expect(agreed.agreed).toBe(checkpoints.length - 1);
});

test('a stream that ends early is found', async () => {
  const log = await rewritten((records) => records.slice(0, -3));
  const { findings } = await verify({ log, kinds, checkpoints });
  expect(findings).toMatchObject([{ kind: 'truncated', position: AGENTS * (ROUNDS + 1) - 3 }]);
});
