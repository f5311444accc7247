/**
 * What must hold of calls, agents and queues after every record, whatever happens; and what must hold once everything has
 * come to rest. Watches the log itself and knows nothing of the distributor.
 */
import type { AgentContext } from '../../machines/agent/context.ts';
import type { CallContext } from '../../machines/call/context.ts';
import { isLive, phonesOf } from '../../machines/call/legs.ts';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import { isWaiting } from '../../projections/calls.ts';
import { type QueueStatistics, queueStatistics } from '../../projections/statistics.ts';
import { attributesOf, type Fact, factOf, knownAgent } from '../../src/distributor/fact.ts';
import type { View } from '../../src/model/projection.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';

/** The counts that the log and the statistics must agree on. */
export type Counts = Pick<
  QueueStatistics,
  'entered' | 'answered' | 'abandoned' | 'overflowed' | 'closed' | 'transferred' | 'dropped' | 'handled'
>;

export class Watch {
  /** What was found wrong, in order. */
  readonly wrong: string[] = [];
  readonly #facts = new Map<string, Fact>();
  /**
   * Queue calls that somebody answered while he was signed out: none of his work. One becomes it when he has signed in meanwhile,
   * and another that he worked on besides is over.
   */
  readonly #offDuty = new Set<string>();
  readonly #counts = new Map<string, Record<keyof Counts, number>>();

  constructor(runtime: Pick<Runtime, 'follow'>) {
    runtime.follow({
      after: 0,
      deliver: (records) => {
        for (const record of records) this.#see(record);
        this.#check();
      },
    });
  }

  contextOf(call: string): CallContext | undefined {
    return this.#facts.get(`call ${call}`)?.context as CallContext | undefined;
  }

  /** Ids of the calls that are not over. */
  get liveCalls(): readonly string[] {
    return this.#of('call').flatMap(({ actor, value }) => (value === 'ended' ? [] : [actor.id]));
  }

