/**
 * given records → when queried → then rows. Writes valid histories (versions, `prev` hashes, parts) without any machine,
 * and projects them into a database in memory.
 */
import { encode, hashOf, sourceOf, typeOf } from '../../src/log/codec.ts';
import type { StoredRecord } from '../../src/log/log.ts';
import { subjectOf, type Visibility } from '../../src/log/subjects.ts';
import { type ActorId, keyOf } from '../../src/model/actor-id.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import type { Projection, View } from '../../src/model/projection.ts';
import type { ActorState, Cause, StateValue, Transition, TransitionData } from '../../src/model/transition.ts';
import { ChunkWriter } from '../../src/projector/chunk-writer.ts';
import { Database } from '../../src/projector/database.ts';
import { addTables } from '../../src/projector/open.ts';
import { readStored } from '../../src/projector/read.ts';
import { viewOf } from '../../src/projector/view.ts';

/** What a test says of a record; the rest is made up so that it is valid. */
export interface RecordDraft {
  readonly event?: MachineEvent;
  readonly to?: StateValue;
  readonly state?: ActorState;
  readonly cause?: Partial<Cause>;
  readonly part?: TransitionData['part'];
  /** ms since 1970; else a second after the record before it. */
  readonly time?: number;
  readonly visibility?: Visibility;
}

export const LOG_ID = 'log-of-a-test';
/** Time of position 0: 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;

/** A log in the making: every actor's records chain. */
export class Chains {
  readonly stored: StoredRecord[] = [];
  readonly #ends = new Map<string, { readonly version: number; readonly hash: string; readonly to: StateValue }>();

  /** The next record of an actor. */
  add(actor: ActorId, draft: RecordDraft = {}): this {
    const { transition, to } = this.#next(actor, draft);
    const payload = encode(transition);
    this.#ends.set(keyOf(actor), { version: transition.data.version, hash: hashOf(payload), to });
    return this.junk(payload, subjectOf(actor, draft.visibility ?? 'public'));
  }

  /** What would be the next record of an actor, but for `data`; the chain goes on without it. */
  broken(actor: ActorId, data: Partial<TransitionData>, subject = subjectOf(actor, 'public')): this {
    const { transition } = this.#next(actor, {});
    return this.junk(encode({ ...transition, data: { ...transition.data, ...data } }), subject);
  }

  /** One command that moves several actors. */
  command(id: string, ...moves: readonly (readonly [ActorId, RecordDraft?])[]): this {
    moves.forEach(([actor, draft], index) => {
      const part = { number: index + 1, of: moves.length };
      this.add(actor, { part, ...draft, cause: { command: id, ...draft?.cause } });
    });
    return this;
  }

  /** Any bytes, stored as they are. */
  junk(payload: Uint8Array | string, subject = 'evt.genesys.agent.junk'): this {
    this.stored.push({
      position: this.stored.length + 1,
      subject,
      payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      storedAt: 0,
    });
    return this;
  }

  #next(actor: ActorId, draft: RecordDraft): { readonly transition: Transition; readonly to: StateValue } {
    const end = this.#ends.get(keyOf(actor));
    const { to = 'there', time = START_MS + 1000 * (this.stored.length + 1), event = { type: 'happen' } } = draft;
    const data: TransitionData = {
      version: (end?.version ?? 0) + 1,
      event,
      from: end?.to ?? null,
      to,
      state: draft.state ?? { context: {} },
      cause: { command: `command-${this.stored.length + 1}`, by: 'user:test', via: 'test', ...draft.cause },
      part: draft.part ?? { number: 1, of: 1 },
      machine: `${actor.kind}@1`,
      prev: end?.hash ?? null,
    };
    const transition: Transition = {
      specversion: '1.0',
      id: `01999999-0000-7000-8000-${String(this.stored.length).padStart(12, '0')}`,
      source: sourceOf(actor),
      type: typeOf(actor, event.type),
      time: new Date(time).toISOString(),
      datacontenttype: 'application/json',
      data,
    };
    return { transition, to };
  }
}

/** A database in which the records are projected, in chunks of `chunk` records. */
export function projected(
  stored: readonly StoredRecord[],
  projections: readonly Projection[],
  chunk = Number.POSITIVE_INFINITY,
): { readonly database: Database; readonly view: View } {
  const database = new Database();
  addTables(database, { projections }, LOG_ID);
  const writer = new ChunkWriter(database, { projections }, LOG_ID);
  const size = Math.min(chunk, Math.max(1, stored.length));
  for (let start = 0; start < stored.length; start += size)
    writer.write(stored.slice(start, start + size).map((record) => readStored(record)));
  const now = () => START_MS + 1000 * stored.length;
  const position = () => writer.checkpoint.position;
  return {
    database,
    view: viewOf(database, { position, now, changedAt: position }),
  };
}

/** Every row of every table, to compare databases by. */
export function tablesOf(database: Database): Record<string, unknown[]> {
  const tables = database.all<{ readonly name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  );
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      database.all(`SELECT * FROM ${name} ORDER BY 1, 2`).map((row) => ({ ...(row as object) })),
    ]),
  );
}
