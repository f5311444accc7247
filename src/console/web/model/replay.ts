/**
 * The log played from the moment of the page on, as fast as asked: so many seconds of it in one of ours. Where nothing
 * happens for long it goes on at once. It ends live, or when the page is taken elsewhere.
 */
import { effect, signal } from '@preact/signals';
import { buffer, loadLater, neighbour } from './buffer.ts';
import { goLive, goTo } from './moves.ts';
import { moment } from './place.ts';
import { head } from './session.ts';

export const SPEEDS = [1, 2, 5, 20, 100] as const;
export type Speed = (typeof SPEEDS)[number];

export const playing = signal(false);
export const speed = signal<Speed>(5);

const TICK_MS = 250;
/** Of our time: a longer pause of the log is not waited for. */
const PAUSE_MS_MAX = 2_000;

let ticking: ReturnType<typeof setInterval> | undefined;
/** Where the log's time stands, and the position the last tick went to. */
let clock = 0;
let stood = 0;

export function togglePlay(): void {
  if (playing.peek()) {
    pause();
    return;
  }
  const from = moment.peek() ?? firstHeld();
  clock = rowAt(from)?.time ?? 0;
  stood = from;
  playing.value = true;
  goTo(from);
  ticking = setInterval(() => void tick(), TICK_MS);
}

export function pause(): void {
  clearInterval(ticking);
  playing.value = false;
}

/** Whoever takes the page elsewhere has seen enough. */
export function stopWhenMoved(): void {
  effect(() => {
    if (moment.value !== stood && playing.peek()) pause();
  });
}

async function tick(): Promise<void> {
  const next = neighbour(stood, 1, () => true);
  if (next === undefined) {
    if (!buffer.atEnd) return loadLater();
    pause();
    return goLive();
  }
  clock = Math.max(clock + TICK_MS * speed.peek(), next.time - PAUSE_MS_MAX * speed.peek());
  let reached = stood;
  for (let at = next; at.time <= clock; ) {
    reached = at.position;
    const after = neighbour(at.position, 1, () => true);
    if (after === undefined) break;
    at = after;
  }
  if (reached === stood) return;
  stood = reached;
  goTo(reached);
}

function rowAt(position: number) {
  return buffer.rows[buffer.indexAt(position)];
}

/** From live it begins with what is held of the log, so that there is something to see. */
function firstHeld(): number {
  return buffer.rows[Math.max(0, buffer.rows.length - 200)]?.position ?? head.peek();
}
