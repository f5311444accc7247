/**
 * The log as the console reads it: pages of rows backwards and forwards from a position, the story of one actor with
 * everybody its commands touched, and one record whole. Only public records of the tenant asked for. Every answer is
 * bounded: by rows, and by how much of the log is looked through for them.
 */
import { backwards } from '../history/backwards.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition, Transition } from '../model/transition.ts';
import { firstPositionOf, newestPositionOf } from '../projector/heads.ts';
import { namesIn } from './names.ts';
import { matches, type Naming, type Row, type RowFilter, rowOf } from './row.ts';

export interface RowsAsked {
  readonly tenant: string;
  readonly filter: RowFilter;
  /** Exclusive: the rows that end just before it, or begin just after it. */
  readonly from: Position;
  readonly direction: 'before' | 'after';
  readonly limit: number;
}

export interface RowPage {
  /** In log order. */
  readonly rows: readonly Row[];
  /** Everything between here and where the page was asked from was looked at: ask on from it. */
  readonly reached: Position;
  /** Nothing is left in this direction, as the log was when asked. */
  readonly end: boolean;
  readonly head: Position;
}

const SCAN_RECORDS_MAX = 50_000;
const WINDOW_RECORDS_MAX = 10_000;
const STORY_OWN_MAX = 400;
const STORY_ROWS_MAX = 4_000;
/** So many positions without a record are looked over. */
const JUNK_MAX = 10;
/** Commands so near in the log are read in one go: to begin anew costs as much as so many records of others. */
const STORY_GAP = 10;

export async function rowsOf(runtime: Runtime, asked: RowsAsked): Promise<RowPage> {
  const head = runtime.live.position;
  const backwards = asked.direction === 'before';
  const { tenant } = asked;
  const naming = namesIn(runtime.live, tenant);
  const first = firstPositionOf(runtime.live, tenant) ?? head + 1;
  let rows: Row[] = [];
  let reached = Math.min(Math.max(asked.from, 0), head + 1);
  let width = asked.limit * 2;
  for (let scanned = 0; rows.length < asked.limit && scanned < SCAN_RECORDS_MAX; ) {
    const [after, upTo] = backwards
      ? [Math.max(0, reached - 1 - width), reached - 1]
      : [reached, Math.min(head, reached + width)];
    if (upTo <= after || (backwards && upTo < first)) break;
    const found: Row[] = [];
    for await (const record of runtime.replay({ after, upTo, tenant })) {
      const row = publicRow(record, tenant, naming);
      if (row !== undefined && matches(row, asked.filter)) found.push(row);
    }
    rows = backwards ? [...found, ...rows] : [...rows, ...found];
    reached = backwards ? after + 1 : upTo;
    // Where others have been busy since, its own newest record lies far back.
    if (backwards && scanned === 0 && found.length === 0)
      reached = Math.min(reached, (newestPositionOf(runtime.live, tenant) ?? 0) + 1);
    scanned += width;
    width = Math.min(width * 2, WINDOW_RECORDS_MAX);
  }
  if (rows.length > asked.limit) {
    rows = backwards ? rows.slice(-asked.limit) : rows.slice(0, asked.limit);
    reached = (backwards ? rows[0] : rows.at(-1))?.position ?? reached;
  }
  return { rows, reached, end: backwards ? reached <= first : reached >= head, head };
}

/**
 * The newest records of one actor up to a moment, with those of others that told it or were told by it, directly or
 * through more of them, in log order. What an import made beside it is not of its story.
 */
