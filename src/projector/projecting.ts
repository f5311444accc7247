/**
 * The writing half of the read side, as the projector sees it: it hands over the log as it comes and is told of every
 * chunk in the moment in which queries see it. Two places for it: in this thread (projecting-here.ts), and in a thread of
 * its own (projecting-apart.ts), which runs the same code.
 */
import type { Position } from '../model/position.ts';
import type { Rows } from '../model/projection.ts';
import type { Chunk } from './chunk-writer.ts';
import type { CopySource } from './kept-copies.ts';
import type { FedRecord } from './read.ts';

export interface Projecting extends CopySource {
  /** What is projected. It changes in the moment of a `ProjectingListener.projected`, at no other. */
  readonly rows: Rows;
  /** Where the database stood when it was opened. */
  readonly openedAt: Position;
  /**
   * Takes the records that follow, at most some thousands; the next call waits for this one. Whole commands are
   * projected, those that are not whole held back. With `more` to come at once they may wait for a larger transaction.
   */
  project(stored: readonly FedRecord[], more: boolean): void | Promise<void>;
  /** Declares a new database caught up: from now on it survives a crash. */
  finish(): void | Promise<void>;
  /** Ends everything; `rows` must not be read any more. */
  close(): void | Promise<void>;
}

export interface ProjectingListener {
  projected(chunk: Chunk): void;
  /** Nothing will be projected any more: a bug, a broken disk. */
  failed(error: unknown): void;
}
