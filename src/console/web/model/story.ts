/**
 * The selected actor: its records with those of everybody the same commands moved, the record it stands at, and the one
 * before. Grows while the page is live.
 */
import { computed, effect, signal } from '@preact/signals';
import { messageOf } from '../../../errors.ts';
import type { Transition } from '../../../model/transition.ts';
import { type Actor, keyOf, type Row } from '../../row.ts';
import { get, returns } from './api.ts';
import { learnCallers } from './callers.ts';
import { actor, moment, tenant } from './place.ts';

export interface Story {
  readonly of: string;
  readonly rows: readonly Row[];
  /** The log was read up to here. */
  readonly upTo: number;
}

/** How far past a frozen moment its story is told. */
const AHEAD = 2_000;
const KEPT_MAX = 300;

export const story = signal<Story | undefined>(undefined);
export const storyProblem = signal('');

/** The selected actor's own records, in order. */
export const own = computed<readonly Row[]>(() => {
  const [told, chosen] = [story.value, actor.value];
  if (told === undefined || chosen === undefined || told.of !== keyOf(chosen)) return [];
  return told.rows.filter((row) => keyOf(row) === told.of);
});

/** The last of them at the moment. */
export const standing = computed<Row | undefined>(() => {
  const at = moment.value;
  return at === undefined ? own.value.at(-1) : own.value.findLast(({ position }) => position <= at);
});

/** A record of an actor to compare its others with, instead of the one before. */
export const marked = signal<Row | undefined>(undefined);

/** What the standing record is compared with. */
export const previous = computed<Row | undefined>(() => {
  const { value: row } = standing;
  const { value: mark } = marked;
  if (row !== undefined && mark !== undefined && keyOf(mark) === keyOf(row) && mark.position !== row.position)
    return mark;
  return row === undefined ? undefined : own.value.findLast(({ position }) => position < row.position);
});

export const record = signal<Transition | undefined>(undefined);
export const recordBefore = signal<Transition | undefined>(undefined);

export function followSelection(): void {
  effect(() => {
    returns.value;
    const [name, chosen, at] = [tenant.value, actor.value, moment.value];
    if (name === '' || chosen === undefined) {
      story.value = undefined;
      storyProblem.value = '';
      return;
    }
    const told = story.peek();
    if (told?.of !== keyOf(chosen)) storyProblem.value = '';
    const isTold =
      told?.of === keyOf(chosen) && at !== undefined && at <= told.upTo && (told.rows[0]?.position ?? 0) <= at;
    if (!isTold) void tell(name, chosen, at);
  });
  effect(() => {
    returns.value;
    void show(standing.value, record);
    void show(previous.value, recordBefore);
  });
}

async function tell(name: string, chosen: Actor, at: number | undefined): Promise<void> {
  const upTo = at === undefined ? undefined : at + AHEAD;
  const of = keyOf(chosen);
  const isWanted = (): boolean => tenant.peek() === name && actor.peek() === chosen && moment.peek() === at;
  try {
    const told = await get<{ rows: readonly Row[]; upTo: number }>('/console/data/story', {
      tenant: name,
      ...chosen,
      upTo,
    });
    if (!isWanted()) return;
    learnCallers(told.rows);
    story.value = { of, ...told };
    storyProblem.value = told.rows.length === 0 ? 'Nothing is recorded of it up to this moment.' : '';
  } catch (error) {
    if (isWanted()) storyProblem.value = messageOf(error);
  }
}

/** What commands of the story's actor record from now on belongs to it. */
export function growStory(rows: readonly Row[]): void {
  learnCallers(rows);
  const told = story.peek();
  if (told === undefined) return;
  const commands = new Set(rows.filter((row) => keyOf(row) === told.of).map(({ command }) => command));
  const more = rows.filter(({ position, command }) => position > told.upTo && commands.has(command));
  if (more.length > 0)
    story.value = { ...told, rows: [...told.rows, ...more], upTo: more.at(-1)?.position ?? told.upTo };
}

/** Marks the record the page stands at, or takes the mark away from it. */
export function toggleMark(): void {
  const row = standing.peek();
  marked.value = row === undefined || marked.peek()?.position === row.position ? undefined : row;
}

export function clearMark(): void {
  marked.value = undefined;
}

const kept = new Map<string, Promise<Transition>>();

/** A record whole; read once. */
export function recordOf(position: number): Promise<Transition> {
  const key = `${tenant.peek()} ${position}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const asked = get<{ record: Transition }>('/console/data/record', { tenant: tenant.peek(), position }).then(
    (found) => found.record,
  );
  asked.catch(() => kept.delete(key));
  kept.set(key, asked);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
  return asked;
}

async function show(row: Row | undefined, into: typeof record): Promise<void> {
  if (row === undefined) {
    into.value = undefined;
    return;
  }
  const found = await recordOf(row.position).catch(() => undefined);
  const wanted = into === record ? standing.peek() : previous.peek();
  if (wanted?.position === row.position) into.value = found;
}
