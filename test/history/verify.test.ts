import { createPublicKey } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentKind } from '../../machines/agent/machine.ts';
import { kinds } from '../../machines/index.ts';
import { projections } from '../../projections/index.ts';
import type { KeptLeaves } from '../../src/history/checkpoint-check.ts';
import { checkpointFilesIn, publicKeyIn, readLeaves, SignedLines } from '../../src/history/checkpoint-files.ts';
import { compareProjections } from '../../src/history/compare-projections.ts';
import { CheckpointSigner, type SigningOptions } from '../../src/history/signed-checkpoints.ts';
import { verify } from '../../src/history/verify.ts';
import { encode } from '../../src/log/codec.ts';
import type { StoredRecord } from '../../src/log/log.ts';
import { unavailable } from '../../src/log/log-failures.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Transition } from '../../src/model/transition.ts';
import { aCall, anAgent, answered, aQueue, CENTRE, type Centre, hungUp } from '../support/centre.ts';
import { eventually } from '../support/eventually.ts';
import { givenBusyCentre, withoutGuard } from './given.ts';

let centre: Centre;

beforeEach(async () => {
  centre = await givenBusyCentre();
});
afterEach(() => centre.close());

/** The log as somebody left it who had his hands on the disk. */
function tampered(change: (records: StoredRecord[]) => StoredRecord[]): MemoryLog {
  const records = change(centre.log.records.map((record) => ({ ...record })));
  const renumbered = records.map((record, index) => ({ ...record, position: index + 1 }));
  return new MemoryLog({ id: centre.log.id, now: () => 0, records: renumbered });
}

/** A record with another content, encoded as we would. */
function edited(record: StoredRecord, change: (transition: Transition) => Transition): StoredRecord {
  return { ...record, payload: encode(change(JSON.parse(Buffer.from(record.payload).toString()) as Transition)) };
}

function positionOf(wanted: (transition: Transition, subject: string) => boolean): number {
  const found = centre.log.records.find(({ payload, subject }) =>
    wanted(JSON.parse(Buffer.from(payload).toString()) as Transition, subject),
  );
  if (found === undefined) throw new Error('no such record');
  return found.position;
}

