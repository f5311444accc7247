/**
 * The matching of one tenant, in memory and pure: who waits, who is free, who goes to whom.
 * Calls of one queue that need the same skills form a row, agents with the same queues and skills a team; which teams may
 * take a row is asked once. So a decision looks at the first of each row or team, never at all calls or all agents.
 * A call takes the agent of least penalty, then the one idle longest; an agent takes the call of the queue with the
 * highest priority, then of the highest priority, then the one waiting longest.
 */
import { Sorted } from './sorted.ts';

/** Level by skill. */
export type Levels = ReadonlyMap<string, number>;

export interface Caller {
  readonly call: string;
  readonly queue: string;
  readonly queuePriority: number;
  readonly priority: number;
  /** ms since 1970. */
  readonly waitingSince: number;
  /** Tells apart who has waited equally long: the smaller came first. */
  readonly arrival: number;
  /** Least levels. */
  readonly needs: Levels;
  /** Agents who did not take it: asked again only when nobody else is free. */
  readonly missedBy: readonly string[];
}

/** What makes agents interchangeable. */
export interface Abilities {
  /** Penalty by queue. */
  readonly queues: ReadonlyMap<string, number>;
  readonly skills: Levels;
}

export interface FreeAgent {
  readonly agent: string;
  /** ms since 1970. */
  readonly idleSince: number;
}

interface Team extends Abilities {
  readonly key: string;
  readonly free: Sorted<FreeAgent>;
  /** How many agents it has, free or not. */
  agents: number;
}

interface Row {
  readonly needs: Levels;
  readonly callers: Sorted<Caller>;
  /** Who may take it, least penalty first. */
  readonly teams: Sorted<Ranked>;
  readonly takenBy: Set<Team>;
}

const NO_NEEDS = '';
/** Rows of a queue beyond which empty ones are forgotten; making one again looks at all teams of the queue. */
const ROWS_KEPT_MAX = 64;

export class Floor {
  readonly #abilities: (agent: string) => Abilities;
  readonly #teams = new Map<string, Team>();
  readonly #teamOf = new Map<string, Team>();
  readonly #teamsFor = new Map<string, Ranked[]>();
  /** Per queue, the rows by what they need: those that somebody is in, and some that are empty just now. */
  readonly #rows = new Map<string, Map<string, Row>>();
  readonly #callers = new Map<string, Caller>();
  readonly #free = new Map<string, FreeAgent>();
  #teamsMade = 0;

  /** `abilities` must stay what they are until `forget`. */
  constructor(abilities: (agent: string) => Abilities) {
    this.#abilities = abilities;
  }

  get waiting(): number {
    return this.#callers.size;
  }

  get free(): number {
    return this.#free.size;
  }

  /** Kinds of agents that are told apart. */
  get teams(): number {
    return this.#teams.size;
  }

  /** Adds a call, or puts it where it belongs now. */
  join(caller: Caller): void {
    this.leave(caller.call);
    this.#callers.set(caller.call, caller);
    this.#rowFor(caller).callers.add(caller);
  }

  leave(call: string): void {
    const caller = this.#callers.get(call);
    if (caller === undefined) return;
    this.#callers.delete(call);
    const rows = this.#rows.get(caller.queue);
    const key = keyOfLevels(caller.needs);
    const row = rows?.get(key);
    row?.callers.remove(caller);
    if (row?.callers.size === 0 && rows !== undefined && rows.size > ROWS_KEPT_MAX) rows.delete(key);
  }

  /** Adds a free agent, or puts him where he belongs now. */
  sit(agent: FreeAgent): void {
    this.rise(agent.agent);
    this.#free.set(agent.agent, agent);
    this.#teamFor(agent.agent).free.add(agent);
  }

  rise(agent: string): void {
    const known = this.#free.get(agent);
    if (known === undefined) return;
    this.#free.delete(agent);
    this.#teamFor(agent).free.remove(known);
  }

  /** His abilities have changed: he is taken off the floor, and asked for them anew when he is added again. */
  forget(agent: string): void {
    this.rise(agent);
    const team = this.#teamOf.get(agent);
    if (team === undefined) return;
    this.#teamOf.delete(agent);
    team.agents -= 1;
    if (team.agents === 0) this.#disband(team);
  }

  /** The free agent for a call that has joined. */
  agentFor(call: string): string | undefined {
    const caller = this.#callers.get(call);
    const row = caller === undefined ? undefined : this.#rows.get(caller.queue)?.get(keyOfLevels(caller.needs));
    if (caller === undefined || row === undefined) return undefined;
    return (
      idlestOf(row.teams, caller.missedBy) ?? (caller.missedBy.length > 0 ? idlestOf(row.teams, NOBODY) : undefined)
    );
  }

