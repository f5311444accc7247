/**
 * The three ways in which the document prints time. All of them are UTC: none of its samples says a zone.
 */
import { momentOnWall } from '../../model/zone.ts';

const SECOND_MS = 1000;

/** `H:MM:SS` with hours that never end: `0:00:00`, `117:11:18`. */
export function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  return [Math.floor(seconds / 3600), ...parts].join(':');
}

/** A clock as an answer shows it, and until when it will show the same. */
export class Face {
  readonly now: number;
  #until = Number.POSITIVE_INFINITY;

  constructor(now: number) {
    this.now = now;
  }

  /** How long something has lasted that began at `time`. */
  since(time: number): string {
    const ms = this.now - time;
    const shownMs = ms < 0 ? ms : ms % SECOND_MS;
    this.#until = Math.min(this.#until, this.now + SECOND_MS - shownMs);
    return durationOf(ms);
  }

  /** The first moment at which one of the durations shown is another. */
  get until(): number {
    return this.#until;
  }
}

/** `2021-03-12 07:23:02 AM`. */
export function clockTimeOf(time: number): string {
  const iso = new Date(time).toISOString();
  const hours = Number(iso.slice(11, 13));
  const twelve = String(hours % 12 === 0 ? 12 : hours % 12).padStart(2, '0');
  return `${iso.slice(0, 10)} ${twelve}${iso.slice(13, 19)} ${hours < 12 ? 'AM' : 'PM'}`;
}

/** `2021-10-07T07:22:21`. */
export function plainTimeOf(time: number): string {
  return new Date(time).toISOString().slice(0, 19);
}

/** `2021-10-07T07:22:21Z`, in events. */
export function stampOf(time: number): string {
  return `${plainTimeOf(time)}Z`;
}

const PLAIN_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/;

/** `YYYY-MM-DDTHH:MM:SS` on the wall clocks of an IANA zone, as ms since 1970; undefined for what is no such time. */
export function parsePlainTime(text: string, zone: string): number | undefined {
  const wall = PLAIN_TIME.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(wall) || plainTimeOf(wall) !== text) return undefined;
  return momentOnWall(wall, zone);
}