describe('verification', () => {
  test('finds nothing in what the machines wrote', async () => {
    const report = await verify({ log: centre.log, kinds });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ found: 0, upTo: centre.log.records.length, explained: [] });
    expect(report.actors).toBeGreaterThan(5);
    expect(report.commands).toBeLessThan(report.upTo);
  });

  test('finds nothing in what the distributor and its agents do all day', async () => {
    const agents = ['d1', 'd2', 'd3'];
    await centre.record(CENTRE, aQueue('day', agents), ...agents.map((id) => anAgent(id, { wrapUpMs: 3_000 })));
    centre.startDistributor();
    for (let number = 0; number < 30; number += 1) {
      const id = `day${number}`;
      await centre.happens(aCall(id, 'day'));
      const { context } = centre.call(id);
      if (number % 4 !== 0 && context.offer !== null) await centre.happens(answered(centre.call(id)));
      await centre.wait(2_000);
      if (number % 3 !== 0) await centre.happens(hungUp(id));
    }
    await centre.wait(60_000);
    const report = await verify({ log: centre.log, kinds });
    expect(report.findings).toEqual([]);
    expect(report.upTo).toBeGreaterThan(100);
  });

  test('tells how far it is', async () => {
    const told: [number, number][] = [];
    await verify({ log: centre.log, kinds, progress: (done, total) => told.push([done, total]) });
    const total = centre.log.records.length;
    expect(told[0]).toEqual([0, total]);
    expect(told.at(-1)).toEqual([total, total]);
  });

  test('catches a guard that was changed, and names the first record and the difference', async () => {
    const changed = new Map(kinds).set('agent', withoutGuard(agentKind, 'missedTooMany'));
    const { findings } = await verify({ log: centre.log, kinds: changed });
    const position = positionOf(
      ({ data }) => (data.state.context.presence as { cause?: string } | undefined)?.cause === 'missedCalls',
    );
    expect(findings[0]).toMatchObject({
      kind: 'state',
      position,
      event: 'offer.missed',
      actor: { kind: 'agent', id: 'ann' },
    });
    expect(findings[0]?.changes).toContainEqual({ path: '/value/present/presence', before: 'away', after: 'ready' });
  });

  test('explains by its age what an older machine decided otherwise', async () => {
    const changed = withoutGuard(agentKind, 'missedTooMany');
    const newer: ActorKind = { ...changed, machineVersion: agentKind.machineVersion + 1 };
    const report = await verify({ log: centre.log, kinds: new Map(kinds).set('agent', newer) });
    expect(report.findings).toEqual([]);
    expect(report.explained).toMatchObject([{ machine: `agent@${agentKind.machineVersion}` }]);
  });

  test('does not judge what a newer machine wrote', async () => {
    const older: ActorKind = { ...agentKind, machineVersion: 0 };
    const { findings } = await verify({ log: centre.log, kinds: new Map(kinds).set('agent', older) });
    expect(findings[0]).toMatchObject({ kind: 'newerMachine' });
  });

  test('shows of a private record where it differs, and not what it says', async () => {
    const at = positionOf((_, subject) => subject.startsWith('sec.'));
    const log = tampered((records) =>
      records.map((record) =>
        record.position !== at
          ? record
          : edited(record, (one) => ({
              ...one,
              data: { ...one.data, state: { context: { ...one.data.state.context, sneaked: 'in' } } },
            })),
      ),
    );
    const [finding] = (await verify({ log, kinds })).findings;
    expect(finding).toMatchObject({ kind: 'state', position: at, changes: [{ path: '/context/sneaked' }] });
    expect(JSON.stringify(finding)).not.toContain('"in"');
  });

  test.each([
    ['another event', { event: { type: 'setReady' } }],
    ['another timer', { timers: [{ name: 'wrapUp', due: 1, armed: 1 }] }],
  ] as const)('finds %s', async (_, change) => {
    const at = positionOf(({ data }) => data.event.type === 'setAway');
    const log = tampered((records) =>
      records.map((record) =>
        record.position !== at
          ? record
          : edited(record, (one) => ({
              ...one,
              data:
                'event' in change
                  ? { ...one.data, event: change.event }
                  : { ...one.data, state: { ...one.data.state, timers: change.timers } },
            })),
      ),
    );
    const [finding] = (await verify({ log, kinds })).findings;
    expect(finding?.position).toBe(at);
  });

  test('finds a record that says it began in another state than its actor was in', async () => {
    const at = positionOf(({ data }) => data.event.type === 'setAway');
    const log = tampered((records) =>
      records.map((record) =>
        record.position === at ? edited(record, (one) => ({ ...one, data: { ...one.data, from: 'nowhere' } })) : record,
      ),
    );
    expect((await verify({ log, kinds })).findings[0]).toMatchObject({ kind: 'state', position: at });
  });

  test('finds a command of which a part is gone', async () => {
    const at = positionOf(({ data }) => data.part.number === 2);
    const { findings } = await verify({ log: tampered((records) => records.toSpliced(at - 1, 1)), kinds });
    expect(findings.some(({ kind }) => kind === 'part' || kind === 'tells')).toBe(true);
  });

  test('names where the chain of an actor breaks once, and counts what it cuts off', async () => {
    const at = positionOf(({ source, data }) => source.endsWith('/agents/ann') && data.version === 3);
    const after = centre.log.records.filter(({ position, subject }) => position > at && subject.endsWith('.agent.ann'));
    const log = tampered((records) =>
      records.map((record) => (record.position === at ? edited(record, (one) => ({ ...one, id: 'another' })) : record)),
    );
    const chains = (await verify({ log, kinds })).findings.filter(({ kind }) => kind === 'chain');
    expect(after.length).toBeGreaterThan(5);
    expect(chains).toMatchObject([{ position: after[0]?.position, further: after.length - 1 }]);
  });

  test('counts a last command that was cut as void', async () => {
    const at = positionOf(({ data }) => data.part.of > 1 && data.part.number === 1);
    const report = await verify({ log: tampered((records) => records.slice(0, at)), kinds });
    expect(report).toMatchObject({ findings: [], void: { records: 1, first: at } });
  });
});

