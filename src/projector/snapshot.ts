/**
 * A database that another thread writes, read as it stood at one moment: nothing moves under a reader, who needs no lock
 * for each question either. Renewed by who knows that there is something new, so tables and position change together.
 */
import type { Rows, SqlValue } from '../model/projection.ts';
import { Database } from './database.ts';

export class Snapshot implements Rows {
  readonly #database: Database;
  #held = false;

  /** Of an existing file. Until it is renewed for the first time each question sees what is newest. */
  constructor(file: string) {
    this.#database = new Database(file, 'read');
  }

  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.#database.get<Row>(sql, ...values);
  }

  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#database.all<Row>(sql, ...values);
  }

  /** Moves to what is committed now. */
  renew(): void {
    this.release();
    this.#database.run('BEGIN');
    // Only a question takes the snapshot.
    this.#database.get('SELECT 1 FROM checkpoint');
    this.#held = true;
  }

  /** Lets the writer empty its WAL. To be called when nothing is written until the next `renew`. */
  release(): void {
    if (this.#held) this.#database.run('COMMIT');
    this.#held = false;
  }

  close(): void {
    this.release();
    this.#database.close();
  }
}
