/**
 * Wall clocks of IANA time zones: which moment is meant by what they show, and where their days begin. A wall time is what a
 * clock shows, in ms as if it were UTC.
 */

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** True for `UTC` and every zone name the runtime knows; an offset, which it knows too, is no name. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return clockOf(zone).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * When the clocks of a zone show this, ms since 1970. A time that a change of clocks skips or repeats is read with the
 * offset that holds before the change.
 */
export function momentOnWall(wall: number, zone: string): number {
  const before = wall - offsetMs(wall - DAY_MS, zone);
  const after = wall - offsetMs(wall + DAY_MS, zone);
  const showsAsked = (time: number): boolean => time + offsetMs(time, zone) === wall;
  return showsAsked(before) || !showsAsked(after) ? before : after;
}

/** When the day of a zone began that it is at this time. It began where the clocks went, if they skipped midnight. */
export function dayBegin(time: number, zone: string): number {
  return momentOnWall(midnightBefore(time, zone), zone);
}

/** Where the days begin that follow `from`, up to `to`, of 23 and of 25 hours too. */
export function midnightsBetween(from: number, to: number, zone: string): readonly number[] {
  const midnights: number[] = [];
  for (let wall = midnightBefore(from, zone) + DAY_MS; ; wall += DAY_MS) {
    const begin = momentOnWall(wall, zone);
    if (begin >= to) return midnights;
    midnights.push(begin);
  }
}

function midnightBefore(time: number, zone: string): number {
  return Math.floor((time + offsetMs(time, zone)) / DAY_MS) * DAY_MS;
}

function offsetMs(time: number, zone: string): number {
  const parts = clockOf(zone).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(time / SECOND_MS) * SECOND_MS;
}

/** To make one takes as long as a hundred readings. There are some 600 zones, whose names may be written in any letters. */
const CLOCKS_MAX = 1_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Throws for what is no zone. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (clocks.size < CLOCKS_MAX) clocks.set(zone, made);
  return made;
}
