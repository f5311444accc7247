/**
 * What queues and agents did, and how queues stand: counted per quarter of an hour, so spans begin and end there. The read
 * models' own words; times in ms. Asked with As-Of they tell what was known then.
 */

import { z } from 'zod';
import { zoneOf } from '../../../projections/directory/zone.ts';
import { entry } from '../../../projections/directory.ts';
import { queueStatus, waitingIn } from '../../../projections/queues.ts';
import { QUARTER_MS } from '../../../projections/statistics/quarters.ts';
import {
  agentTimes,
  occupancyOf,
  queueStatistics,
  queueStatisticsBy,
  queueStatisticsFrom,
} from '../../../projections/statistics.ts';
import { parseMoment } from '../../http/moment.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { midnightsBetween } from '../../model/zone.ts';
import { loosely } from './answer-schemas.ts';
import { type Ask, json, type NativeRoute, param, type Reply, refuse, unknown } from './route.ts';

const TENANT = '/v1/tenants/:tenant';
const DAY_MS = 86_400_000;
/** Intervals that one answer tells. */
const INTERVALS_MAX = 1_000;
/** Callers that one answer names. */
const WAITING_MAX = 1_000;

const SPAN = [
  { name: 'from', description: 'RFC 3339; the quarter of an hour it lies in counts. A day ago when absent.' },
  { name: 'to', description: 'RFC 3339; quarters that begin before it count. Now when absent.' },
];

const span = { from: z.iso.datetime(), to: z.iso.datetime(), position: z.int() };

export function statisticsRoutes(): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: `${TENANT}/statistics/queues`,
      summary: 'Statistics: queue, or all queues together',
      answer: loosely('Counts and times in ms', span),
      scope: 'read',
      asOf: true,
      query: [
        ...SPAN,
        { name: 'queue', description: 'Id of one queue.' },
        {
          name: 'interval',
          description:
            'Also the same per interval: minutes, a multiple of 15, counted from `from`; or `day`, from midnight to midnight in the time zone of the tenant.',
        },
      ],
      handle: ofQueues,
    },
    {
      method: 'GET',
      path: `${TENANT}/statistics/agents`,
      summary: 'Statistics: what agents’ time went into, and their occupancy',
      answer: loosely('Times in ms, and the share of them that was work', {
        ...span,
        timeMs: z.record(z.string(), z.number()),
      }),
      scope: 'read',
      asOf: true,
      query: [...SPAN, { name: 'agent', description: 'Id of one agent; may be given again.' }],
      handle: ofAgents,
    },
    {
      method: 'GET',
      path: `${TENANT}/queues/:id/status`,
      summary: 'Read: who waits in a queue, who is there for them, and the estimated wait',
      answer: loosely('The queue as it stands', {
        calls: z.array(z.looseObject({ waitingSince: z.iso.datetime() })),
        position: z.int(),
      }),
      scope: 'read',
      asOf: true,
      handle: ofWaiting,
    },
  ];
}

function ofQueues(ask: Ask): Reply {
  const asked = spanOf(ask);
  if (!asked.ok) return refuse({ kind: 'input', problem: asked.problem });
  const interval = intervalOf(ask, asked.value);
  if (!interval.ok) return refuse({ kind: 'input', problem: interval.problem });
  const tenant = param(ask, 'tenant');
  const queue = ask.query.get('queue');
  if (queue !== null && !isQueue(ask, queue)) return unknown(`queue ${queue}`);
  const span = { tenant, ...asked.value, ...(queue === null ? {} : { queue }) };
  const whole = { ...timesOf(asked.value), ...plain(queueStatistics(ask.view, span)) };
  if (interval.value === undefined) return json({ ...whole, position: ask.view.position });
  const rows =
    interval.value === 'day'
      ? queueStatisticsFrom(ask.view, { ...span, begins: midnightsIn(ask, asked.value) })
      : queueStatisticsBy(ask.view, { ...span, intervalMs: interval.value });
  const intervals = rows.map(({ start, ...counts }) => ({ start: timeText(start), ...plain(counts) }));
  return json({ ...whole, intervals, position: ask.view.position });
}

function ofAgents(ask: Ask): Reply {
  const asked = spanOf(ask);
  if (!asked.ok) return refuse({ kind: 'input', problem: asked.problem });
  const agents = ask.query.getAll('agent');
  const span = { tenant: param(ask, 'tenant'), ...asked.value };
  const times = agentTimes(ask.view, agents.length === 0 ? span : { ...span, agents });
  const { wrap_up, ...others } = times;
  const body = { ...timesOf(asked.value), timeMs: { ...others, wrapUp: wrap_up }, occupancy: occupancyOf(times) };
  return json({ ...body, position: ask.view.position });
}

function ofWaiting(ask: Ask): Reply {
  const tenant = param(ask, 'tenant');
  const id = param(ask, 'id');
  if (!isQueue(ask, id)) return unknown(`queue ${id}`);
  const calls = waitingIn(ask.view, tenant, id, WAITING_MAX).map(({ queue: _, waitingSince, enteredAt, ...rest }) => ({
    ...rest,
    waitingSince: timeText(waitingSince),
    enteredAt: timeText(enteredAt),
  }));
  return json({ ...plain(queueStatus(ask.view, tenant, id)), calls, position: ask.view.position });
}

function isQueue(ask: Ask, id: string): boolean {
  return entry(ask.view, { tenant: param(ask, 'tenant'), kind: 'queue', id }) !== undefined;
}

interface Times {
  readonly from: number;
  readonly to: number;
}

function spanOf({ query, view }: Ask): Parsed<Times> {
  const from = timeIn(query, 'from', view.now - DAY_MS);
  if (!from.ok) return from;
  const to = timeIn(query, 'to', view.now + 1);
  if (!to.ok) return to;
  if (to.value < from.value) return refused({ code: 'badParameter', name: 'to', reason: 'is before from' });
  return parsed({ from: from.value, to: to.value });
}

function timeIn(query: URLSearchParams, name: string, usual: number): Parsed<number> {
  const text = query.get(name);
  if (text === null) return parsed(usual);
  const moment = parseMoment(text, name);
  if (moment.ok && 'time' in moment.value) return parsed(moment.value.time);
  return refused({ code: 'badParameter', name, reason: 'is no RFC 3339 time with a zone' });
}

function intervalOf({ query }: Ask, { from, to }: Times): Parsed<number | 'day' | undefined> {
  const text = query.get('interval');
  if (text === null) return parsed(undefined);
  const minutes = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  const intervalMs = text === 'day' ? DAY_MS : minutes * 60_000;
  const wrong = (reason: string) => refused({ code: 'badParameter', name: 'interval', reason });
  if (intervalMs === 0 || intervalMs % QUARTER_MS !== 0) return wrong('must be minutes, a multiple of 15, or day');
  if ((to - from) / intervalMs > INTERVALS_MAX) return wrong(`would give more than ${INTERVALS_MAX} intervals`);
  return parsed(text === 'day' ? 'day' : intervalMs);
}

function midnightsIn(ask: Ask, { from, to }: Times): readonly number[] {
  return midnightsBetween(from, to, zoneOf(ask.view, param(ask, 'tenant')));
}

function timesOf({ from, to }: Times): JsonObject {
  return { from: timeText(from), to: timeText(to) };
}

/** Interfaces of the read models as JSON, which they are. */
function plain(value: object): JsonObject {
  return value as { readonly [key: string]: Json };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
