/** Calls as the log tells them, kept in memory: this dialect's port for tests. Knows the present only. */
import type { CallContext } from '../../../machines/call/context.ts';
import type { CallRecord, CallRecords } from '../../../src/dialects/ccs/call-records.ts';
import type { Runtime } from '../../../src/model/runtime.ts';
import type { StateValue } from '../../../src/model/transition.ts';

export function followedCalls(runtime: Runtime): CallRecords {
  const calls = new Map<string, CallRecord>();
  runtime.follow({
    after: 0,
    only: ({ actor }) => actor.kind === 'call',
    deliver(records) {
      for (const { actor, transition } of records) {
        const { to, state } = transition.data;
        const context = state.context as unknown as CallContext;
        calls.set(`${actor.tenant}/${actor.id}`, { tenant: actor.tenant, id: actor.id, stage: stageOf(to), context });
      }
    },
  });
  const of = (tenant: string) =>
    [...calls.values()]
      .filter((call) => call.tenant === tenant)
      .sort((a, b) => a.context.startedAt - b.context.startedAt);
  return {
    call: (_, tenant, id) => calls.get(`${tenant}/${id}`),
    live: (_, tenant) => of(tenant).filter(({ stage }) => stage !== 'ended'),
    waiting: () => [...calls.values()].filter(({ context }) => context.queue?.waiting === true),
    search: (_, { tenant, from, to, startedFrom, startedTo, limit }) =>
      of(tenant)
        .filter(({ context }) => context.from === from && context.to === to)
        .filter(({ context }) => context.startedAt >= startedFrom && context.startedAt <= startedTo)
        .slice(0, limit),
  };
}

function stageOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  return typeof value.live === 'string' ? value.live : 'created';
}
