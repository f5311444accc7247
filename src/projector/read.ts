/**
 * Stored records, read: decoded on the way in, and later, from history, without those that were quarantined.
 */
import { LedgerlineError } from '../errors.ts';
import { decode, type Recorded } from '../log/codec.ts';
import { decodeKnown } from '../log/known-record.ts';
import type { Log, PlacedRecord, StoredRecord } from '../log/log.ts';
import { actorOfSubject, isOfTenant, subjectOf } from '../log/subjects.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Rows, View } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { actorHead } from './heads.ts';
import { quarantinedPositions } from './quarantine.ts';

/** A stored record, and what it says, or why it says nothing. */
export interface Read {
  readonly position: Position;
  readonly stored: FedRecord;
  readonly record: LoggedTransition | undefined;
  /** Fit to be shown: quotes nothing of a private record. */
  readonly junk: string | undefined;
}

/** A record, and what is known of it already: what it says, where this process wrote it, or its hash. */
export type FedRecord = PlacedRecord &
  Partial<Pick<Recorded, 'record'>> & {
    readonly hash?: string;
    /** That it is valid, and carries on its actor's chain, was seen before: it is not looked at again. */
    readonly isKnown?: boolean;
  };

export function readStored(stored: FedRecord): Read {
  const { position, record } = stored;
  if (record !== undefined) return { position, stored, record, junk: undefined };
  const decoded = stored.isKnown === true ? decodeKnown(stored) : decode(stored, stored.hash);
  if (decoded.kind === 'record') return { position, stored, record: decoded.record, junk: undefined };
  const secret = actorOfSubject(stored.subject)?.visibility === 'private';
  return {
    position,
    stored,
    record: undefined,
    junk: secret ? 'a private record that does not decode' : decoded.reason,
  };
}

/** Records are read shortly before they are taken: they are in the caches still, and few of them outlive a young generation. */
const READ_AHEAD = 64;

export function* readInPieces(stored: readonly FedRecord[]): Generator<Read[]> {
  for (let start = 0; start < stored.length; start += READ_AHEAD)
    yield stored.slice(start, start + READ_AHEAD).map((record) => readStored(record));
}

/**
 * The valid records after `after` up to `upTo`, of one tenant where it is named. `upTo` must not be past the position of
 * `rows` (a projected database): its quarantine is what tells valid from not. Log order, in pieces.
 * Throws as `log.read` does.
 */
export async function* validRecords(
  log: Log,
  rows: Rows,
  { tenant, ...range }: { readonly after: Position; readonly upTo: Position; readonly tenant?: string },
): AsyncGenerator<LoggedTransition[]> {
  if (range.after >= range.upTo) return;
  const bad = quarantinedPositions(rows, range.after, range.upTo);
  const isWanted = ({ position, subject }: PlacedRecord): boolean =>
    !bad.has(position) && (tenant === undefined || isOfTenant(subject, tenant));
  for await (const chunk of log.read(range)) yield* inPieces(chunk.filter(isWanted));
}

/** The same of one actor: a read by its subject, however long the rest of the log is. */
export async function* validHistory(
  log: Log,
  view: View,
  range: { readonly after: Position; readonly upTo: Position; readonly of: ActorId },
): AsyncGenerator<LoggedTransition[]> {
  const head = actorHead(view, range.of);
  if (head === undefined || range.after >= range.upTo) return;
  const bad = quarantinedPositions(view, range.after, range.upTo);
  for await (const chunk of log.history(subjectOf(range.of, head.visibility), range.after)) {
    const wanted = chunk.filter(({ position }) => position <= range.upTo && !bad.has(position));
    yield* inPieces(wanted);
    if ((chunk.at(-1)?.position ?? 0) >= range.upTo) return;
  }
}

/** So whoever wants one page pays for little more, too. */
function* inPieces(wanted: readonly StoredRecord[]): Generator<LoggedTransition[]> {
  for (let start = 0; start < wanted.length; start += READ_AHEAD)
    yield wanted.slice(start, start + READ_AHEAD).map((stored) => readValid(stored));
}

/** A record that is known to be valid. */
export function readValid(stored: FedRecord): LoggedTransition {
  const { position, record, junk } = readStored(stored);
  if (record !== undefined) return record;
  throw new LedgerlineError('recordInvalid', `Record ${position}, once valid, does not decode: ${junk}`, { position });
}
