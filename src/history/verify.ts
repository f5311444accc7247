/**
 * Proves that a log is what it claims: every record decodes, carries on its actor's chain, is part of a whole command, is
 * explained by today's machines (event + state before = state, timers, tells), and is what was signed. Reads the log once,
 * from its start; changes nothing. A command of which the end was never stored is void, and only counted, as every reader
 * steps over it. What was recorded under an older machine and would go otherwise today is counted as
 * explained, as long as today's machine can live with the recorded state.
 */
import { isSetBack } from '../actors/step.ts';
import type { Log, StoredRecord } from '../log/log.ts';
import { gapIn } from '../log/log-failures.ts';
import { type ActorKey, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Read, readInPieces } from '../projector/read.ts';
import { WholeCommands } from '../projector/whole-commands.ts';
import { type Checkpoints, type KeptLeaves, SignedCheck } from './checkpoint-check.ts';
import { CommandCheck } from './command-check.ts';
import type { Finding } from './finding.ts';
import { type Replayed, Replayer } from './replayer.ts';

export interface VerifyOptions {
  readonly log: Pick<Log, 'id' | 'head' | 'read' | 'at'>;
  readonly kinds: ActorKinds;
  /** Their signatures are checked (checkpoint-files.ts), oldest first. */
  readonly checkpoints?: Checkpoints;
  /** With them a record that is not what was signed is named; without, only between which checkpoints it stands. */
  readonly leaves?: KeptLeaves;
  /** So many findings are kept in full; all are counted. */
  readonly findingsMax?: number;
  readonly progress?: (done: number, total: number) => void;
}

export interface VerifyReport {
  readonly log: string;
  /** Records from 1 to here were looked at. */
  readonly upTo: Position;
  readonly commands: number;
  readonly actors: number;
  /** In log order, the first ones; of an actor whose chain is broken, where it breaks. */
  readonly findings: readonly Finding[];
  readonly found: number;
  /** Records that the log does not hold, though it goes on after them. */
  readonly missing: number;
  /** By the machine that wrote them: records that today's machine would have decided otherwise, and the first of them. */
  readonly explained: readonly { readonly machine: string; readonly records: number; readonly first: Position }[];
  /** Records by which an operator set an actor back to an earlier version, and the first of them. */
  readonly setBack: Counted | undefined;
  /** Parts of commands that were never stored whole, hence void and acknowledged to nobody; where the first of them stands. */
  readonly void: Counted | undefined;
  readonly checkpoints: { readonly agreed: number; readonly upTo: Position };
  /** Timers armed in the last states of the actors that moved last, and how many of them the log's own time has passed. */
  readonly timers: { readonly armed: number; readonly overdue: number };
}

const FINDINGS_MAX = 20;
/** What stands where a record is missing. */
const NOTHING = new Uint8Array();

/** Throws as `log.read` does. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { log, progress } = options;
  const upTo = await log.head();
  const verification = new Verification(options);
  await verification.begin();
  progress?.(0, upTo);
  for await (const chunk of readable(log, upTo, (first, last) => verification.missing(first, last))) {
    for (const piece of readInPieces(chunk))
      for (const judged of verification.whole(piece)) {
        const taking = verification.take(judged);
        if (taking !== undefined) await taking;
      }
    progress?.(chunk.at(-1)?.position ?? 0, upTo);
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const judged of verification.rest()) await verification.take(judged);
  await verification.end(upTo);
  return verification.report(upTo);
}

/** The log as far as it can be read: over records that are gone, which are told. */
async function* readable(
  log: VerifyOptions['log'],
  upTo: Position,
  missing: (first: Position, last: Position) => Promise<void>,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let after = LOG_START; after < upTo; ) {
    try {
      for await (const chunk of log.read({ after, upTo })) {
        after = chunk.at(-1)?.position ?? after;
        yield chunk;
      }
      return;
    } catch (error) {
      const gap = gapIn(error);
      if (gap === undefined) throw error;
      await missing(gap.due, gap.found - 1);
      after = gap.found - 1;
    }
  }
}

/** A stored record as it was read, and whether it is part of a void command. */
interface Judged extends Read {
  readonly void?: true;
}

