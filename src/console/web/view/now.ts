/** The page's own now: of the frozen moment, or of the server's clock as the newest record told it, moving on. */
import { computed, signal } from '@preact/signals';
import { buffer, turn } from '../model/buffer.ts';
import { moment } from '../model/place.ts';
import { headTime } from '../model/session.ts';

const tick = signal(0);
setInterval(() => {
  tick.value += 1;
}, 1_000);

/** Time of the last record at or before the moment that is held; undefined when none is. */
export const momentTime = computed(() => {
  turn.value;
  const at = moment.value;
  return at === undefined ? undefined : buffer.rows[buffer.indexAt(at)]?.time;
});

export const now = computed(() => {
  tick.value;
  return momentTime.value ?? Math.max(Date.now(), headTime.value);
});
