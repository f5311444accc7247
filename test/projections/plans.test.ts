/**
 * How SQLite goes about what it is asked: by an index that ends where the answer does, and not through everything that a
 * tenant ever had. It plans by the tables alone, so empty ones tell.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agent, agentsOf } from '../../projections/agents.ts';
import { callsBetween, lastCallsOf } from '../../projections/call-history.ts';
import * as calls from '../../projections/calls.ts';
import { chat, chatsOf } from '../../projections/chats.ts';
import { receiptOf } from '../../projections/commands.ts';
import { entriesBy, entriesOf, entry, newestEntry } from '../../projections/directory.ts';
import { projections } from '../../projections/index.ts';
import { licencesTaken } from '../../projections/licences.ts';
import { membersTalking, queueStatus, waiting, waitingIn } from '../../projections/queues.ts';
import { isFileKept, reservationOf, reservationsFor, service } from '../../projections/services.ts';
import { agentTimes, queueStatistics, queueStatisticsBy } from '../../projections/statistics.ts';
import { dueBy, nextDue, timersOf } from '../../projections/timers.ts';
import type { SqlValue, View } from '../../src/model/projection.ts';
import { Database } from '../../src/projector/database.ts';
import { actorHead, actorsOf, tenantNames } from '../../src/projector/heads.ts';
import { addTables } from '../../src/projector/open.ts';

const database = new Database();
beforeAll(() => addTables(database, { projections }, 'log'));
afterAll(() => database.close());

/** A view that notes how each question would be gone about. */
function noting(plans: string[]): View {
  const note = (sql: string, values: readonly SqlValue[]) => {
    const steps = database.all<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    plans.push(...steps.map(({ detail }) => detail));
  };
  return {
    ...{ position: 0, now: 0, changedAt: () => 0 },
    get: <Row>(sql: string, ...values: readonly SqlValue[]) => {
      note(sql, values);
      return database.get<Row>(sql, ...values);
    },
    all: <Row>(sql: string, ...values: readonly SqlValue[]) => {
      note(sql, values);
      return database.all<Row>(sql, ...values);
    },
  };
}

/**
 * A table looked at from end to end, or up to a position, or all that a tenant has in it; but not what is made on the way, nor
 * live calls.
 */
const WIDE =
  /^SCAN (?!json_each|tenants|\(subquery|.* INDEX calls_live$)|^SEARCH (?!.* INDEX calls_live ).*\((?:tenant=|rowid<)\?\)$/;

const tenant = 'acme';
const page = { tenant, limit: 10 };
const span = { tenant, from: 0, to: 1 };
const by = { ...span, intervalMs: 900_000 };
const actor = { tenant, kind: 'user', id: 'ann' } as const;

test.each<[string, (view: View) => unknown]>([
  ['an agent', (view) => agent(view, tenant, 'ann')],
  ['a page of agents', (view) => agentsOf(view, page)],
  ['a call', (view) => calls.call(view, tenant, 'c')],
  ['a tenant’s live calls', (view) => calls.liveCalls(view, tenant)],
  ['a page of calls', (view) => calls.callsOf(view, page)],
  ['live calls of an agent', (view) => calls.callsOfAgent(view, tenant, 'ann')],
  ['live calls of a line', (view) => calls.callsOfLine(view, tenant, '101')],
  ['live calls of a number', (view) => calls.callsOfNumber(view, tenant, '101')],
  ['the call of a leg', (view) => calls.callOfLeg(view, tenant, 'c-1')],
  ['all live calls', (view) => calls.allLiveCalls(view)],
  ['calls across a position', (view) => calls.callsAcross(view, { tenant, position: 9, among: 9 })],
  [
    'calls between numbers',
    (view) => callsBetween(view, { ...page, from: '1', to: '2', startedFrom: 0, startedTo: 1 }),
  ],
  ['an agent’s last calls', (view) => lastCallsOf(view, { ...page, agent: 'ann' })],
  ['a chat', (view) => chat(view, tenant, 'c')],
  ['a page of chats', (view) => chatsOf(view, page)],
  ['a receipt', (view) => receiptOf(view, tenant, 'c')],
  ['a record of the directory', (view) => entry(view, actor)],
  ['a page of the directory', (view) => entriesOf(view, { ...page, kind: 'user' })],
  ['the newest record of a kind', (view) => newestEntry(view, tenant, 'user')],
  ['records by a key', (view) => entriesBy(view, { kind: 'user', key: 'agent', value: 'ann', tenant })],
  ['licences taken', (view) => licencesTaken(view, tenant, 'agents')],
  ['who waits in a queue', (view) => waitingIn(view, tenant, 'q')],
  ['the place of a waiting call', (view) => waiting(view, tenant, 'c')],
  ['a queue as it is now', (view) => queueStatus(view, tenant, 'q')],
  ['members who talk', (view) => membersTalking(view, tenant, 'q')],
  ['a service', (view) => service(view, tenant, 's')],
  ['a reservation', (view) => reservationOf(view, tenant, 's')],
  ['reservations of a number', (view) => reservationsFor(view, tenant, '5000')],
  ['whether a file is kept', (view) => isFileKept(view, 'd')],
  ['a queue’s numbers', (view) => queueStatistics(view, { ...span, queue: 'q' })],
  ['all queues’ numbers', (view) => queueStatistics(view, span)],
  ['a queue’s numbers by interval', (view) => queueStatisticsBy(view, { ...by, queue: 'q' })],
  ['all queues’ numbers by interval', (view) => queueStatisticsBy(view, by)],
  ['some agents’ times', (view) => agentTimes(view, { ...span, agents: ['ann'] })],
  ['the next timer', (view) => nextDue(view)],
  ['timers that are due', (view) => dueBy(view, 1, 10)],
  ['an actor’s timers', (view) => timersOf(view, actor)],
  ['where an actor stands', (view) => actorHead(view, actor)],
  ['a page of actors', (view) => actorsOf(view, { ...page, kind: 'call' })],
  ['the tenants there are', (view) => tenantNames(view)],
])('%s: nothing else is read', (_, ask) => {
  const plans: string[] = [];
  ask(noting(plans));
  expect(plans).not.toEqual([]);
  expect(plans.filter((step) => WIDE.test(step))).toEqual([]);
});
