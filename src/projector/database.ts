/**
 * One SQLite database, by Node's own binding: the only importer of it. Statements are prepared once per text.
 * WAL with `synchronous=NORMAL`: a power failure may lose the last chunks, which the log gives back, but does not damage
 * the file. While a file is built from zero, `unsafe` leaves even that out. Unless a thread reads what another one writes
 * (snapshot.ts) it is locked for as long as it is open: taking and leaving a lock costs each query more than answering it.
 */
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlValue, Tables } from '../model/projection.ts';

const IN_MEMORY = ':memory:';
const CACHE_KIB = 32 * 1024;
/** Of a past moment, of which several are open: what is read again is in the system's cache still. */
const SEALED_CACHE_KIB = 4 * 1024;
/** Pages of WAL before they are moved to the main file: 16 MiB. */
const WAL_PAGES = 4096;

/** A writer that empties the WAL waits for readers who are about to end. */
const BUSY_MS_MAX = 5_000;

const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** The index of the WAL could not grow: SQLite's word for a full disk where the WAL itself still had room. */
const SQLITE_IOERR_SHMSIZE = 4874;

/**
 * `keep`: used by this connection alone. `shared`: this one writes while others `read`; the writer calls `emptyWal` himself,
 * since only he knows when no reader is in the way. `scratch`: without companion files, so that the file may be unlinked
 * while it is open.
 */
export type DatabaseUse = 'keep' | 'shared' | 'read' | 'scratch';

export class Database implements Tables {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #checkpointPages: number;

  /**
   * Opens or creates `file` (`read`: it must exist); `:memory:` for one that lives as long as this object, '' for the same
   * with a nameless file to spill into.
   */
  constructor(file: string = IN_MEMORY, use: DatabaseUse = 'keep') {
    this.file = file;
    this.#checkpointPages = use === 'shared' ? 0 : WAL_PAGES;
    this.#connection = new DatabaseSync(file, { readOnly: use === 'read', timeout: BUSY_MS_MAX });
    this.execute(`PRAGMA cache_size=-${CACHE_KIB}; PRAGMA temp_store=MEMORY`);
    if (use === 'read') return;
    if (use !== 'shared') this.execute('PRAGMA locking_mode=EXCLUSIVE');
    if (this.inMemory) return;
    if (use === 'scratch') {
      this.execute('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF');
    } else {
      this.execute('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
      this.execute(`PRAGMA wal_autocheckpoint=${this.#checkpointPages}`);
    }
  }

  get inMemory(): boolean {
    return this.file === IN_MEMORY;
  }

  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  run(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** Runs a script of several statements, such as DDL; nothing is kept prepared. */
  execute(script: string): void {
    this.#connection.exec(script);
  }

  /** All of `work` or, when it throws, none of it. */
  transaction<Result>(work: () => Result): Result {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  begin(): void {
    this.run('BEGIN');
  }

  commit(): void {
    this.run('COMMIT');
  }

  rollback(): void {
    if (this.#connection.isTransaction) this.run('ROLLBACK');
  }

  /** No syncs at all: after a power failure the file may be damaged without a sign. Ended by `safe`. */
  unsafe(): void {
    if (!this.inMemory) this.execute('PRAGMA synchronous=OFF');
  }

  /** Brings everything written so far to the disk, and syncs again from here on. Not while it is `frozen`. */
  safe(): void {
    if (!this.inMemory)
      this.execute('PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous=NORMAL');
  }

  /** Moves everything that is committed into the main file. Not while it is `frozen`. */
  emptyWal(): void {
    this.execute('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /**
   * Holds the main file still while `copy` reads it: what is committed by now is moved into it, later commits wait in
   * the WAL. Copying the file then gives a whole database, without stopping the writer.
   */
  async frozen(copy: (file: string) => Promise<void>): Promise<void> {
    this.emptyWal();
    this.execute('PRAGMA wal_autocheckpoint=0');
    try {
      await copy(this.file);
    } finally {
      if (this.#connection.isOpen) this.execute(`PRAGMA wal_autocheckpoint=${this.#checkpointPages}`);
    }
  }

  /** Writes a copy of what is committed to a new file. */
  async copyTo(file: string): Promise<void> {
    await backup(this.#connection, file);
  }

  /** From here on every write fails, and it keeps as little in memory as reading needs. */
  seal(): void {
    this.execute(`PRAGMA query_only=ON; PRAGMA cache_size=-${SEALED_CACHE_KIB}; PRAGMA shrink_memory`);
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** True for a file that SQLite calls damaged, or no database at all. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** True where there was no room on the disk; the transaction is undone. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === SQLITE_FULL || extendedCodeOf(error) === SQLITE_IOERR_SHMSIZE;
}

function codeOf(error: unknown): number {
  return extendedCodeOf(error) & 0xff;
}

/** 0 for what is no error of SQLite. */
function extendedCodeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
}