  /** The call for an agent who sits. */
  callFor(agent: string): string | undefined {
    if (!this.#free.has(agent)) return undefined;
    const team = this.#teamFor(agent);
    let best: Caller | undefined;
    for (const queue of team.queues.keys()) {
      for (const row of this.#rows.get(queue)?.values() ?? []) {
        const { first } = row.callers;
        if (first === undefined || (best !== undefined && byTurn(best, first) < 0)) continue;
        if (row.takenBy.has(team)) best = first;
      }
    }
    return best?.call;
  }

  #rowFor({ queue, needs }: Caller): Row {
    const rows = this.#rows.get(queue) ?? new Map<string, Row>();
    this.#rows.set(queue, rows);
    const key = keyOfLevels(needs);
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row = { needs, callers: new Sorted(byTurn), teams: new Sorted(byPenalty), takenBy: new Set<Team>() };
    rows.set(key, row);
    for (const ranked of this.#teamsFor.get(queue) ?? []) admit(row, ranked);
    return row;
  }

  #teamFor(agent: string): Team {
    const known = this.#teamOf.get(agent);
    if (known !== undefined) return known;
    const { queues, skills } = this.#abilities(agent);
    const key = `${keyOfLevels(queues)}|${keyOfLevels(skills)}`;
    const team = this.#teams.get(key) ?? this.#newTeam(key, { queues, skills });
    this.#teamOf.set(agent, team);
    team.agents += 1;
    return team;
  }

  #newTeam(key: string, abilities: Abilities): Team {
    const team: Team = { ...abilities, key, free: new Sorted(byIdleness), agents: 0 };
    this.#teams.set(key, team);
    this.#teamsMade += 1;
    for (const [queue, penalty] of abilities.queues) {
      const ranked = { team, penalty, order: this.#teamsMade };
      const teams = this.#teamsFor.get(queue) ?? [];
      this.#teamsFor.set(queue, teams);
      teams.push(ranked);
      for (const row of this.#rows.get(queue)?.values() ?? []) admit(row, ranked);
    }
    return team;
  }

  #disband(team: Team): void {
    this.#teams.delete(team.key);
    for (const queue of team.queues.keys()) {
      const teams = this.#teamsFor.get(queue) ?? [];
      const place = teams.findIndex((ranked) => ranked.team === team);
      const [ranked] = place < 0 ? [] : teams.splice(place, 1);
      if (ranked === undefined) continue;
      for (const row of this.#rows.get(queue)?.values() ?? []) if (row.takenBy.delete(team)) row.teams.remove(ranked);
    }
  }
}

interface Ranked {
  readonly team: Team;
  readonly penalty: number;
  readonly order: number;
}

const NOBODY: readonly string[] = [];

function firstWithout(free: Sorted<FreeAgent>, without: readonly string[]): FreeAgent | undefined {
  if (without.length === 0) return free.first;
  for (const agent of free) if (!without.includes(agent.agent)) return agent;
  return undefined;
}

function idlestOf(teams: Sorted<Ranked>, without: readonly string[]): string | undefined {
  let best: FreeAgent | undefined;
  let bestPenalty = Number.POSITIVE_INFINITY;
  for (const { team, penalty } of teams) {
    if (penalty > bestPenalty) break;
    const first = firstWithout(team.free, without);
    if (first === undefined || (best !== undefined && byIdleness(best, first) < 0)) continue;
    best = first;
    bestPenalty = penalty;
  }
  return best?.agent;
}

/** Adds a team to a row that it may take. */
function admit(row: Row, ranked: Ranked): void {
  for (const [skill, level] of row.needs) if ((ranked.team.skills.get(skill) ?? -1) < level) return;
  row.teams.add(ranked);
  row.takenBy.add(ranked.team);
}

/** One text per set of levels, whatever their order. */
function keyOfLevels(levels: Levels): string {
  if (levels.size === 0) return NO_NEEDS;
  return JSON.stringify([...levels].sort(([one], [other]) => byText(one, other)));
}

function byTurn(one: Caller, other: Caller): number {
  return (
    other.queuePriority - one.queuePriority ||
    other.priority - one.priority ||
    one.waitingSince - other.waitingSince ||
    one.arrival - other.arrival
  );
}

function byIdleness(one: FreeAgent, other: FreeAgent): number {
  return one.idleSince - other.idleSince || byText(one.agent, other.agent);
}

function byPenalty(one: Ranked, other: Ranked): number {
  return one.penalty - other.penalty || one.order - other.order;
}

function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
