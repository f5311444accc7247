/**
 * Brings one database forward, chunk by chunk: checks each record against its actor's chain, gives the valid ones to every
 * projection and the others to the quarantine, and stores how far it got, all in one transaction per chunk.
 * The same log gives the same tables, however it is cut into chunks.
 */
import { chainBreak, hashOf } from '../log/codec.ts';
import { keyOfSubject } from '../log/subjects.ts';
import type { Position } from '../model/position.ts';
import type { Projection } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Database } from './database.ts';
import { Heads, inOrder } from './heads.ts';
import { noteMoment } from './moments.ts';
import { type Quarantined, quarantine } from './quarantine.ts';
import type { Read } from './read.ts';

/** What one transaction made of the records after `after` up to `upTo`. */
export interface Chunk {
  readonly after: Position;
  readonly upTo: Position;
  readonly valid: readonly LoggedTransition[];
  readonly quarantined: readonly Quarantined[];
  /** Stored size of all of them. */
  readonly bytes: number;
  /** Position of the newest valid record of each kind among them. */
  readonly newest: ReadonlyMap<string, Position>;
}

export class ChunkWriter {
  readonly #database: Database;
  readonly #everyRecord: readonly Projection[];
  readonly #newestOnly: readonly Projection[];
  readonly #heads: Heads;
  #checkpoint: Checkpoint;

  /** `database` has the tables and belongs to `log`; it is carried on from its own checkpoint. */
  constructor(database: Database, projections: readonly Projection[], log: string) {
    this.#database = database;
    this.#everyRecord = projections.filter(({ newestOnly }) => newestOnly !== true);
    this.#newestOnly = projections.filter(({ newestOnly }) => newestOnly === true);
    this.#heads = new Heads(database);
    this.#checkpoint = readCheckpoint(database) ?? { log, position: 0, hash: null, time: 0 };
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** `reads` are the records that follow the checkpoint, whole commands, at least one. When it throws nothing has changed. */
  write(reads: readonly Read[]): Chunk {
    const after = this.#checkpoint.position;
    try {
      const { checkpoint, ...chunk } = this.#database.transaction(() => this.#project(reads));
      this.#checkpoint = checkpoint;
      return { after, upTo: checkpoint.position, ...chunk };
    } catch (error) {
      this.#heads.reset();
      throw error;
    }
  }

  #project(reads: readonly Read[]): Omit<Chunk, 'after' | 'upTo'> & { readonly checkpoint: Checkpoint } {
    const valid: LoggedTransition[] = [];
    const bad: Quarantined[] = [];
    const newest = new Map<string, Position>();
    const lastOfActor = new Map<Position, LoggedTransition>();
    let { log, time } = this.#checkpoint;
    let bytes = 0;
    for (const { stored, record, junk } of reads) {
      const created = record === undefined ? (junk ?? 'unreadable') : this.#advance(stored.subject, record);
      if (record === undefined || typeof created === 'string') {
        bad.push(quarantine(this.#database, stored, String(created)));
      } else {
        valid.push(record);
        newest.set(record.actor.kind, record.position);
        if (record.time > time) time = record.time;
        lastOfActor.set(created, record);
        for (const projection of this.#everyRecord) projection.project(record, this.#database, created);
      }
      bytes += stored.payload.length;
      noteMoment(this.#database, stored.position, time);
    }
    const ordered = inOrder(lastOfActor);
    for (const projection of this.#newestOnly)
      for (const [created, record] of ordered) projection.project(record, this.#database, created);
    for (const projection of this.#everyRecord) projection.flush?.(this.#database);
    this.#heads.flush();
    const checkpoint = { log, time, ...end(reads) };
    writeCheckpoint(this.#database, checkpoint);
    return { checkpoint, valid, quarantined: bad, bytes, newest };
  }

  /** Moves the actor's head to `record` and gives the position of its first, or says why `record` is not its next. */
  #advance(subject: string, record: LoggedTransition): Position | string {
    const key = keyOfSubject(subject);
    const head = this.#heads.of(key);
    const problem = chainBreak(record, head);
    if (problem !== undefined) return problem;
    if (head !== undefined && (head.private === 1) !== (record.visibility === 'private'))
      return `a ${record.visibility} record of an actor that is not`;
    this.#heads.advance(key, record, head);
    return head?.created ?? record.position;
  }
}

function end(reads: readonly Read[]): { readonly position: Position; readonly hash: string } {
  const last = reads.at(-1);
  if (last === undefined) throw new Error('A chunk holds at least one record');
  return { position: last.position, hash: last.record?.hash ?? hashOf(last.stored.payload) };
}
