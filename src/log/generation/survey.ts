/**
 * What a new generation would begin with: the newest valid record of every actor that lives, and of those that ended so
 * lately that somebody may still ask for them. The newest record of all is always among them.
 */
import { type ActorKinds, hasEnded } from '../../model/actor-kind.ts';
import type { Position } from '../../model/position.ts';
import { genesisOf, type KeptArchive } from '../archive/archives.ts';
import { decode } from '../codec.ts';
import type { Log, StoredRecord } from '../log.ts';

export interface SurveyOptions {
  readonly log: Pick<Log, 'generation' | 'head' | 'read'>;
  /** The archive of the generation before; undefined in the first. */
  readonly before: KeptArchive | undefined;
  /** Positions after the seam whose records are none. */
  readonly invalid: ReadonlySet<Position>;
  /** Tell who has ended; of kinds that are not among them nobody has but those in a final state. */
  readonly kinds: ActorKinds;
  /** Actors that ended are carried over for so long, by the log's own time. */
  readonly keepMs: number;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export interface Survey {
  /** What would be archived, both inclusive; nothing when `first` is past `last`. */
  readonly first: Position;
  readonly last: Position;
  readonly bytes: number;
  readonly actors: { readonly living: number; readonly endedKept: number; readonly endedLeft: number };
  /** Positions of the records to begin with. */
  readonly carried: ReadonlySet<Position>;
}

interface Newest {
  readonly position: Position;
  readonly time: number;
  readonly ended: boolean;
}

/** Throws as `log.read` does. */
export async function survey({ log, before, invalid, kinds, keepMs, progress }: SurveyOptions): Promise<Survey> {
  const first = log.generation.seam + 1;
  const last = await log.head();
  const newest = new Map<string, Newest>();
  let bytes = 0;
  if (before !== undefined)
    for await (const chunk of genesisOf(before.folder, before.manifest))
      for (const stored of chunk) note(newest, stored, kinds);
  if (first <= last)
    for await (const chunk of log.read({ after: first - 1, upTo: last })) {
      for (const stored of chunk) {
        bytes += stored.payload.length;
        if (!invalid.has(stored.position)) note(newest, stored, kinds);
      }
      progress?.((chunk.at(-1)?.position ?? first) - first + 1, last - first + 1);
    }
  return { first, last, bytes, ...chosen([...newest.values()], keepMs) };
}

function note(newest: Map<string, Newest>, stored: StoredRecord, kinds: ActorKinds): void {
  const decoded = decode(stored);
  if (decoded.kind === 'junk') return;
  const { position, time, actor, transition } = decoded.record;
  newest.set(stored.subject, { position, time, ended: hasEnded(kinds.get(actor.kind), transition.data) });
}

function chosen(all: readonly Newest[], keepMs: number): Pick<Survey, 'actors' | 'carried'> {
  const now = all.reduce((latest, { time }) => Math.max(latest, time), 0);
  const head = all.reduce((latest, { position }) => Math.max(latest, position), 0);
  const ended = all.filter((one) => one.ended);
  const kept = ended.filter(({ position, time }) => now - time <= keepMs || position === head);
  const living = all.filter((one) => !one.ended);
  return {
    actors: { living: living.length, endedKept: kept.length, endedLeft: ended.length - kept.length },
    carried: new Set([...living, ...kept].map(({ position }) => position)),
  };
}
