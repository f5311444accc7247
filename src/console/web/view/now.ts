/** The page's own now: of the frozen moment, or of the server's clock as the newest record told it, moving on. */
import { computed, signal } from '@preact/signals';
import { momentTime } from '../model/moment-time.ts';
import { headTime } from '../model/session.ts';

const tick = signal(0);
setInterval(() => {
  tick.value += 1;
}, 1_000);

export const now = computed(() => {
  tick.value;
  return momentTime.value ?? Math.max(Date.now(), headTime.value);
});
