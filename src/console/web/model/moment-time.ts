/**
 * The time of the frozen moment. The list may not hold its record: the filter keeps it back, or it is none of this
 * tenant's; then the server is asked.
 */
import { computed, effect, signal } from '@preact/signals';
import { get } from './api.ts';
import { buffer, turn } from './buffer.ts';
import { moment, tenant } from './place.ts';

const SETTLE_MS = 90;

const told = signal<{ readonly position: number; readonly time: number } | undefined>(undefined);

/** While it is not known: that of the last record at or before the moment that is held, if any is. */
export const momentTime = computed(() => {
  turn.value;
  const at = moment.value;
  if (at === undefined) return undefined;
  const row = buffer.rows[buffer.indexAt(at)];
  return row?.position !== at && told.value?.position === at ? told.value.time : row?.time;
});

export function followMomentTime(): void {
  effect(() => {
    turn.value;
    const [name, at] = [tenant.value, moment.value];
    if (name === '' || at === undefined || told.peek()?.position === at) return;
    if (buffer.rows[buffer.indexAt(at)]?.position === at) return;
    const settled = setTimeout(() => void ask(name, at), SETTLE_MS);
    return () => clearTimeout(settled);
  });
}

async function ask(name: string, position: number): Promise<void> {
  const found = await get<{ time: number }>('/console/data/moment', { tenant: name, position }).catch(() => undefined);
  if (found !== undefined) told.value = { position, time: found.time };
}
