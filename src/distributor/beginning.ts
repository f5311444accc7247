/** What waits and who is free, read from the projections: where a distributor that starts, or starts again, begins. */
import { type AgentEntry, agentsOf } from '../../projections/agents.ts';
import { allLiveCalls } from '../../projections/calls.ts';
import { entriesOf } from '../../projections/directory.ts';
import type { View } from '../model/projection.ts';
import { tenantNames } from '../projector/heads.ts';
import type { Beginning, Fact } from './fact.ts';

const PAGE = 1_000;

/** As of the view's position: read it to the end before anything else happens. */
export function beginningOf(view: View): Beginning {
  return { position: view.position, facts: factsOf(view) };
}

function* factsOf(view: View): Generator<Fact> {
  for (const tenant of tenantNames(view)) {
    for (const kind of ['queue', 'user', 'extension']) yield* recordsOf(view, tenant, kind);
    for (const agent of pages((after) => agentsOf(view, { tenant, after, limit: PAGE }))) yield agentFact(agent);
  }
  for (const { tenant, id, version, stage, context } of allLiveCalls(view)) {
    const actor = { tenant, kind: 'call', id };
    yield { actor, version, value: { live: stage }, context, done: false };
  }
}

function* recordsOf(view: View, tenant: string, kind: string): Generator<Fact> {
  for (const { actor, version, attributes } of pages((after) => entriesOf(view, { tenant, kind, after, limit: PAGE })))
    yield { actor, version, value: 'active', context: { attributes }, done: false };
}

function agentFact({ tenant, id, version, presence, phone, queue, context }: AgentEntry): Fact {
  const actor = { tenant, kind: 'agent', id };
  return { actor, version, value: { present: { presence, phone, queue } }, context, done: false };
}

function* pages<Entry extends { readonly created: number }>(
  read: (after: number) => readonly Entry[],
): Generator<Entry> {
  for (let after = 0; ; ) {
    const page = read(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.created;
  }
}
