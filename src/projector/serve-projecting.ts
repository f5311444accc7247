/**
 * The thread's side of projecting-apart.ts: hosts a ProjectingHere, does what is asked in the order in which it is asked.
 * An error is not caught: it ends the thread, and with it the server, which starts again from what is on disk. But a full
 * disk is waited for, once the log is caught up with; before, it ends the start (no-room.ts).
 */
import type { MessagePort } from 'node:worker_threads';
import { ofThePast, type Projection } from '../model/projection.ts';
import { type Shapes, upcasting } from '../model/upcast.ts';
import type { Checkpoint, Makers } from './checkpoint.ts';
import { Database, isFull } from './database.ts';
import { openDatabase } from './open.ts';
import { ProjectingHere } from './projecting-here.ts';
import { type ProjectedChunk, type Reply, type Request, type ToOpen, unpack, withUpcasts } from './projecting-words.ts';
import { WriteAhead } from './write-ahead.ts';

const FULL_PAUSE_MS = 500;
/** Nobody changes it: to wait for it is to let time pass. */
const NEVER = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Serves whoever started this thread, until it is told to end. A shared database is opened once the other side has said that
 * the log is still that of its checkpoint.
 */
export function serveProjecting(port: MessagePort, roster: readonly Projection[], upcasts: Shapes): void {
  const projections = upcasting(roster, upcasts);
  let host: Host | undefined;
  let goOn: () => void = () => undefined;
  const asked = (checkpoint: Checkpoint) =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      port.postMessage({ kind: 'found', checkpoint } satisfies Reply);
    });
  const open = async ({ file, log, use, kinds }: ToOpen) => {
    const makers = {
      projections: use === 'scratch' ? ofThePast(projections) : projections,
      kinds: kinds && withUpcasts(kinds, upcasts),
    };
    const database =
      use === 'scratch' ? new Database(file, use) : await openDatabase({ ...makers, file, log, use }, asked);
    host = new Host(database, makers, log, port);
    port.postMessage({ kind: 'opened', position: host.openedAt } satisfies Reply);
  };
  port.on('message', (request: Request) => {
    if (request.kind === 'open') void open(request.what);
    else if (request.kind === 'goOn') goOn();
    else if (request.kind === 'end') port.close();
    else host?.serve(request);
    if (request.kind === 'close') host = undefined;
  });
}

class Host {
  readonly #database: Database;
  readonly #writeAhead: WriteAhead;
  readonly #here: ProjectingHere;
  readonly #port: MessagePort;
  #chunk: ProjectedChunk | undefined;
  #thaw: (() => void) | undefined;

  constructor(database: Database, makers: Makers, log: string, port: MessagePort) {
    this.#database = database;
    this.#writeAhead = new WriteAhead(database.file);
    this.#port = port;
    this.#here = new ProjectingHere({
      ...{ ...makers, database, log },
      // The other side says when: it hands records over ahead, and must know that nothing is committed meanwhile.
      openBytesMax: Number.POSITIVE_INFINITY,
      // Nobody else is kept waiting by this thread; commands are refused meanwhile, with the reason (nats/disk-room.ts).
      whenFull: () => void Atomics.wait(NEVER, 0, 0, FULL_PAUSE_MS),
      projected: ({ valid: _, ...chunk }) => {
        this.#chunk = chunk;
      },
    });
  }

  get openedAt() {
    return this.#here.openedAt;
  }

  serve(request: Exclude<Request, { readonly kind: 'open' | 'goOn' | 'end' }>): void {
    if (request.kind === 'freeze') void this.#freeze();
    else if (request.kind === 'project') {
      this.#here.project(unpack(request.batch), request.more);
      this.#reply({ kind: 'projected', chunk: this.#chunk, walIsLong: this.#chunk !== undefined && this.#isWalLong() });
      this.#chunk = undefined;
    } else {
      if (request.kind === 'finish') this.#here.finish();
      else if (request.kind === 'emptyWal') this.#emptyWal();
      else if (request.kind === 'thaw') this.#thaw?.();
      else if (request.kind === 'close') this.#close();
      this.#reply({ kind: 'done' });
    }
  }

  /** The copying itself is the other side's. */
  async #freeze(): Promise<void> {
    await this.#here.frozen(() => {
      this.#reply({ kind: 'done' });
      return new Promise((resolve) => {
        this.#thaw = resolve;
      });
    });
    this.#thaw = undefined;
  }

  /** Later, while the file is copied: it must not change then. */
  #emptyWal(): void {
    if (this.#thaw !== undefined) return;
    try {
      this.#database.emptyWal();
    } catch (error) {
      // What there is no room for stays where it is, until the next time.
      if (!isFull(error)) throw error;
    }
  }

  #isWalLong(): boolean {
    return this.#writeAhead.hasGrown() && this.#thaw === undefined;
  }

  #close(): void {
    this.#writeAhead.close();
    this.#here.close();
  }

  #reply(message: Reply): void {
    this.#port.postMessage(message);
  }
}
