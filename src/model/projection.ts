/**
 * A read model: tables, how a record changes them, and (beside it, in the same file) the queries that read them.
 * A query takes the view it reads; the live one is only the newest view.
 */
import type { Position } from './position.ts';
import type { LoggedTransition } from './transition.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** Reads. Statements are prepared once per text: give constants, never built strings. */
export interface Rows {
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[];
}

/** Writes, inside the projector's transaction. */
export interface Tables extends Rows {
  /** How many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number;
}

/** A projected database at a position, with its own idea of now (ms since 1970). */
export interface View extends Rows {
  readonly position: Position;
  readonly now: number;
  /**
   * A position at or after the newest record of a kind: as long as it stays the same, so does everything that is known of
   * that kind, and what was read of it may be kept.
   */
  changedAt(kind: string): Position;
}

/** A view of whoever asked for it: readable until he disposes of it (`using`). The live one stays readable. */
export interface HeldView extends View, Disposable {}

export interface Projection {
  /** Unique; also the prefix of its tables. */
  readonly name: string;
  /** Rises with every change of tables or meaning; a mismatch rebuilds. */
  readonly version: number;
  /** DDL, run once on an empty database. */
  readonly tables: string;
  /** Of which actors it looks at the records; absent: of all. */
  readonly kinds?: readonly string[];
  /** Of which it looks at none, whatever they hold: what their records remember need not be read for it. */
  readonly exceptKinds?: readonly string[];
  /**
   * True for one that holds the actors as they are now: of several records of an actor it need only see the newest, and of
   * the actors in any order, with the same result. That spares most writes while much is read at once.
   */
  readonly newestOnly?: boolean;
  /** True for one that is asked of the present alone: a past moment is made without it, and may hold any part of it. */
  readonly presentOnly?: boolean;
  /**
   * Applies one record. Deterministic: depends on nothing but the record and the projection's own tables.
   * @param created position of the actor's first record
   */
  project(record: LoggedTransition, tables: Tables, created: Position): void;
  /** Writes what `project` left for the end of the transaction, before anybody reads it. */
  flush?(tables: Tables): void;
  /** Drops what it keeps in memory of these tables: what was projected since the last `flush` is undone. */
  forget?(tables: Tables): void;
}

/** Those that a past moment is made with. */
export function ofThePast(projections: readonly Projection[]): readonly Projection[] {
  return projections.filter(({ presentOnly }) => presentOnly !== true);
}
