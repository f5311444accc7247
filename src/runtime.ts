/**
 * The façade: host and projector behind four verbs, submit, query, follow, replay. Composition only; what holds is
 * promised where it is made (actors/host.ts, projector/projector.ts) and stated in model/runtime.ts.
 */
import { Host, type HostOptions } from './actors/host.ts';
import type { Chains } from './actors/load.ts';
import { seal } from './actors/seal.ts';
import { type BackTo, type SetBackOutcome, setBack } from './actors/set-back.ts';
import { isFailure, LedgerlineError } from './errors.ts';
import { checkMark, type HighWaterMark } from './log/high-water.ts';
import { patiently } from './log/patience.ts';
import type { Command, Outcome } from './model/command.ts';
import { LOG_START, type Position } from './model/position.ts';
import type { HeldView, View } from './model/projection.ts';
import type { Following, FollowOptions, Moment, ReplayRange, Runtime, Until } from './model/runtime.ts';
import type { LoggedTransition } from './model/transition.ts';
import { upcasting } from './model/upcast.ts';
import { AsOf } from './projector/as-of.ts';
import { actorHead } from './projector/heads.ts';
import type { KeptCopies } from './projector/kept-copies.ts';
import { type CatchUpProgress, Projector, type ProjectorOptions } from './projector/projector.ts';
import { validHistory, validRecords } from './projector/read.ts';
import type { SpareThread } from './projector/spare-thread.ts';

export interface RuntimeOptions extends Omit<HostOptions, 'chains' | 'recorded'> {
  readonly projections: ProjectorOptions['projections'];
  /** Path of the projected database, or `:memory:`. */
  readonly databaseFile: string;
  /** Gives the threads that project, the present and the past; closed with the runtime. See `ProjectorOptions.spare`. */
  readonly spare?: SpareThread;
  readonly kept?: KeptCopies;
  /** How long an accepted command waits for its projection before it is answered all the same. */
  readonly settleMsMax: number;
  readonly onQuarantine?: ProjectorOptions['onQuarantine'];
  /** What an earlier run remembered of the log; checked by whoever opened the log, and again at every reconnect. */
  readonly mark?: HighWaterMark;
}

/** Who asks for a past moment and waits for it, of all tenants. */
const LOOKING_BACK_MAX = 64;

export class LedgerRuntime implements Runtime {
  readonly live: View;
  /** Settles when the log is followed no more: resolves after `close`, rejects with what broke. */
  readonly ended: Promise<void>;
  /** Resolves when no command will ever be taken any more, and why; reads may go on. Never because of `close`. */
  readonly stopped: Promise<LedgerlineError>;
  readonly #options: RuntimeOptions;
  readonly #projector: Projector;
  readonly #host: Host;
  readonly #asOf: AsOf;
  readonly #forgetStatus: () => void;
  readonly #stop: (error: LedgerlineError) => void;
  #mark: HighWaterMark | undefined;
  #following = true;
  #lookingBack = 0;

  /** Opens the read side and catches up with the log; commands are taken from then on. Throws `logBehind`. */
  static async open(options: RuntimeOptions, progress?: (progress: CatchUpProgress) => void): Promise<LedgerRuntime> {
    const projections = upcasting(options.projections, options.kinds);
    const projector = await Projector.open({
      file: options.databaseFile,
      log: options.log,
      projections,
      kinds: options.kinds,
      clock: options.clock,
      ...(options.spare === undefined ? {} : { spare: options.spare }),
      ...(options.kept === undefined ? {} : { kept: options.kept }),
      ...(options.onQuarantine === undefined ? {} : { onQuarantine: options.onQuarantine }),
    });
    try {
      await projector.start(progress);
    } catch (error) {
      // Its thread would keep the process from ending.
      await projector.close();
      throw await projector.reasonOf(error);
    }
    return new LedgerRuntime({ ...options, projections }, projector);
  }

