/**
 * Brings one database forward, chunk by chunk: checks each record against its actor's chain and kind, gives the valid ones to every
 * projection and the others to the quarantine, and stores how far it got, all in one transaction per chunk.
 * The same log gives the same tables, however it is cut into chunks.
 */
import { chainBreak, hashOf } from '../log/codec.ts';
import { keyOfSubject } from '../log/subjects.ts';
import { formProblem, type KindForms } from '../model/form-check.ts';
import type { Position } from '../model/position.ts';
import type { Projection } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Checkpoint, type Makers, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Database } from './database.ts';
import { HeadWriter, hashAt, type MovingHead } from './head-writer.ts';
import { latestAfter, noteMoment } from './moments.ts';
import { type Quarantined, quarantine } from './quarantine.ts';
import type { FedRecord, Read } from './read.ts';

/** What one transaction made of the records after `after` up to `upTo`. */
export interface Chunk {
  readonly after: Position;
  readonly upTo: Position;
  /** Absent where they were not kept, as while much is read at once: they are in the log. */
  readonly valid: readonly LoggedTransition[] | undefined;
  readonly quarantined: readonly Quarantined[];
  /** Stored size of all of them. */
  readonly bytes: number;
  /** Position of the newest valid record of each kind among them. */
  readonly newest: ReadonlyMap<string, Position>;
}

/** A chunk whose transaction is open. */
interface OpenChunk {
  readonly after: Position;
  valid: LoggedTransition[] | undefined;
  readonly quarantined: Quarantined[];
  bytes: number;
  readonly newest: Map<string, Position>;
  /** Highest time of a record so far, by `moments.ts`. */
  time: number;
  checkpoint: Checkpoint;
}

export class ChunkWriter {
  readonly #database: Database;
  readonly #projections: readonly Projection[];
  readonly #everyRecord: ByKind;
  readonly #newestOnly: ByKind;
  readonly #heads: HeadWriter;
  readonly #kinds: KindForms | undefined;
  #checkpoint: Checkpoint;
  #open: OpenChunk | undefined;

  /** `database` has the tables and belongs to `log`; it is carried on from its own checkpoint. */
  constructor(database: Database, { projections, kinds }: Makers, log: string) {
    this.#database = database;
    this.#projections = projections;
    this.#everyRecord = new ByKind(projections.filter(({ newestOnly }) => newestOnly !== true));
    this.#newestOnly = new ByKind(projections.filter(({ newestOnly }) => newestOnly === true));
    this.#heads = new HeadWriter(database);
    this.#kinds = kinds;
    this.#checkpoint = readCheckpoint(database) ?? { log, position: 0, hash: null, time: 0 };
  }

  /** Of what is committed. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Stored size of what is added and not committed. */
  get openBytes(): number {
    return this.#open?.bytes ?? 0;
  }

  /** A chunk of its own. `reads` are the records that follow, whole commands, at least one. */
  write(reads: readonly Read[]): Chunk {
    this.add(reads, true);
    const chunk = this.commit();
    if (chunk === undefined) throw new Error('A chunk holds at least one record');
    return chunk;
  }

  /**
   * Projects the records that follow, whole commands. When it throws everything since the last `commit` is undone.
   * @param keep whether what was read is kept until then, for who follows; it takes five times what is stored
   */
  add(reads: readonly Read[], keep: boolean): void {
    if (reads.length === 0) return;
    const chunk = this.#open ?? this.#begin();
    if (!keep) chunk.valid = undefined;
    this.#orUndo(() => this.#project(reads, chunk));
  }

  /** Lets everybody see what was added; undefined when nothing was. When it throws, as `add`. */
  commit(): Chunk | undefined {
    const chunk = this.#open;
    if (chunk === undefined) return undefined;
    this.#orUndo(() => this.#finish(chunk));
    this.#open = undefined;
    const { after, valid, quarantined, bytes, newest, checkpoint } = chunk;
    this.#checkpoint = checkpoint;
    return { after, upTo: checkpoint.position, valid, quarantined, bytes, newest };
  }

  #begin(): OpenChunk {
    this.#database.begin();
    const checkpoint = this.#checkpoint;
    this.#open = {
      ...{ after: checkpoint.position, valid: [], quarantined: [], bytes: 0 },
      ...{ newest: new Map(), time: checkpoint.time, checkpoint },
    };
    return this.#open;
  }

  #orUndo(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#open = undefined;
      this.#database.rollback();
      this.#heads.reset();
      for (const projection of this.#projections) projection.forget?.(this.#database);
      throw error;
    }
  }

  #project(reads: readonly Read[], chunk: OpenChunk): void {
    for (const { stored, record, junk } of reads) {
      const before = chunk.time;
      const created = record === undefined ? (junk ?? 'unreadable') : this.#advance(stored, record, chunk);
      if (record === undefined || typeof created === 'string') {
        chunk.quarantined.push(quarantine(this.#database, stored, String(created)));
      } else {
        chunk.valid?.push(record);
        chunk.newest.set(record.actor.kind, record.position);
        for (const projection of this.#everyRecord.of(record)) projection.project(record, this.#database, created);
      }
      chunk.bytes += stored.payload.length;
      noteMoment(this.#database, stored.position, chunk.time, before);
    }
    chunk.checkpoint = { log: chunk.checkpoint.log, time: chunk.time, ...end(reads) };
  }

  #finish({ checkpoint }: OpenChunk): void {
    for (const [created, record] of this.#heads.newest())
      for (const projection of this.#newestOnly.of(record)) projection.project(record, this.#database, created);
    for (const projection of this.#projections) projection.flush?.(this.#database);
    this.#heads.flush();
    writeCheckpoint(this.#database, checkpoint);
    this.#database.commit();
  }

  /** Moves the actor's head to `record` and gives the position of its first, or says why `record` is not its next. */
  #advance(stored: FedRecord, record: LoggedTransition, chunk: OpenChunk): Position | string {
    const key = keyOfSubject(stored.subject);
    const known = this.#heads.of(key);
    const problem = stored.isKnown === true ? undefined : this.#problemOf(known, record);
    if (problem !== undefined) return problem;
    const head = known ?? this.#heads.born(key, record);
    chunk.time = latestAfter(record.time, known?.time, chunk.time);
    this.#heads.advance(head, stored, record, chunk.valid !== undefined);
    return head.created;
  }

  #problemOf(head: MovingHead | undefined, record: LoggedTransition): string | undefined {
    const problem = chainBreak(record, head && { version: head.version, hash: hashAt(head) });
    if (problem !== undefined || this.#kinds === undefined) return problem;
    return formProblem(record, this.#kinds);
  }
}

/** Projections by the kind of actor whose records they look at. */
class ByKind {
  readonly #all: readonly Projection[];
  readonly #byKind = new Map<string, readonly Projection[]>();

  constructor(projections: readonly Projection[]) {
    this.#all = projections;
  }

  of({ actor: { kind } }: LoggedTransition): readonly Projection[] {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const looking = this.#all.filter(
      ({ kinds, exceptKinds }) => kinds?.includes(kind) ?? exceptKinds?.includes(kind) !== true,
    );
    this.#byKind.set(kind, looking);
    return looking;
  }
}

function end(reads: readonly Read[]): { readonly position: Position; readonly hash: string } {
  const last = reads.at(-1);
  if (last === undefined) throw new Error('A chunk holds at least one record');
  return { position: last.position, hash: last.record?.hash ?? hashOf(last.stored.payload) };
}
