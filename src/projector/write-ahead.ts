/**
 * The write-ahead log of a database that one thread writes and others read: how long it is, and how it reaches the disk.
 * SQLite syncs it when it is emptied, all of it at once: 16 MiB took 10 to 20 ms of every half second of a busy centre, in
 * which nothing was projected and NATS's own syncs waited too. So it is brought to the disk as it grows, beside the thread.
 */
import { closeSync, fdatasync, openSync, statSync } from 'node:fs';

/** Longer, it is to be emptied: 16 MiB. */
const BYTES_MAX = 16 * 1024 * 1024;
const SYNC_BYTES = 1024 * 1024;

export class WriteAhead {
  readonly #file: string;
  #opened: number | undefined;
  #synced = 0;
  #syncing = false;
  #closed = false;

  /** Of a database that is open; its file is made with the first transaction, and never for a scratch one. */
  constructor(database: string) {
    this.#file = `${database}-wal`;
  }

  /** To be called after every transaction. True when it is to be emptied. */
  hasGrown(): boolean {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size < this.#synced) this.#synced = 0;
    if (size - this.#synced >= SYNC_BYTES && !this.#syncing) this.#sync(size);
    return size > BYTES_MAX;
  }

  close(): void {
    this.#closed = true;
    if (this.#syncing || this.#opened === undefined) return;
    closeSync(this.#opened);
    this.#opened = undefined;
  }

  /** What fails here fails again where it matters: when SQLite syncs before it empties. */
  #sync(size: number): void {
    this.#opened ??= openSync(this.#file, 'r+');
    this.#syncing = true;
    this.#synced = size;
    fdatasync(this.#opened, () => {
      this.#syncing = false;
      if (this.#closed) this.close();
    });
  }
}
