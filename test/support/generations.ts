/** A log with a past worth archiving, and its way into the next generation, for tests. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, hashOf, sourceOf, typeOf } from '../../src/log/codec.ts';
import { type BeginStep, beginPlanned } from '../../src/log/generation/begin-planned.ts';
import { planFileIn } from '../../src/log/generation/plan.ts';
import { archiveBefore, type PrepareStep, planNext } from '../../src/log/generation/plan-next.ts';
import { survey } from '../../src/log/generation/survey.ts';
import { openWholeLog } from '../../src/log/generation/whole-log.ts';
import type { Entry, Log, StoredRecord } from '../../src/log/log.ts';
import { patiently } from '../../src/log/patience.ts';
import { subjectOf } from '../../src/log/subjects.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Transition } from '../../src/model/transition.ts';
import { mustAppend } from './entries.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';

/** How a thing may end: for good, or in a state that is one of its kind's ends. */
export type End = 'over' | 'resting';

export interface GenerationWorld {
  readonly server: NatsServer;
  readonly folder: string;
  readonly archives: string;
  open(): Promise<Log>;
  /** The next record of an actor, at `at` ms since 1970. */
  move(log: Log, id: string, at: number, end?: End): Promise<void>;
  /** Archives and plans; what `reached` throws ends it there. */
  plan(keepMs: number, reached?: (step: PrepareStep) => void): Promise<void>;
  begin(reached?: (step: BeginStep) => void): ReturnType<typeof beginPlanned>;
  end(): Promise<void>;
}

const THING: ActorKind = {
  ...{ name: 'thing', visibility: 'public', machineVersion: 1, machine: {}, events: {} },
  ends: ['resting'],
};
const THINGS = new Map([[THING.name, THING]]);

export const actorOf = (id: string): ActorId => ({ tenant: 't', kind: 'thing', id });
export const subjectOfThing = (id: string): string => subjectOf(actorOf(id), id.startsWith('s') ? 'private' : 'public');

export async function givenGenerations(invalid: ReadonlySet<number> = new Set()): Promise<GenerationWorld> {
  const server = await startNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-generations-'));
  const on = generationsOn(server.url, folder, invalid);
  return {
    ...{ server, folder, ...on },
    end: async () => {
      await on.end();
      await server.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same on a server and a folder that are there already, and stay. */
export function generationsOn(
  servers: string,
  folder: string,
  invalid: ReadonlySet<number> = new Set(),
  replicas = 1,
): Omit<GenerationWorld, 'server' | 'folder'> {
  const archives = join(folder, 'archive');
  const planFile = planFileIn(folder);
  // Patiently, for a machine that stands still for seconds does not hear the server's answer in time.
  const open = () => patiently('the log', () => openWholeLog({ servers, mintId: randomUUID, replicas }, archives));
  const opened: Log[] = [];
  return {
    archives,
    open: async () => {
      const log = await open();
      opened.push(log);
      return log;
    },
    move: async (log, id, at, end) => void (await mustAppend(log, [await nextOf(log, id, at, end)])),
    plan: async (keepMs, reached) => {
      const log = await open();
      try {
        const before = await archiveBefore(log, archives);
        await planNext({
          ...{ log, planFile, archiveFolder: archives, consumers: [], time: '2026-01-01T00:00:00Z' },
          survey: await survey({ log, before, invalid, kinds: THINGS, keepMs }),
          ...(reached === undefined ? {} : { reached }),
        });
      } finally {
        await log.close();
      }
    },
    begin: (reached) =>
      beginPlanned({
        ...{ planFile, archiveFolder: archives, servers, seed: undefined },
        ...(reached === undefined ? {} : { reached }),
      }),
    end: async () => {
      for (const log of opened) await log.close();
    },
  };
}

/** On the newest record of its subject, as a host would decide it: the same bytes for the same history. */
async function nextOf(log: Log, id: string, at: number, end?: End): Promise<Entry> {
  const actor = actorOf(id);
  const subject = subjectOfThing(id);
  const standing = await log.last(subject);
  const last = standing ?? (await newestOf(log, subject));
  const before = last === undefined ? undefined : (JSON.parse(Buffer.from(last.payload).toString()) as Transition);
  const version = (before?.data.version ?? 0) + 1;
  const record: Transition = {
    ...{ specversion: '1.0', datacontenttype: 'application/json', id: `00000000-0000-7000-8000-${id}-${version}` },
    ...{ source: sourceOf(actor), type: typeOf(actor, 'moved'), time: new Date(at).toISOString() },
    data: {
      ...{ version, event: { type: 'moved' }, from: before?.data.to ?? null, to: end ?? 'on' },
      state: { context: { moves: version }, ...(end === 'over' ? { done: true } : {}) },
      cause: { command: `${id}-${version}`, by: 'user:u', via: 'test' },
      ...{ part: { number: 1, of: 1 }, machine: 'thing@1', prev: last === undefined ? null : hashOf(last.payload) },
    },
  };
  return { subject, payload: encode(record), expected: standing?.position ?? 0 };
}

async function newestOf(log: Log, subject: string): Promise<StoredRecord | undefined> {
  let newest: StoredRecord | undefined;
  for await (const chunk of log.history(subject, 0)) newest = chunk.at(-1);
  return newest;
}