class Verification {
  readonly #options: VerifyOptions;
  readonly #replayer: Replayer;
  readonly #whole = new WholeCommands<Judged>((read) => ({ ...read, void: true }));
  readonly #commands = new CommandCheck();
  readonly #signed: SignedCheck;
  readonly #findings: Finding[] = [];
  /** Actors whose chain is broken, and how many records beside the one that was found do not go on from it. */
  readonly #broken = new Map<ActorKey, { readonly finding: Finding; further: number }>();
  readonly #explained = new Map<string, { records: number; readonly first: Position }>();
  #found = 0;
  #missing = 0;
  #setBack: Counted | undefined;
  #void: Counted | undefined;
  #time = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#replayer = new Replayer(options.log, options.kinds);
    this.#signed = new SignedCheck(options.log.id, options.checkpoints ?? [], options.leaves);
  }

  begin(): Promise<void> {
    return this.#signed.begin();
  }

  async end(head: Position): Promise<void> {
    for (const finding of await this.#signed.end(head)) this.#find(finding);
  }

  async missing(first: Position, last: Position): Promise<void> {
    this.#missing += last - first + 1;
    const problem =
      first === last ? 'the log does not hold it' : `the log does not hold it, nor what follows up to ${last}`;
    this.#find({ kind: 'missing', position: first, problem, changes: [] });
    for (let position = first; position <= last; position += 1) {
      const finding = await this.#signed.take({ position, subject: '', payload: NOTHING });
      if (finding !== undefined) this.#find(finding);
    }
  }

  /** What can be judged by now: of the command at the end the next ones may be parts. */
  whole(read: readonly Read[]): readonly Judged[] {
    return this.#whole.take(read);
  }

  /** Of the log's last command, when it is incomplete. */
  rest(): readonly Judged[] {
    return this.#whole.rest().map((read) => ({ ...read, void: true }));
  }

  /** To be waited for where it answers with a promise, before the next is given. */
  take(read: Judged): void | Promise<void> {
    const checking = this.#signed.take(read.stored, read.record?.hash);
    if (checking === undefined) return this.#taken(read);
    return checking.then((finding) => {
      if (finding !== undefined) this.#find(finding);
      return this.#taken(read);
    });
  }

  #taken({ position, record, junk = 'unreadable', void: isVoid }: Judged): void | Promise<void> {
    if (record !== undefined && isVoid === true) {
      this.#void = oneMore(this.#void, position);
      return undefined;
    }
    if (record === undefined) return this.#find({ kind: 'junk', position, problem: junk, changes: [] });
    if (record.time > this.#time) this.#time = record.time;
    const replayed = this.#replayer.replay(record);
    if (replayed instanceof Promise) return replayed.then((late) => this.#count(record, late));
    return this.#count(record, replayed);
  }

  report(upTo: Position): VerifyReport {
    for (const finding of this.#commands.end()) this.#find(finding);
    let armed = 0;
    let overdue = 0;
    for (const [, { timers }] of this.#replayer.living) {
      armed += timers.length;
      overdue += timers.filter(({ due }) => due < this.#time).length;
    }
    return {
      log: this.#options.log.id,
      upTo,
      commands: this.#commands.commands,
      actors: this.#replayer.ends.size,
      findings: this.#findings.map((finding) => this.#withFurther(finding)),
      found: this.#found,
      missing: this.#missing,
      explained: [...this.#explained].map(([machine, counted]) => ({ machine, ...counted })),
      setBack: this.#setBack,
      void: this.#void,
      checkpoints: this.#signed.result,
      timers: { armed, overdue },
    };
  }

  #count(record: LoggedTransition, { findings, tells, explained }: Replayed): void {
    const key = keyOf(record.actor);
    if (this.#broken.size > 0 && !findings.some(isChain)) this.#broken.delete(key);
    for (const finding of findings) if (!isChain(finding) || this.#isNewBreak(key, finding)) this.#find(finding);
    for (const finding of this.#commands.take(record, tells)) this.#find(finding);
    if (isSetBack(record.transition.data.event)) this.#setBack = oneMore(this.#setBack, record.position);
    if (!explained) return;
    const { machine } = record.transition.data;
    const counted = this.#explained.get(machine);
    if (counted === undefined) this.#explained.set(machine, { records: 1, first: record.position });
    else counted.records += 1;
  }

  /** After a break no record of the actor goes on from its chain: that is one thing wrong, not as many as there are. */
  #isNewBreak(key: ActorKey, finding: Finding): boolean {
    const known = this.#broken.get(key);
    if (known === undefined) this.#broken.set(key, { finding, further: 0 });
    else known.further += 1;
    return known === undefined;
  }

  #withFurther(finding: Finding): Finding {
    for (const { finding: broken, further } of this.#broken.values())
      if (broken === finding && further > 0) return { ...finding, further };
    return finding;
  }

  /** What a signature says of a record is known only where its stretch of the log ends. */
  #find(finding: Finding): void {
    this.#found += 1;
    const at = this.#findings.findLastIndex(({ position }) => position <= finding.position) + 1;
    this.#findings.splice(at, 0, finding);
    const most = this.#options.findingsMax ?? FINDINGS_MAX;
    if (this.#findings.length > most) this.#findings.length = most;
  }
}

interface Counted {
  readonly records: number;
  readonly first: Position;
}

function oneMore(counted: Counted | undefined, position: Position): Counted {
  return { records: (counted?.records ?? 0) + 1, first: counted?.first ?? position };
}

function isChain({ kind }: Finding): boolean {
  return kind === 'chain';
}
