/**
 * What the floor of the contact centre looks like at a scrape: who waits, what agents do, what became of calls. Read from the
 * live projections; of every tenant.
 */
import { agentCount } from '../../projections/agents.ts';
import { entriesOf } from '../../projections/directory.ts';
import { queueLengths } from '../../projections/queues.ts';
import { ACTIVITIES, QUARTER_MS, quarterOf } from '../../projections/statistics/quarters.ts';
import { agentActivities, queueStatistics } from '../../projections/statistics.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import type { View } from '../model/projection.ts';
import { tenantNames } from '../projector/heads.ts';
import type { Levels, Sample } from './metrics.ts';

const QUEUE_LABELS = ['tenant', 'queue'] as const;
/** Of each tenant. */
const QUEUES_MAX = 10_000;

export function floorLevels(live: () => View): Levels {
  const outcomes = new QueueOutcomes(live().now);
  return {
    ledgerline_agents: {
      help: 'Agents by what they do',
      labels: ['tenant', 'activity'],
      read: () => agents(live()),
    },
    ledgerline_queue_waiting: {
      help: 'Calls that wait in a queue',
      labels: QUEUE_LABELS,
      read: () => lengths(live(), ({ waiting }) => waiting),
    },
    ledgerline_queue_longest_wait_seconds: {
      help: 'How long the call has waited in its queue that waits longest',
      labels: QUEUE_LABELS,
      read: () => lengths(live(), ({ longestMs }) => longestMs / 1000),
    },
    ledgerline_queue_calls_total: {
      help: 'Calls of a queue: entered, and how they left it; answered within 20 s are among the answered',
      isCounter: true,
      labels: [...QUEUE_LABELS, 'event'],
      read: () => outcomes.read(live()),
    },
  };
}

function agents(view: View): readonly Sample[] {
  const counts = agentActivities(view);
  return tenantsOf(view).flatMap((tenant) => {
    const own = new Map(counts.filter((row) => row.tenant === tenant).map((row) => [row.activity, row.agents]));
    const signedIn = [...own.values()].reduce((sum, count) => sum + count, 0);
    return [
      ...ACTIVITIES.map((activity) => ({ labels: { tenant, activity }, value: own.get(activity) ?? 0 })),
      { labels: { tenant, activity: 'signed_out' }, value: agentCount(view, tenant) - signedIn },
    ];
  });
}

function lengths(
  view: View,
  shown: (length: { readonly waiting: number; readonly longestMs: number }) => number,
): readonly Sample[] {
  const found = new Map(queueLengths(view).map((row) => [`${row.tenant} ${row.queue}`, row]));
  return queuesOf(view).map((labels) => {
    const length = found.get(`${labels.tenant} ${labels.queue}`);
    const longestMs = length === undefined ? 0 : Math.max(0, view.now - length.oldest);
    return { labels, value: shown({ waiting: length?.waiting ?? 0, longestMs }) };
  });
}

interface QueueName extends Record<string, string> {
  readonly tenant: string;
  readonly queue: string;
}

type Counts = ReadonlyMap<string, number>;

/**
 * Counts since the quarter of an hour in which this began. Quarters that are over, and the one after them, are counted once and kept as a
 * sum, so that a scrape reads a few rows of a queue however long the process runs.
 */
class QueueOutcomes {
  /** Of the queues there are. */
  #kept = new Map<string, { readonly upTo: number; readonly counts: Counts }>();
  readonly #began: number;

  constructor(now: number) {
    this.#began = quarterOf(now);
  }

  read(view: View): readonly Sample[] {
    const over = quarterOf(view.now) - QUARTER_MS;
    const before = this.#kept;
    this.#kept = new Map();
    return queuesOf(view).flatMap((labels) => {
      const key = `${labels.tenant} ${labels.queue}`;
      let { upTo, counts } = before.get(key) ?? { upTo: this.#began, counts: new Map<string, number>() };
      if (over > upTo) {
        counts = sum(counts, countsIn(view, labels, upTo, over));
        upTo = over;
      }
      this.#kept.set(key, { upTo, counts });
      const all = sum(counts, countsIn(view, labels, upTo, Number.MAX_SAFE_INTEGER));
      return [...all].map(([event, value]) => ({ labels: { ...labels, event }, value }));
    });
  }
}

function countsIn(view: View, { tenant, queue }: QueueName, from: number, to: number): Counts {
  const all = queueStatistics(view, { tenant, queue, from, to });
  return new Map([
    ['entered', all.entered],
    ['answered', all.answered],
    ['answered_within_20s', all.answeredWithin.s20],
    ['abandoned', all.abandoned],
    ['short_abandoned', all.shortAbandoned],
    ['overflowed', all.overflowed],
    ['closed', all.closed],
    ['transferred', all.transferred],
    ['dropped', all.dropped],
  ]);
}

function sum(one: Counts, other: Counts): Counts {
  return new Map([...other].map(([event, count]) => [event, count + (one.get(event) ?? 0)]));
}

function tenantsOf(view: View): readonly string[] {
  return tenantNames(view).filter((name) => name !== INSTALLATION);
}

function queuesOf(view: View): readonly QueueName[] {
  return tenantsOf(view).flatMap((tenant) =>
    entriesOf(view, { tenant, kind: 'queue', limit: QUEUES_MAX }).map(({ actor }) => ({ tenant, queue: actor.id })),
  );
}
