/** Which records the lanes are made of: the story of the chosen actor, else the rows held; and where the page stands on their axis. */
import { computed } from '@preact/signals';
import { keyOf, type Row } from '../../row.ts';
import { buffer, turn } from './buffer.ts';
import { lanesOf } from './lanes.ts';
import { momentTime } from './moment-time.ts';
import { actor, axis, moment, troubleOnly, words } from './place.ts';
import { story } from './story.ts';

const ROWS_MAX = 20_000;

export const rowsShown = computed(() => {
  turn.value;
  const told = story.value;
  const chosen = actor.value;
  if (chosen !== undefined) return told?.of === keyOf(chosen) ? told.rows : [];
  return buffer.rows.length > ROWS_MAX ? around(moment.value) : buffer.rows.slice();
});

export const lanesShown = computed(() =>
  lanesOf(rowsShown.value, axis.value, actor.value === undefined ? undefined : keyOf(actor.value)),
);

/** A story is told whole; the list is not, where words or trouble choose of an actor's records. */
export function isSparse(): boolean {
  return actor.value === undefined && (troubleOnly.value || words.value !== '');
}

/** Where the page stands on the axis: between two records of these lanes there may be many of others. Undefined while live. */
export function standingOnAxis(): number | undefined {
  const at = moment.value;
  if (at === undefined) return undefined;
  const time = axis.value === 'time' ? momentTime.value : undefined;
  return time ?? lanesShown.value.xOf(at);
}

function around(at: number | undefined): Row[] {
  const middle = at === undefined ? buffer.rows.length : buffer.indexAt(at) + ROWS_MAX / 2;
  return buffer.rows.slice(Math.max(0, middle - ROWS_MAX), middle);
}