describe('projections', () => {
  test('are those of a rebuild', async () => {
    const { log, runtime } = centre;
    expect(await compareProjections({ log, projections, live: runtime.live })).toEqual([]);
  });

  test('that say something else are found, with the row', async () => {
    const { log, runtime } = centre;
    const skewed = projections.map((one) => (one.name === 'agents' ? { ...one, project: () => undefined } : one));
    const [difference] = await compareProjections({ log, projections: skewed, live: runtime.live });
    expect(difference).toMatchObject({ table: 'agents', live: { id: 'ann' }, rebuilt: undefined });
  });
});

describe('signed checkpoints', () => {
  let folder: string;
  const problems: unknown[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-signed-'));
    problems.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function signer(more: Partial<SigningOptions>): CheckpointSigner {
    return new CheckpointSigner({
      runtime: centre.runtime,
      log: centre.log,
      files: checkpointFilesIn(folder),
      everyRecords: 7,
      everyMs: 60_000,
      now: () => centre.clock.now(),
      postponed: (error) => problems.push(error),
      failed: (error) => problems.push(error),
      ...more,
    });
  }

  async function signed(more: Partial<SigningOptions> = {}) {
    const one = signer(more);
    await one.start();
    await eventually('the whole log is in the tree', () =>
      one.position === centre.runtime.live.position || problems.length > 0 ? true : undefined,
    );
    await one.stop();
    return read();
  }

  async function read() {
    const files = checkpointFilesIn(folder);
    const key = await publicKeyIn(files.publicKey);
    if (key === undefined) throw new Error('no key');
    const lines = await SignedLines.in(files.lines, key);
    return { checkpoints: await Array.fromAsync(lines), problem: lines.problem };
  }

  test('cover the log up to its end, and agree with it', async () => {
    const { checkpoints } = await signed();
    expect(checkpoints.at(-1)?.position).toBe(centre.log.records.length);
    expect(checkpoints.length).toBeGreaterThan(2);
    const report = await verify({ log: centre.log, kinds, checkpoints });
    expect(report.findings).toEqual([]);
    expect(report.checkpoints).toEqual({ agreed: checkpoints.length, upTo: centre.log.records.length });
  });

  test('go on after a restart as if there had been none', async () => {
    await signed();
    await centre.wait(60_000);
    await centre.happens({ to: { tenant: CENTRE, kind: 'agent', id: 'ann' }, event: { type: 'setDnd', on: true } });
    const { checkpoints } = await signed();
    expect(problems).toEqual([]);
    expect(checkpoints.at(-1)?.position).toBe(centre.log.records.length);
    expect((await verify({ log: centre.log, kinds, checkpoints })).findings).toEqual([]);
  });

  test('cover what is no record, too', async () => {
    const junk = { subject: `evt.${CENTRE}.agent.junk`, payload: Buffer.from('junk'), expected: 0 };
    await centre.log.append([junk]);
    await centre.happens({ to: { tenant: CENTRE, kind: 'agent', id: 'ann' }, event: { type: 'setDnd', on: true } });
    const { checkpoints } = await signed();
    expect(checkpoints.at(-1)?.position).toBe(centre.log.records.length);
    const { findings } = await verify({ log: centre.log, kinds, checkpoints });
    expect(findings).toMatchObject([{ kind: 'junk', position: centre.log.records.length - 1 }]);
  });

  test('cover the log up to its end also when it could not be read for a while', async () => {
    const junk = { subject: `evt.${CENTRE}.agent.junk`, payload: Buffer.from('junk'), expected: 0 };
    await centre.log.append([junk]);
    await centre.happens({ to: { tenant: CENTRE, kind: 'agent', id: 'ann' }, event: { type: 'setDnd', on: true } });
    let asked = 0;
    const at = async (position: number) => {
      asked += 1;
      if (asked < 3) throw unavailable();
      return centre.log.at(position);
    };
    const { checkpoints } = await signed({ log: { id: centre.log.id, at }, everyMs: 1 });
    expect(asked).toBeGreaterThan(2);
    expect(problems).toEqual([]);
    expect(checkpoints.at(-1)?.position).toBe(centre.log.records.length);
    expect((await verify({ log: centre.log, kinds, checkpoints })).findings).toMatchObject([{ kind: 'junk' }]);
  });

  test('are signed later where they could not be written for a while', async () => {
    const { leaves } = checkpointFilesIn(folder);
    await mkdir(leaves);
    const postponed: unknown[] = [];
    const one = signer({ everyMs: 1, postponed: (error) => postponed.push(error) });
    await one.start();
    await eventually('a try that fails', () => (postponed.length > 0 ? true : undefined));
    await rmdir(leaves);
    const checkpoints = await eventually('a checkpoint of the whole log', async () => {
      const found = await read();
      return found.checkpoints.at(-1)?.position === centre.log.records.length ? found.checkpoints : undefined;
    });
    await one.stop();
    expect(problems).toEqual([]);
    expect((await verify({ log: centre.log, kinds, checkpoints })).findings).toEqual([]);
  });

  test('are signed by a key that only its owner can read', async () => {
    await signed();
    const files = checkpointFilesIn(folder);
    expect((await stat(files.privateKey)).mode & 0o777).toBe(0o600);
    expect(createPublicKey(await readFile(files.publicKey, 'utf8')).asymmetricKeyType).toBe('ed25519');
  });

  test('a key of which a power cut left nothing is made anew, but no key that was used before is replaced', async () => {
    const { privateKey } = checkpointFilesIn(folder);
    await writeFile(privateKey, '');
    expect((await signed()).checkpoints).not.toEqual([]);
    expect(problems).toEqual([]);
    await writeFile(privateKey, '');
    await signed();
    expect(problems).toMatchObject([{ code: 'recordInvalid' }]);
  });

  test('a line that was not written to its end is written again', async () => {
    const { checkpoints } = await signed();
    const { lines } = checkpointFilesIn(folder);
    const text = await readFile(lines, 'utf8');
    await writeFile(lines, text.slice(0, -20));
    expect((await signed()).checkpoints.map(({ root }) => root)).toEqual(checkpoints.map(({ root }) => root));
    expect(problems).toEqual([]);
  });

  test.each([
    ['changed', (lines: string[]) => lines.with(1, (lines[1] ?? '').replace('"position":', '"position":1'))],
    ['removed', (lines: string[]) => lines.toSpliced(1, 1)],
    ['swapped', (lines: string[]) => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? '')],
  ])('a line that was %s is found, and nothing more is signed', async (_, change) => {
    await signed();
    const { lines } = checkpointFilesIn(folder);
    const text = (await readFile(lines, 'utf8')).trimEnd().split('\n');
    await writeFile(lines, `${change(text).join('\n')}\n`);
    expect((await read()).problem).toMatchObject({ line: 2 });
    await signed();
    expect(problems).toMatchObject([{ code: 'recordInvalid' }]);
  });

  test('are gone on with from their end, without a look at all that were ever signed', async () => {
    const { checkpoints } = await signed();
    const { lines } = checkpointFilesIn(folder);
    await writeFile(lines, `${'x'.repeat(100_000)}\n${await readFile(lines, 'utf8')}`);
    await centre.wait(60_000);
    await centre.happens({ to: { tenant: CENTRE, kind: 'agent', id: 'ann' }, event: { type: 'setDnd', on: true } });
    expect((await signed()).problem).toMatchObject({ line: 1 });
    expect(problems).toEqual([]);
    await writeFile(lines, (await readFile(lines, 'utf8')).replace(/^x*\n/, ''));
    expect((await signed()).checkpoints.length).toBeGreaterThan(checkpoints.length);
  });

  test('that are signed while the log is verified are not missed in it', async () => {
    await signed();
    const files = checkpointFilesIn(folder);
    const lines = await SignedLines.in(files.lines, createPublicKey(await readFile(files.publicKey, 'utf8')));
    const upTo = centre.log.records.length;
    await centre.wait(60_000);
    await centre.happens({ to: { tenant: CENTRE, kind: 'agent', id: 'ann' }, event: { type: 'setDnd', on: true } });
    await signed();
    const log = tampered((records) => records.slice(0, upTo));
    expect((await verify({ log, kinds, checkpoints: lines })).findings).toEqual([]);
    expect([lines.count > 0, lines.problem]).toEqual([true, undefined]);
  });

  /** What chains alone would not show: the newest record of an actor, and everything after a position. */
  test.each([
    [
      'edited at its end',
      (records: StoredRecord[]) =>
        records.map((one, index) =>
          index === records.length - 1
            ? edited(one, (record) => ({ ...record, id: record.id.replace(/.$/, 'f') }))
            : one,
        ),
      'checkpoint',
    ],
    ['shortened by a record', (records: StoredRecord[]) => records.slice(0, -1), 'truncated'],
    [
      'reordered',
      (records: StoredRecord[]) => records.with(0, records[1] as StoredRecord).with(1, records[0] as StoredRecord),
      'checkpoint',
    ],
    ['robbed of a record', (records: StoredRecord[]) => records.toSpliced(3, 1), 'checkpoint'],
  ] as const)('show that the log was %s', async (_, change, kind) => {
    const { checkpoints } = await signed();
    const { findings } = await verify({ log: tampered(change), kinds, checkpoints, findingsMax: 100 });
    expect(findings.map((finding) => finding.kind)).toContain(kind);
  });

  test('name the record that was edited, and no other, each stretch between two for itself', async () => {
    const { checkpoints } = await signed();
    const files = checkpointFilesIn(folder);
    const leaves: KeptLeaves = (range) => readLeaves(files.leaves, range);
    const newest = centre.log.records.length;
    const log = tampered((records) =>
      records.map((one, index) =>
        index === 2 || index === newest - 1
          ? edited(one, (record) => ({ ...record, id: record.id.replace(/.$/, 'f') }))
          : one,
      ),
    );
    const { findings, checkpoints: compared } = await verify({ log, kinds, checkpoints, leaves, findingsMax: 100 });
    const positions = findings.filter(({ kind }) => kind === 'checkpoint').map(({ position }) => position);
    expect(positions).toEqual([3, newest]);
    expect(compared.agreed).toBe(checkpoints.length - 2);
  });

  test('do not trust hashes of records that do not lead to the signed root', async () => {
    const { checkpoints } = await signed();
    const [first] = checkpoints;
    const { leaves: file } = checkpointFilesIn(folder);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0, 0, 32));
    const log = tampered((records) =>
      records.map((one, index) => (index === 2 ? edited(one, (record) => ({ ...record, id: `${record.id}f` })) : one)),
    );
    const leaves: KeptLeaves = (range) => readLeaves(file, range);
    const { findings } = await verify({ log, kinds, checkpoints, leaves, findingsMax: 100 });
    const found = findings.find(({ kind }) => kind === 'checkpoint');
    expect(found).toMatchObject({ position: first?.position });
    expect(found?.problem).toContain(`a record from 1 to ${first?.position}`);
  });

  test('are not those of another log', async () => {
    const { checkpoints } = await signed();
    const other = new MemoryLog({ id: 'other', now: () => 0, records: centre.log.records });
    const { findings } = await verify({ log: other, kinds, checkpoints });
    expect(findings).toMatchObject([{ kind: 'checkpoint' }]);
  });
});