  /** Of everything at rest: waiting calls that a free agent could have, and calls that are nobody's. */
  get forgotten(): readonly string[] {
    const free = this.#of('agent').filter((fact) => knownAgent(fact)?.free === true);
    return this.#of('call').flatMap(({ actor, value, context }) => {
      const { queue, offer } = context as unknown as CallContext;
      if (!isWaiting(value) || queue === null || offer !== null) return [];
      const members = (this.#attributes('queue', queue.queue)?.members ?? []).map(({ agent }) => agent);
      const fitting = free.find(
        (agent) => members.includes(agent.actor.id) && this.#fits(agent.actor.id, queue.skills),
      );
      return fitting === undefined ? [] : [`${actor.id} waits while ${fitting.actor.id} is free`];
    });
  }

  /** What the log says happened in a queue. */
  countsOf(queue: string): Counts {
    return this.#counts.get(queue) ?? noCounts();
  }

  #of(kind: string): readonly Fact[] {
    return [...this.#facts.values()].filter(({ actor }) => actor.kind === kind);
  }

  #recordOf(key: string): unknown {
    const fact = this.#facts.get(key);
    return fact === undefined ? undefined : attributesOf(fact);
  }

  #attributes(kind: 'queue', id: string): Queue | undefined {
    return this.#recordOf(`${kind} ${id}`) as Queue | undefined;
  }

  #fits(agent: string, skills: Readonly<Record<string, number>>): boolean {
    const user = this.#recordOf(`user user-${agent}`) as
      | { readonly skills: readonly { readonly skill: string; readonly level: number }[] }
      | undefined;
    return Object.entries(skills).every(([skill, level]) =>
      user?.skills.some((known) => known.skill === skill && known.level >= level),
    );
  }

  #see(record: LoggedTransition): void {
    const key = `${record.actor.kind} ${record.actor.id}`;
    const before = this.#facts.get(key);
    const now = factOf(record);
    this.#facts.set(key, now);
    if (record.actor.kind === 'call') this.#countCall(record, before, now);
    if (record.actor.kind === 'agent') this.#countAgent(before, now);
  }

  #countCall({ transition }: LoggedTransition, before: Fact | undefined, now: Fact): void {
    const was = (before?.context as Partial<CallContext> | undefined)?.queue;
    const is = (now.context as unknown as CallContext).queue;
    const wasIn = was?.waiting === true ? was : undefined;
    const isIn = is?.waiting === true ? is : undefined;
    const moved = transition.data.event.type === 'redirect';
    if (isIn !== undefined && (wasIn === undefined || moved)) this.#count(isIn.queue, 'entered');
    if (wasIn === undefined || (isIn !== undefined && !moved)) return;
    const outcome = moved ? 'transferred' : is?.outcome;
    const byRule = transition.data.cause.by === 'system:distributor';
    if (byRule && outcome !== 'closed' && outcome !== 'answered')
      this.#count(wasIn.queue, transition.data.event.why === 'closed' ? 'closed' : 'overflowed');
    else if (outcome === 'killed' || outcome === undefined) this.#count(wasIn.queue, 'dropped');
    else this.#count(wasIn.queue, outcome);
  }

  #countAgent(before: Fact | undefined, now: Fact): void {
    const work = (before?.context as { readonly queue?: { readonly work: { readonly queue: string } | null } })?.queue
      ?.work;
    const next = (now.context as { readonly queue?: { readonly work: { readonly queue: string } | null } }).queue?.work;
    const goesOn = regionOf(now) === 'talking' && next?.queue === work?.queue;
    if (regionOf(before) === 'talking' && !goesOn && work) this.#count(work.queue, 'handled');
  }

  #count(queue: string, what: keyof Counts): void {
    const counts = this.#counts.get(queue) ?? noCounts();
    counts[what] += 1;
    this.#counts.set(queue, counts);
  }

  /** After every whole command. */
  #check(): void {
    const callsOf = new Map<string, Set<string>>();
    const talksOn = new Map<string, string>();
    const worksOn = new Map<string, string[]>();
    for (const { actor, value, context } of this.#of('call')) {
      const { legs, offer, cause, queue } = context as unknown as CallContext;
      const ringing = legs.filter(
        (leg) => leg.kind === 'agent' && (leg.state === 'dialing' || leg.state === 'ringing'),
      );
      if (ringing.length > 1) this.wrong.push(`${actor.id} is offered to ${ringing.length} agents`);
      if ((offer === null) !== (ringing.length === 0)) this.wrong.push(`${actor.id}: its offer and its legs disagree`);
      if (value === 'ended' && cause === null) this.wrong.push(`${actor.id} ended without a cause`);
      if (value === 'ended' && (queue?.waiting === true || legs.some(isLive)))
        this.wrong.push(`${actor.id} ended, but not all of it`);
      for (const { id, agent, state, work } of phonesOf(context as unknown as CallContext)) {
        if (agent === undefined || state === 'released') continue;
        callsOf.set(agent, (callsOf.get(agent) ?? new Set()).add(actor.id));
        if (work !== undefined && (state === 'established' || state === 'held'))
          worksOn.set(agent, [...(worksOn.get(agent) ?? []), id]);
        // His calling leg counts as dialling until somebody answers.
        if (state !== 'established') continue;
        const other = talksOn.get(agent);
        if (other !== undefined) this.wrong.push(`${agent} talks on ${other} and on ${actor.id}`);
        talksOn.set(agent, actor.id);
      }
      if (offer !== null && this.#workOf(offer.agent) !== actor.id)
        this.wrong.push(`${actor.id} is offered to ${offer.agent}, who knows nothing of it`);
    }
    for (const { actor } of this.#of('agent')) {
      const work = this.#workOf(actor.id);
      const region = regionOf(this.#facts.get(`agent ${actor.id}`));
      if (work !== undefined && region !== 'wrapUp' && callsOf.get(actor.id)?.has(work) !== true)
        this.wrong.push(`${actor.id} works on ${work} without a leg of it`);
      this.#checkQueueWork(actor.id, region, worksOn.get(actor.id) ?? []);
    }
  }

  /** He works on a queue call exactly while he is connected to one that he did not answer signed out. */
  #checkQueueWork(agent: string, region: unknown, connected: readonly string[]): void {
    const fact = this.#facts.get(`agent ${agent}`);
    const present = typeof fact?.value === 'string' ? undefined : fact?.value.present;
    const presence = typeof present === 'string' ? undefined : present?.presence;
    if (presence === 'signedOut' && region === 'none') for (const leg of connected) this.#offDuty.add(leg);
    const goesOnWith = this.#workIn(fact)?.leg;
    if (presence !== 'signedOut' && region === 'talking' && goesOnWith !== undefined) this.#offDuty.delete(goesOnWith);
    const own = connected.filter((leg) => !this.#offDuty.has(leg));
    if (region !== 'offered' && (region === 'talking') !== own.length > 0)
      this.wrong.push(`${agent} is connected to ${own.length} queue calls, and his work says ${String(region)}`);
  }

  #workOf(agent: string): string | undefined {
    return this.#workIn(this.#facts.get(`agent ${agent}`))?.call;
  }

  #workIn(fact: Fact | undefined): { readonly call: string; readonly leg?: string } | undefined {
    const { queue } = (fact?.context ?? {}) as Partial<Pick<AgentContext, 'queue'>>;
    return queue?.work ?? undefined;
  }
}

/** The same counts, of the read model. */
export function countedIn(view: View, tenant: string, queue: string): Counts {
  const { entered, answered, abandoned, overflowed, closed, transferred, dropped, handled } = queueStatistics(view, {
    tenant,
    queue,
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
  });
  return { entered, answered, abandoned, overflowed, closed, transferred, dropped, handled };
}

function noCounts(): Record<keyof Counts, number> {
  return { entered: 0, answered: 0, abandoned: 0, overflowed: 0, closed: 0, transferred: 0, dropped: 0, handled: 0 };
}

function regionOf(fact: Fact | undefined): unknown {
  const regions = typeof fact?.value === 'string' ? undefined : fact?.value.present;
  return typeof regions === 'string' ? undefined : regions?.queue;
}
