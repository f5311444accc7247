/** How one moves about: to a record, to a moment, back to live, to the next record of all or of the same actor. */
import { batch } from '@preact/signals';
import { messageOf } from '../../../errors.ts';
import { type Actor, keyOf, type Row } from '../../row.ts';
import { get } from './api.ts';
import { neighbour } from './buffer.ts';
import type { RowPage } from './log-buffer.ts';
import { actor, inPlace, moment, type Tab, tab, tenant, words } from './place.ts';
import { head, trouble } from './session.ts';
import { own } from './story.ts';

export function choose(chosen: Actor | undefined): void {
  const now = actor.peek();
  if (chosen !== undefined && now !== undefined && keyOf(chosen) === keyOf(now)) return;
  actor.value = chosen === undefined ? undefined : { kind: chosen.kind, id: chosen.id };
}

export function goTo(position: number): void {
  moment.value = Math.max(1, Math.min(position, head.peek()));
}

export function goToRow(row: Row): void {
  batch(() => {
    choose(row);
    goTo(row.position);
  });
}

export function goLive(): void {
  moment.value = undefined;
}

export function toggleLive(): void {
  if (moment.peek() === undefined) goTo(head.peek());
  else goLive();
}

export function step(by: -1 | 1, sameActor: boolean): void {
  const from = moment.peek() ?? head.peek() + 1;
  const row = sameActor
    ? by < 0
      ? own.peek().findLast(({ position }) => position < from)
      : own.peek().find(({ position }) => position > from)
    : neighbour(from, by, () => true);
  if (row === undefined) return;
  if (sameActor || actor.peek() === undefined) goTo(row.position);
  else if (moment.peek() === undefined) goToRow(row);
  else inPlace(() => goToRow(row));
}

const looking = new Set<number>();

/** To the nearest record before or after by which something went wrong, however far that is. */
export async function stepToTrouble(by: -1 | 1): Promise<void> {
  if (looking.size > 0) return;
  const from = moment.peek() ?? head.peek() + 1;
  looking.add(from);
  try {
    const found = neighbour(from, by, (row) => row.trouble !== undefined) ?? (await troubleBeyond(from, by));
    if (found === undefined) trouble.value = `Nothing went wrong ${by < 0 ? 'before' : 'after'} this.`;
    else {
      trouble.value = '';
      goToRow(found);
    }
  } catch (error) {
    trouble.value = messageOf(error);
  } finally {
    looking.delete(from);
  }
}

async function troubleBeyond(from: number, by: -1 | 1): Promise<Row | undefined> {
  for (let at = from; ; ) {
    const query = { tenant: tenant.peek(), trouble: '1', limit: 1, ...(by < 0 ? { before: at } : { after: at }) };
    const { rows, reached, end } = await get<RowPage>('/console/data/rows', query);
    const [row] = rows;
    if (row !== undefined || end) return row;
    at = reached;
  }
}

/** To a position, or a time as people write it; false, and says what is wrong with it, otherwise. */
export async function jump(text: string): Promise<boolean> {
  const wanted = text.trim().replace(/^#/, '');
  if (wanted === '') return true;
  if (/^\d{1,15}$/.test(wanted)) {
    trouble.value = '';
    goTo(Number(wanted));
    return true;
  }
  const time = Date.parse(/^\d{1,2}:\d{2}/.test(wanted) ? `${new Date().toDateString()} ${wanted}` : wanted);
  if (Number.isNaN(time)) {
    trouble.value = `“${wanted}” is neither a position nor a time, such as 1234, 10:14:07 or 2026-03-01 10:14.`;
    return false;
  }
  try {
    const path = `/v1/tenants/${encodeURIComponent(tenant.peek())}/queues`;
    const { position } = await get<{ position: number }>(path, { limit: 1, as_of: new Date(time).toISOString() });
    trouble.value = '';
    goTo(position);
    return true;
  } catch (error) {
    trouble.value = messageOf(error);
    return false;
  }
}

export function show(name: Tab): void {
  tab.value = name;
}

export function search(text: string): void {
  words.value = text;
}
