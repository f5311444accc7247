/**
 * The whole log of an installation: archived generations, then the stream. Positions and chains go on across the seam, so
 * nobody above can tell, but by how long a read takes. Where the stream begins it repeats the last records of actors; these
 * copies stand at positions of archived records and are seen by `last` alone, which is how actors are loaded.
 */
import { LedgerlineError } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import { coverage, type KeptArchive } from '../archive/archives.ts';
import type {
  AppendOutcome,
  Entry,
  FollowLog,
  Generation,
  Log,
  LogFollowing,
  LogStatus,
  ReadBack,
  StoredRecord,
} from '../log.ts';
import { notAtHand } from '../log-failures.ts';

export class GenerationLog implements Log {
  readonly id: string;
  readonly generation: Generation;
  readonly #stream: Log;
  readonly #archives: readonly KeptArchive[];
  readonly #folder: string;

  /** `archives`: those of `folder`. What of them is missing is missed when it is asked for: `momentUnavailable`. */
  constructor(stream: Log, archives: readonly KeptArchive[], folder: string) {
    this.id = stream.id;
    this.#stream = stream;
    this.#archives = coverage(archives, { log: stream.id, upTo: stream.generation.seam });
    this.#folder = folder;
    this.generation = { ...stream.generation, reach: reachOf(this.#archives, stream.generation.seam) };
  }

  get status(): LogStatus {
    return this.#stream.status;
  }

  onStatus(listener: (status: LogStatus) => void): () => void {
    return this.#stream.onStatus(listener);
  }

  append(entries: readonly Entry[], after?: Position): Promise<AppendOutcome> {
    return this.#stream.append(entries, after);
  }

  outcomeOf(entries: readonly Entry[]): Promise<ReadBack> {
    return this.#stream.outcomeOf(entries);
  }

  head(): Promise<Position> {
    return this.#stream.head();
  }

  last(subject: string): Promise<StoredRecord | undefined> {
    return this.#stream.last(subject);
  }

  async next(subject: string, after: Position): Promise<StoredRecord | undefined> {
    for (const archive of this.#from(after + 1)) {
      const found = await archive.records.next(subject, after);
      if (found !== undefined) return found;
    }
    return this.#stream.next(subject, this.#inStream(after));
  }

  async at(position: Position): Promise<StoredRecord | undefined> {
    const { seam } = this.generation;
    if (position > seam || position < 1) return this.#stream.at(position);
    // The stream begins with a copy of the newest record there was: what is remembered of the log can be compared with it.
    const archive = this.#holding(position);
    if (archive === undefined && position === seam) return this.#stream.at(seam);
    if (archive === undefined) throw notAtHand(position, seam, this.#folder);
    return archive.records.at(position);
  }

  async since(time: number): Promise<StoredRecord | undefined> {
    for (const archive of this.#from(1)) {
      const found = await archive.records.since(time);
      if (found !== undefined) return found;
    }
    const { seam } = this.generation;
    const found = await this.#stream.since(time);
    return found === undefined || found.position > seam ? found : this.#stream.at(seam + 1);
  }

  async *read({ after, upTo }: { after: Position; upTo: Position }): AsyncIterable<readonly StoredRecord[]> {
    const { seam } = this.generation;
    if (after < seam) yield* this.#archived(after, Math.min(upTo, seam));
    if (upTo > seam) yield* this.#stream.read({ after: this.#inStream(after), upTo });
  }

  async *history(subject: string, after: Position): AsyncIterable<readonly StoredRecord[]> {
    for (const archive of this.#from(after + 1)) yield* archive.records.history(subject, after);
    yield* this.#stream.history(subject, this.#inStream(after));
  }

  /** What is at hand of the generations before, oldest first. */
  get archives(): readonly KeptArchive[] {
    return this.#archives;
  }

  /** The copies that the stream begins with, `count` of them, at the positions where they stand. */
  copies(count: number): AsyncIterable<readonly StoredRecord[]> {
    const { seam } = this.generation;
    return this.#stream.read({ after: seam - count, upTo: seam });
  }

  follow(options: FollowLog): LogFollowing {
    if (options.after >= this.generation.seam) return this.#stream.follow(options);
    let stopped = false;
    let following: LogFollowing | undefined;
    const run = async () => {
      for await (const chunk of this.#archived(options.after, this.generation.seam)) {
        if (stopped) return;
        await options.deliver(chunk);
      }
      if (stopped) return;
      following = this.#stream.follow({ ...options, after: this.generation.seam });
      await following.ended;
    };
    return {
      ended: run(),
      stop: () => {
        stopped = true;
        following?.stop();
      },
    };
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  #inStream(after: Position): Position {
    return Math.max(after, this.generation.seam);
  }

  async *#archived(after: Position, upTo: Position): AsyncGenerator<readonly StoredRecord[], void> {
    for (let next = after + 1; next <= upTo; ) {
      const archive = this.#holding(next);
      if (archive === undefined) throw notAtHand(next, this.generation.seam, this.#folder);
      for await (const chunk of archive.records.read({ after: next - 1, upTo })) {
        if (chunk[0]?.position !== next) throw unreadable(archive, next);
        next += chunk.length;
        yield chunk;
      }
    }
  }

  #holding(position: Position): KeptArchive | undefined {
    return this.#archives.find(({ records }) => records.first <= position && position <= records.last);
  }

  /** The archives from a position up to the seam. Throws when one of them is not at hand. */
  #from(position: Position): readonly KeptArchive[] {
    const { seam } = this.generation;
    if (position > seam) return [];
    const found = this.#archives.filter(({ records }) => records.last >= position);
    const covered = (found[0]?.records.first ?? Number.POSITIVE_INFINITY) <= position;
    if (covered && found.at(-1)?.records.last === seam) return found;
    throw notAtHand(covered ? (found.at(-1)?.records.last ?? 0) + 1 : position, seam, this.#folder);
  }
}

/** Position after which nothing is missing up to the seam. */
function reachOf(archives: readonly KeptArchive[], seam: Position): Position {
  let reach = seam;
  for (const { records } of archives.toReversed()) if (records.last === reach) reach = records.first - 1;
  return reach;
}

function unreadable({ folder }: KeptArchive, position: Position): LedgerlineError {
  return new LedgerlineError('recordInvalid', `${folder} does not hold record ${position} where it should`, {
    position,
  });
}
