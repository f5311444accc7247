/**
 * The thread's side of projecting-apart.ts: hosts a ProjectingHere, does what is asked in the order in which it is asked.
 * An error is not caught: it ends the thread, and with it the server, which starts again from what is on disk.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Projection } from '../model/projection.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Database } from './database.ts';
import { openDatabase } from './open.ts';
import { ProjectingHere } from './projecting-here.ts';
import { type ProjectedChunk, type Reply, type Request, type ThreadStart, unpack } from './projecting-words.ts';
import { WriteAhead } from './write-ahead.ts';

/** Opens the database, a shared one once the other side has said that the log is still that of its checkpoint, and serves it. */
export async function serveProjecting(
  port: MessagePort,
  { file, log, use }: ThreadStart,
  projections: readonly Projection[],
): Promise<void> {
  const reply = (message: Reply) => port.postMessage(message);
  const asked = async (checkpoint: Checkpoint) => {
    const answered = new Promise((resolve) => port.once('message', resolve));
    reply({ kind: 'found', checkpoint });
    await answered;
  };
  const database =
    use === 'scratch' ? new Database(file, use) : await openDatabase({ file, projections, log, use }, asked);
  const host = new Host(database, projections, log, port);
  port.on('message', (request: Request) => host.serve(request));
  reply({ kind: 'opened', position: host.openedAt });
}

class Host {
  readonly #database: Database;
  readonly #writeAhead: WriteAhead;
  readonly #here: ProjectingHere;
  readonly #port: MessagePort;
  #chunk: ProjectedChunk | undefined;
  #thaw: (() => void) | undefined;

  constructor(database: Database, projections: readonly Projection[], log: string, port: MessagePort) {
    this.#database = database;
    this.#writeAhead = new WriteAhead(database.file);
    this.#port = port;
    this.#here = new ProjectingHere({
      ...{ database, projections, log },
      // The other side says when: it hands records over ahead, and must know that nothing is committed meanwhile.
      openBytesMax: Number.POSITIVE_INFINITY,
      projected: ({ valid: _, ...chunk }) => {
        this.#chunk = chunk;
      },
    });
  }

  get openedAt() {
    return this.#here.openedAt;
  }

  serve(request: Request): void {
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
      if (request.kind === 'close') this.#port.close();
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
    if (this.#thaw === undefined) this.#database.emptyWal();
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