  private constructor(options: RuntimeOptions, projector: Projector) {
    this.#options = options;
    this.#projector = projector;
    this.#host = new Host({
      ...options,
      chains: chainsOf(projector, options),
      recorded: (records) => projector.written(records),
    });
    this.#asOf = new AsOf({ ...options, live: projector.live });
    this.#mark = options.mark;
    this.live = projector.live;
    this.ended = projector.ended;
    const { promise, resolve } = Promise.withResolvers<LedgerlineError>();
    this.stopped = promise;
    this.#stop = resolve;
    projector.follow({ after: 'now', deliver: (records) => this.#observe(records) }).ended.catch(() => undefined);
    projector.ended
      .catch((error: unknown) => this.stop(asFailure(error)))
      .finally(() => {
        this.#following = false;
      });
    this.#forgetStatus = options.log.onStatus((status) => {
      if (status === 'up') void this.#checkLog();
      else this.#host.hold(new LedgerlineError('unavailable', 'the log cannot be reached'));
    });
  }

  async submit(command: Command, until: Until = 'projected'): Promise<Outcome> {
    const outcome = await this.#host.submit(command);
    if (until === 'durable') return outcome;
    // A refused caller looks the reason up in the view, so that must show everything the refusal was decided on.
    const position = outcome.kind === 'accepted' ? outcome.receipt.position : this.#host.newest;
    await this.#projector.settled(position, this.#options.settleMsMax);
    return outcome;
  }

  query(moment?: Moment): Promise<HeldView> {
    return moment === undefined ? Promise.resolve(this.#projector.live) : this.#lookBack(moment);
  }

  positionAt(time: number): Promise<Position> {
    return this.#asOf.positionAt(time);
  }

  /** Moments are made one after the other, also for those who have gone meanwhile: no more wait than can be waited for. */
  async #lookBack(moment: Moment): Promise<HeldView> {
    if (this.#lookingBack >= LOOKING_BACK_MAX) {
      const message = 'too many past moments are being looked up';
      throw new LedgerlineError('overloaded', message, { waiting: this.#lookingBack });
    }
    this.#lookingBack += 1;
    try {
      return await this.#asOf.viewAt(moment);
    } finally {
      this.#lookingBack -= 1;
    }
  }

  follow(options: FollowOptions): Following {
    return this.#projector.follow(options);
  }

  async *replay(range: ReplayRange): AsyncGenerator<LoggedTransition> {
    const upTo = Math.min(range.upTo, this.live.position);
    const { log } = this.#options;
    const chunks =
      range.of === undefined
        ? validRecords(log, this.live, { ...range, upTo })
        : validHistory(log, this.live, { ...range, of: range.of, upTo });
    for await (const records of chunks) yield* records;
  }

  /** Levels for metrics, as they are when it is called. */
  readonly levels = (): { readonly waiting: number; readonly cached: number; readonly position: Position } => ({
    waiting: this.#host.waiting,
    cached: this.#host.cached,
    position: this.live.position,
  });

  get reach(): Position {
    return this.#options.log.generation.reach;
  }

  /** The newest record that was followed; undefined before the first. */
  get mark(): HighWaterMark | undefined {
    return this.#mark;
  }

  /** False once the log is followed no more, and reads grow old. */
  get following(): boolean {
    return this.#following;
  }

  /** Why no command is taken now; undefined when all is well. */
  get refusal(): LedgerlineError | undefined {
    return this.#host.refusal;
  }

  /** From now on every command is answered with this error; reads go on. */
  stop(error: LedgerlineError): void {
    this.#host.stop(error);
    this.#stop(error);
  }

  /** Gives up the incomplete command that the log may end with: what is done to the log as a whole must not meet one. */
  async sealEnd(): Promise<void> {
    const end = this.#projector.heldBack;
    if (end !== undefined) await seal(end, { ...this.#options, chains: chainsOf(this.#projector, this.#options) });
  }

  /** For an operator; while no command is taken from anybody else. Throws `unavailable`. */
  async setBack(to: BackTo): Promise<SetBackOutcome> {
    await this.sealEnd();
    await this.atRest();
    return setBack(to, this.replay({ after: LOG_START, upTo: this.live.position, of: to.actor }), this.#options);
  }

  /**
   * Resolves when everything that is in the log at the call has been read: projected, but for a last command that is not
   * whole. Rejects as `ended`, and with `unavailable` while the log cannot be reached.
   */
  async caughtUp(): Promise<void> {
    const { log, settleRetryMs } = this.#options;
    const head = await patiently('the end of the log', () => log.head());
    while ((this.#projector.heldBack ?? 0) < head && !(await this.#projector.settled(head, settleRetryMs))) {
      if (this.#following) continue;
      await this.ended;
      throw new LedgerlineError('unavailable', 'the log is followed no more');
    }
  }

  /** Resolves when nothing is being decided or stored and everything stored is projected. */
  async atRest(): Promise<void> {
    await this.#host.idle();
    await this.#projector.settled(await this.#options.log.head(), this.#options.settleMsMax);
  }

  /** Takes no new command, settles those under way, stops following. */
  async close(): Promise<void> {
    this.#forgetStatus();
    await this.#host.drain();
    this.#host.close();
    await this.#options.spare?.close();
    await this.#projector.close();
  }

  #observe(records: readonly LoggedTransition[]): void {
    for (const record of records) this.#host.observe(record);
    const last = records.at(-1);
    if (last !== undefined) this.#mark = { logId: this.#options.log.id, position: last.position, hash: last.hash };
  }

  /**
   * The server came back: is it still the log that was followed? Commands wait for the answer. A server that can be reached
   * and does not answer (its cluster elects a leader) is asked again; one that is lost again, at the next reconnect.
   */
  async #checkLog(): Promise<void> {
    const { log, pause, settleRetryMs } = this.#options;
    while (this.#following && log.status === 'up') {
      try {
        if (this.#mark !== undefined) await checkMark(log, this.#mark);
        return this.#host.release();
      } catch (error) {
        if (!isFailure(error, 'unavailable')) return this.stop(asFailure(error));
      }
      await pause(settleRetryMs);
    }
  }
}

/** An actor of an incomplete command at the log's end can only be told of once that command is void, and stays so. */
function chainsOf(projector: Projector, options: RuntimeOptions): Chains {
  const chains: Chains = {
    async endOf(actor, seen) {
      const { heldBack, position } = projector;
      const isHeldBack = heldBack !== undefined && position < seen && seen <= heldBack;
      if (isHeldBack) await seal(heldBack, { ...options, chains });
      if (await projector.settled(isHeldBack ? heldBack + 1 : seen, options.settleMsMax))
        return actorHead(projector.live, actor);
      throw new LedgerlineError('unavailable', 'the read side is behind the log', {
        seen,
        projected: projector.position,
      });
    },
  };
  return chains;
}

function asFailure(error: unknown): LedgerlineError {
  if (error instanceof LedgerlineError) return error;
  return new LedgerlineError('unavailable', 'the log is followed no more', {}, error);
}
