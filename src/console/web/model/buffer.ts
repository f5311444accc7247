/**
 * The rows on the page: read around the moment when the place changes, grown by scrolling and by what happens. Changes of
 * `turn` say that `buffer` has changed.
 */
import { computed, effect, signal } from '@preact/signals';
import { filterOf, matches, type Row } from '../../row.ts';
import { get, type Query, returns } from './api.ts';
import { learnCallers } from './callers.ts';
import { LogBuffer, type RowPage } from './log-buffer.ts';
import { kinds, moment, tenant, troubleOnly, words } from './place.ts';

export const buffer = new LogBuffer();
export const turn = signal(0);
/** Also until the first reading is done: an empty page says nothing of an empty log. */
export const loading = signal(true);
/** Rows that were put before the others by the last change: what is scrolled stays where it is. */
export const prepended = signal(0);

/** At first what the list and the lanes have room for, that it be there soon; then pages as one scrolls. */
const BEFORE = 200;
const AFTER = 100;
const PAGE = 2_000;
const SETTLE_MS = 120;

/** The end of the command that the moment is in the midst of: views of the past move by whole commands. */
export const wholeMoment = computed(() => {
  turn.value;
  const at = moment.value;
  if (at === undefined) return undefined;
  const row = buffer.rows[buffer.indexAt(at)];
  return row?.position === at ? endOfCommand(row) : at;
});

export function endOfCommand({ position, part, of }: Row): number {
  return position - part + of;
}

let reading = new AbortController();
/** The filter whose rows are held. */
let shown = '';
/** The filter whose rows are sought around another moment; none while what is held is what is looked at. */
let sought: string | undefined;

export function followBuffer(): void {
  effect(() => {
    returns.value;
    const place = JSON.stringify([tenant.value, kinds.value, words.value, troubleOnly.value]);
    const at = moment.value;
    if (tenant.value === '') return;
    const isHeld = place === shown && (at === undefined ? buffer.atEnd : at >= buffer.first && at <= buffer.last);
    // Within what is held there is nothing to read.
    if (isHeld && sought === undefined) return;
    const settle = place !== (sought ?? shown) || at === undefined ? 0 : SETTLE_MS;
    sought = isHeld ? undefined : place;
    // From now on, for what would be scrolled to meanwhile lies beside rows that will not be there.
    loading.value = !isHeld;
    reading.abort();
    const mine = new AbortController();
    reading = mine;
    if (isHeld) return;
    setTimeout(() => {
      if (!mine.signal.aborted) void readAround(place, at, mine);
    }, settle);
  });
}

async function readAround(place: string, at: number | undefined, { signal }: AbortController): Promise<void> {
  try {
    const [before, after] = await Promise.all([
      page({ ...(at === undefined ? {} : { before: at + 1 }), limit: BEFORE }, signal),
      at === undefined ? undefined : page({ after: at, limit: AFTER }, signal),
    ]);
    buffer.start(before, after, at === undefined ? before.head + 1 : at + 1);
    shown = place;
    prepended.value = 0;
    turn.value += 1;
  } catch {
    // Taken back by a newer wish, or the wall says what is wrong and it is read when the server is there again.
  } finally {
    if (!signal.aborted) {
      sought = undefined;
      loading.value = false;
    }
  }
}

export async function loadEarlier(): Promise<void> {
  if (loading.value || buffer.atBeginning) return;
  await grow(async (signal) => {
    prepended.value = buffer.addBefore(await page({ before: buffer.first, limit: PAGE }, signal));
  });
}

export async function loadLater(): Promise<void> {
  if (loading.value || buffer.atEnd) return;
  await grow(async (signal) => {
    buffer.addAfter(await page({ after: buffer.last, limit: PAGE }, signal));
    prepended.value = 0;
  });
}

async function grow(read: (signal: AbortSignal) => Promise<void>): Promise<void> {
  loading.value = true;
  const mine = reading;
  try {
    await read(mine.signal);
    turn.value += 1;
  } catch {
    // The next scroll asks again.
  } finally {
    if (!mine.signal.aborted) loading.value = false;
  }
}

export function appendLive(rows: readonly Row[], upTo: number): void {
  const filter = filterOf(kinds.peek(), words.peek(), troubleOnly.peek());
  const wanted = rows.filter((row) => matches(row, filter));
  buffer.addLive(wanted, upTo);
  if (wanted.length > 0) {
    prepended.value = 0;
    turn.value += 1;
  }
}

/** What an empty page says: nothing is there, or nothing as far as it was looked back. */
export function saidOfNothing(): string {
  turn.value;
  if (loading.value) return 'Reading the log …';
  if (!buffer.atBeginning) return `No record since #${buffer.first} fits.`;
  const isFiltered = troubleOnly.value || words.value !== '' || kinds.value.length > 0;
  return isFiltered ? 'No record fits.' : 'Nothing is recorded here yet.';
}

/** The nearest row before or after a position that is held and fits. None where something that is not held lies between. */
export function neighbour(position: number, step: -1 | 1, fits: (row: Row) => boolean): Row | undefined {
  if (step > 0 ? position < buffer.first - 1 && !buffer.atBeginning : position > buffer.last + 1 && !buffer.atEnd)
    return;
  const begin = buffer.indexAt(position);
  const there = buffer.rows[begin]?.position === position;
  for (let at = step < 0 ? (there ? begin - 1 : begin) : begin + 1; at >= 0 && at < buffer.rows.length; at += step) {
    const row = buffer.rows[at];
    if (row !== undefined && fits(row)) return row;
  }
  return undefined;
}

/** What the list is asked for, but for the place in the log. */
export function filterQuery(): Query {
  return {
    tenant: tenant.peek(),
    kind: kinds.peek(),
    q: words.peek() || undefined,
    trouble: troubleOnly.peek() ? '1' : undefined,
  };
}

async function page(query: Readonly<Record<string, number>>, signal: AbortSignal): Promise<RowPage> {
  const found = await get<RowPage>('/console/data/rows', { ...query, ...filterQuery() }, signal);
  learnCallers(found.rows);
  return found;
}
