/**
 * A thread that projects, as this side sees it: requests go out, and are answered one by one, in order. One database after
 * the other may be opened in it. It lives until it is ended, or something in it fails.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { LedgerlineError } from '../errors.ts';
import { isFull } from './database.ts';
import type { Reply, Request } from './projecting-words.ts';

/** Who works with the thread just now. */
export interface ThreadUser {
  /** In the moment in which an answer comes, before whoever asked goes on. */
  answered(reply: Reply): void;
  /** Nothing is answered any more. */
  failed(error: LedgerlineError): void;
}

/**
 * Node strips types by WebAssembly, in each thread. What V8 compiles for calls from there into JavaScript is shared by all
 * threads, and V8 13.6 (Node 24) may free it while another one takes it (`WasmImportWrapperCache::Free`, `MaybeGet`): now
 * and then a process that started its second thread died of SIGTRAP or SIGSEGV. Free none, then: it costs 200 KB, and
 * some hundred bytes for each thread that strips. A Node that knows no such flag says so and goes on.
 */
const KEEP_WEBASSEMBLY = '--no-wasm-code-gc';

const NOBODY: ThreadUser = { answered: () => undefined, failed: () => undefined };

export class ProjectingThread {
  user: ThreadUser = NOBODY;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #calls: PromiseWithResolvers<Reply>[] = [];
  #failure: LedgerlineError | undefined;

  /** `program` is what it runs: it calls `serveProjecting`. */
  constructor(program: URL) {
    setFlagsFromString(KEEP_WEBASSEMBLY);
    this.#worker = new Worker(program);
    // Not by `once` of node:events, which does not wait for the exit of what has failed: its files are open until then.
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.on('message', (reply: Reply) => {
      this.user.answered(reply);
      this.#calls.shift()?.resolve(reply);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the projecting thread ended with code ${code}`)));
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Rejects with `unavailable` once the thread has ended. */
  call(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const call = Promise.withResolvers<Reply>();
    this.#calls.push(call);
    this.#worker.postMessage(request, transfer);
    return call.promise;
  }

  /** Nobody's any more, until it is given another user: it keeps no process from ending. */
  rest(): void {
    this.user = NOBODY;
    this.#worker.unref();
  }

  wake(): void {
    this.#worker.ref();
  }

  /** Once everything that was asked is done. */
  async end(): Promise<void> {
    this.user = NOBODY;
    this.#worker.ref();
    if (!this.hasFailed) this.#worker.postMessage({ kind: 'end' } satisfies Request);
    await this.#exited;
  }

  /** At once. */
  async terminate(): Promise<void> {
    this.user = NOBODY;
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    const why = isFull(error) ? 'there is no room on the disk to project' : 'the thread that projects has ended';
    this.#failure = new LedgerlineError('unavailable', why, {}, error);
    for (const call of this.#calls.splice(0)) call.reject(this.#failure);
    this.user.failed(this.#failure);
  }
}
