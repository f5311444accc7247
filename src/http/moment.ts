/**
 * As-Of: the past moment a reading request asks for, in the header `As-Of` or the query parameter `as_of`.
 * Digits alone are a log position; anything else must be an RFC 3339 time with its zone. What is no reading request is
 * refused with it: done in the present it would surprise whoever meant the past.
 */
import type { IncomingMessage } from 'node:http';
import type { Position } from '../model/position.ts';
import type { View } from '../model/projection.ts';
import type { Moment, Runtime } from '../model/runtime.ts';
import { type Parsed, parsed, refused } from './parsed.ts';
import type { RequestState } from './request-state.ts';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

const LIVE = parsed(undefined);
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const READ_ONLY = 'is taken by GET alone: a moment of the past can be read, not changed';

/** Undefined means live. A position or time of the future is not this function's business. */
export function momentOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  query: URLSearchParams,
): Parsed<Moment | undefined> {
  const header = headers['as-of'];
  if (header === undefined && !query.has('as_of')) return LIVE;
  const parameters = query.getAll('as_of');
  const [text, ...others] = [...(header === undefined ? [] : [String(header)]), ...parameters];
  if (text === undefined) return LIVE;
  const name = header === undefined ? 'as_of' : 'As-Of';
  if (!READING.has(method ?? '')) return refused({ code: 'badParameter', name, reason: READ_ONLY });
  if (others.some((other) => other !== text)) {
    return refused({ code: 'badParameter', name: 'As-Of', reason: 'is given twice, differently' });
  }
  return parseMoment(text.trim(), name);
}

/** What the answer is made from, for as long as the handler runs: the live view, or one of the past. Throws as `query` does. */
export async function viewAt(
  runtime: Pick<Runtime, 'live' | 'query'>,
  moment: Moment | undefined,
  { held }: Pick<RequestState, 'held'>,
): Promise<View> {
  return moment === undefined ? runtime.live : held.use(await runtime.query(moment));
}

/** Where to go on from. A position may lie past the end of the log; throws `momentUnavailable` for a time to come. */
export async function positionOf(moment: Moment, runtime: Pick<Runtime, 'positionAt'>): Promise<Position> {
  return 'position' in moment ? moment.position : runtime.positionAt(moment.time);
}

export function parseMoment(text: string, name = 'As-Of'): Parsed<Moment> {
  if (/^\d{1,15}$/.test(text)) return parsed({ position: Number(text) });
  const time =
    RFC_3339.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text.replace(/^(.{10}) /, '$1T')) : Number.NaN;
  if (!Number.isNaN(time)) return parsed({ time });
  return refused({ code: 'badParameter', name, reason: 'is neither a log position nor an RFC 3339 time with a zone' });
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