export async function storyOf(runtime: Runtime, actor: ActorId, upTo: Position): Promise<readonly Row[]> {
  const own: Row[] = [];
  const naming = namesIn(runtime.live, actor.tenant);
  for await (const record of backwards(runtime, { of: actor, upTo })) {
    const row = publicRow(record, actor.tenant, naming);
    if (row !== undefined) own.unshift(row);
    if (own.length === STORY_OWN_MAX) break;
  }
  const shared = own.filter(({ of }) => of > 1);
  const commands = new Set(shared.map(({ command }) => command));
  const others: Row[] = [];
  for (const span of spansOf(shared).toReversed()) {
    const found: Row[] = [];
    for await (const record of runtime.replay({ ...span, tenant: actor.tenant })) {
      const row = publicRow(record, actor.tenant, naming);
      const isOther = row !== undefined && !(row.kind === actor.kind && row.id === actor.id);
      if (isOther && commands.has(row.command)) found.push(row);
    }
    others.unshift(...connected(own, found));
    if (others.length > STORY_ROWS_MAX) break;
  }
  return [...own, ...others].sort((a, b) => a.position - b.position);
}

/** Undefined when there is none, or none that the tenant may see. */
export async function recordAt(runtime: Runtime, tenant: string, position: Position): Promise<Transition | undefined> {
  if (position < 1 || position > runtime.live.position) return undefined;
  for await (const record of runtime.replay({ after: position - 1, upTo: position })) {
    if (record.position === position && isShown(record, tenant)) return record.transition;
  }
  return undefined;
}

/** When the log came to a position, ms since 1970, whosever record it is; undefined when it has not. */
export async function timeAt(runtime: Runtime, position: Position): Promise<number | undefined> {
  if (position < 1 || position > runtime.live.position) return undefined;
  let time: number | undefined;
  // What is no record is passed over: the one before it tells the time then.
  for await (const record of runtime.replay({ after: Math.max(0, position - JUNK_MAX), upTo: position }))
    time = record.time;
  return time;
}

/** Every public record of the tenant that fits, as it is: for exports. */
export async function* recordsOf(
  runtime: Runtime,
  { tenant, filter }: Pick<RowsAsked, 'tenant' | 'filter'>,
): AsyncGenerator<LoggedTransition> {
  const naming = namesIn(runtime.live, tenant);
  for await (const record of runtime.replay({ after: 0, upTo: runtime.live.position, tenant })) {
    const row = publicRow(record, tenant, naming);
    if (row !== undefined && matches(row, filter)) yield record;
  }
}

function publicRow(record: LoggedTransition, tenant: string, naming: Naming): Row | undefined {
  return isShown(record, tenant) ? rowOf(record.position, record.transition, naming) : undefined;
}

function isShown({ actor, visibility }: LoggedTransition, tenant: string): boolean {
  return visibility === 'public' && actor.tenant === tenant;
}

/** Those of `found` that telling joins with one of `own`; whoever tells is recorded before whom he tells. */
function connected(own: readonly Row[], found: readonly Row[]): Row[] {
  const nameOf = ({ kind, id, version }: Row): string => `${kind}/${id}@${version}`;
  const joined = new Set(own.map(nameOf));
  for (const { told } of own) if (told !== undefined) joined.add(told);
  const tellers = new Map(found.map((row) => [nameOf(row), row.told]));
  // A set goes on with what is added to it while it is walked: this climbs to the first teller.
  for (const name of joined) {
    const told = tellers.get(name);
    if (told !== undefined) joined.add(told);
  }
  return found.filter((row) => {
    const isJoined = joined.has(nameOf(row)) || (row.told !== undefined && joined.has(row.told));
    if (isJoined) joined.add(nameOf(row));
    return isJoined;
  });
}

/** The places of whole commands in the log, neighbours joined. */
function spansOf(rows: readonly Row[]): { after: Position; upTo: Position }[] {
  const spans: { after: Position; upTo: Position }[] = [];
  for (const { position, part, of } of rows) {
    const after = position - part;
    const upTo = after + of;
    const last = spans.at(-1);
    if (last !== undefined && after <= last.upTo + STORY_GAP) last.upTo = Math.max(last.upTo, upTo);
    else spans.push({ after, upTo });
  }
  return spans;
}
