/**
 * All that the distributor knows of one tenant: who waits, who is at work, what the directory says, and the floor on which
 * they are matched. Every fact makes news: calls and agents to be looked at again.
 * Whoever is spoken for (a command about him is on its way) is on no floor until that is answered; and an answer may make
 * what is known of him stale, until a newer fact comes.
 */
import { type Fact, type KnownAgent, knownAgent, type WaitingCall, waitingCall } from './fact.ts';
import { Floor } from './floor.ts';
import { Sorted } from './sorted.ts';
import { needsOf, Staff } from './staff.ts';

interface Arrival {
  readonly call: string;
  readonly enteredAt: number;
  readonly arrival: number;
}

interface Waiting extends WaitingCall {
  /** In the order in which they began to wait. */
  readonly arrival: number;
}

export interface News {
  readonly calls: readonly string[];
  readonly agents: readonly string[];
}

/**
 * Who has missed several offers in a row is made the next at the earliest so long after the last. Rung properly, that is no
 * rest at all; a phone that is busy or unplugged would else be dialled a thousand times a second, where no rule sets its
 * agent away.
 */
const OFFER_EVERY_MS = 5_000;

export class Desk {
  readonly tenant: string;
  readonly staff = new Staff();
  #floor = this.#newFloor();
  #floorIsOld = false;
  readonly #waiting = new Map<string, Waiting>();
  #arrivalsCount = 0;
  readonly #agents = new Map<string, KnownAgent>();
  /** Agents who are offered nothing before that time, ms since 1970, unless they are forgiven. */
  readonly #resting = new Map<string, number>();
  /** Per queue, in the order of entering. */
  readonly #arrivals = new Map<string, Sorted<Arrival>>();
  /** Members who take calls, now or soon, per queue. */
  readonly #staffed = new Map<string, number>();
  readonly #spokenFor = new Set<string>();
  /** Per call or agent, the version up to which what is known of it does not hold any more. */
  readonly #stale = new Map<string, number>();
  #news = { calls: new Set<string>(), agents: new Set<string>() };

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  get floor(): Floor {
    return this.#floor;
  }

  learn(fact: Fact): void {
    if (fact.actor.kind === 'call') this.#learnCall(fact);
    else if (fact.actor.kind === 'agent') this.#learnAgent(fact);
    else this.#learnStaff(fact);
  }

  /** What has to be looked at, once. */
  takeNews(): News {
    if (this.#floorIsOld) this.#replaceFloor();
    const { calls, agents } = this.#news;
    this.#news = { calls: new Set(), agents: new Set() };
    return { calls: [...calls], agents: [...agents] };
  }

  waiting(call: string): Waiting | undefined {
    return this.#waiting.get(call);
  }

  agent(agent: string): KnownAgent | undefined {
    return this.#agents.get(agent);
  }

  /** Until when an agent is offered nothing, since he did not take the last offers; undefined for all others. */
  restsUntil(agent: string): number | undefined {
    return this.#resting.get(agent);
  }

  /** That time has come. */
  rested(agent: string): void {
    this.#resting.delete(agent);
    this.#placeAgent(agent);
    this.#news.agents.add(agent);
  }

  /** True for a call that somebody may decide about: it waits, rings nowhere, and no command about it is on its way. */
  isOpen(call: string): boolean {
    const known = this.#waiting.get(call);
    return known !== undefined && !known.offered && this.#isReliable(`call ${call}`, known.version);
  }

  /** How many calls entered a call's queue before it. */
  ahead(call: string, waiting: Waiting): number {
    return this.#arrivals.get(waiting.queued.queue)?.rank(arrivalOf(call, waiting)) ?? 0;
  }

  staffed(queue: string): number {
    return this.#staffed.get(queue) ?? 0;
  }

  /** A command about them is on its way. */
  speakFor(call: string, agent?: string): void {
    this.#spokenFor.add(`call ${call}`);
    this.#placeCall(call);
    if (agent === undefined) return;
    this.#spokenFor.add(`agent ${agent}`);
    this.#placeAgent(agent);
  }

  /** It was answered. What is known of the call or agent at a version up to the given one does not hold any more. */
  release(call: string, agent: string | undefined, stale: { readonly call?: number; readonly agent?: number }): void {
    this.#answered(`call ${call}`, stale.call, this.#waiting.get(call)?.version);
    this.#placeCall(call);
    this.#news.calls.add(call);
    if (agent === undefined) return;
    this.#answered(`agent ${agent}`, stale.agent, this.#agents.get(agent)?.version);
    this.#placeAgent(agent);
    this.#news.agents.add(agent);
  }

  /** Looks at a call again although nothing happened to it. */
  reconsider(call: string): void {
    this.#news.calls.add(call);
  }

  #answered(key: string, stale: number | undefined, known: number | undefined): void {
    this.#spokenFor.delete(key);
    if (stale !== undefined && known !== undefined && known <= stale) this.#stale.set(key, stale);
  }

  #isReliable(key: string, version: number): boolean {
    return !this.#spokenFor.has(key) && version > (this.#stale.get(key) ?? 0);
  }

  #learnCall(fact: Fact): void {
    const { id } = fact.actor;
    const before = this.#waiting.get(id);
    const known = waitingCall(fact);
    const now = known && { ...known, arrival: before?.arrival ?? ++this.#arrivalsCount };
    if (before === undefined && now === undefined) return;
    this.#forgetStale(`call ${id}`, fact.version);
    if (before !== undefined) this.#arrivals.get(before.queued.queue)?.remove(arrivalOf(id, before));
    if (now === undefined) this.#waiting.delete(id);
    else {
      this.#waiting.set(id, now);
      const { queue } = now.queued;
      const arrivals = this.#arrivals.get(queue) ?? new Sorted(byEntering);
      this.#arrivals.set(queue, arrivals);
      arrivals.add(arrivalOf(id, now));
    }
    this.#placeCall(id);
    this.#news.calls.add(id);
  }

  #learnAgent(fact: Fact): void {
    const { id } = fact.actor;
    const before = this.#agents.get(id);
    const wasStaffed = before?.staffed === true;
    const now = knownAgent(fact);
    this.#forgetStale(`agent ${id}`, fact.version);
    if (now === undefined) this.#agents.delete(id);
    else this.#agents.set(id, now);
    const rest = before && now && restAfter(before, now);
    if (rest !== undefined) this.#resting.set(id, rest);
    else if (now === undefined || now.missed === 0) this.#resting.delete(id);
    if (wasStaffed !== (now?.staffed === true)) this.#countStaffed(id, wasStaffed ? -1 : 1);
    this.#placeAgent(id);
    this.#news.agents.add(id);
  }

  #learnStaff(fact: Fact): void {
    const change = this.staff.learn(fact);
    if (change === 'queues') {
      this.#floorIsOld = true;
      return;
    }
    for (const agent of change) {
      this.#floor.forget(agent);
      this.#placeAgent(agent);
      this.#news.agents.add(agent);
    }
  }

  #forgetStale(key: string, version: number): void {
    const stale = this.#stale.get(key);
    if (stale !== undefined && version > stale) this.#stale.delete(key);
  }

  /** The last one at work in a queue leaves those who wait there alone: each of them is news. */
  #countStaffed(agent: string, by: 1 | -1): void {
    for (const queue of this.staff.queuesOf(agent).keys()) {
      const staffed = this.staffed(queue) + by;
      this.#staffed.set(queue, staffed);
      if (staffed === 0) for (const { call } of this.#arrivals.get(queue) ?? []) this.#news.calls.add(call);
    }
  }

  #placeCall(call: string): void {
    const known = this.#waiting.get(call);
    if (known === undefined || !this.isOpen(call)) {
      this.#floor.leave(call);
      return;
    }
    const { queue, priority, waitingSince, skills, missedBy } = known.queued;
    const settings = this.staff.queue(queue);
    this.#floor.join({
      call,
      queue,
      queuePriority: settings?.priority ?? 0,
      priority,
      waitingSince,
      arrival: known.arrival,
      needs: needsOf(skills, settings),
      missedBy,
    });
  }

  #placeAgent(agent: string): void {
    const known = this.#agents.get(agent);
    const isFree = known?.free === true && !this.#resting.has(agent);
    if (isFree && this.#isReliable(`agent ${agent}`, known.version))
      this.#floor.sit({ agent, idleSince: known.idleSince });
    else this.#floor.rise(agent);
  }

  #newFloor(): Floor {
    return new Floor((agent) => this.staff.abilitiesOf(agent));
  }

  /** Memberships or settings changed: everybody is placed anew, and looked at. */
  #replaceFloor(): void {
    this.#floorIsOld = false;
    this.#floor = this.#newFloor();
    this.#staffed.clear();
    for (const [agent, { staffed }] of this.#agents) {
      if (staffed) this.#countStaffed(agent, 1);
      this.#placeAgent(agent);
      this.#news.agents.add(agent);
    }
    for (const call of this.#waiting.keys()) {
      this.#placeCall(call);
      this.#news.calls.add(call);
    }
  }
}

/** Until when he rests who has just missed one more offer; undefined for who was rung long enough. */
function restAfter({ offeredAt, missed }: KnownAgent, now: KnownAgent): number | undefined {
  if (offeredAt === undefined || missed === 0 || now.missed <= missed) return undefined;
  const until = offeredAt + OFFER_EVERY_MS;
  return until > now.idleSince ? until : undefined;
}

function arrivalOf(call: string, { queued, arrival }: Waiting): Arrival {
  return { call, enteredAt: queued.enteredAt, arrival };
}

function byEntering(one: Arrival, other: Arrival): number {
  return one.enteredAt - other.enteredAt || one.arrival - other.arrival;
}
