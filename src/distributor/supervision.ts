/**
 * Brings supervisors into the calls of the agents they listen to: whom each supervises is in his own state, and the calls
 * say who is connected. It remembers nothing that the log does not: started again, it looks at the live calls anew. A call
 * that a supervisor left by himself is not entered again, since the command has an id of its own per call and supervision.
 */
import type { AgentContext, Supervision as Wanted } from '../../machines/agent/context.ts';
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { isUp } from '../../machines/call/legs.ts';
import { supervisors } from '../../projections/agents.ts';
import { allLiveCalls, callsOfAgent } from '../../projections/calls.ts';
import { keyOf } from '../model/actor-id.ts';
import type { Command } from '../model/command.ts';
import { digestOf } from '../model/digest.ts';
import { sameJson } from '../model/json.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import { UnderWay } from '../model/under-way.ts';

export interface SupervisionOptions {
  readonly runtime: Runtime;
  /** A supervisor who could not be brought in, for no reason of the game. */
  readonly report: (command: Command, problem: unknown) => void;
}

interface Supervisor {
  readonly tenant: string;
  readonly agent: string;
  readonly line: string;
  readonly wants: Wanted;
}

/** How a call refuses who is there already, or comes too late. */
const RACES = new Set(['ended', 'notEstablished', 'unknownLeg', 'inCall', 'alreadyMonitoring', 'legExists']);

export class Supervision {
  readonly #options: SupervisionOptions;
  readonly #supervisors = new Map<string, Supervisor>();
  readonly #underWay = new UnderWay();
  #following: Following | undefined;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** Settles when following ends. */
  start(): Promise<void> {
    const { runtime } = this.#options;
    for (const { tenant, id, context } of supervisors(runtime.live)) this.#learn(tenant, id, context);
    for (const { tenant, id, context } of allLiveCalls(runtime.live)) this.#consider(tenant, id, context);
    this.#following = runtime.follow({
      after: runtime.live.position,
      only: ({ actor }) => actor.kind === 'agent' || (actor.kind === 'call' && this.#supervisors.size > 0),
      deliver: (records) => {
        for (const record of records) this.#follow(record);
      },
    });
    return this.#following.ended;
  }

  async stop(): Promise<void> {
    this.#following?.stop();
    await this.atRest();
  }

  /** Resolves when nobody is being brought in. */
  async atRest(): Promise<void> {
    await this.#underWay.atRest();
  }

  #follow({ actor, transition }: LoggedTransition): void {
    const { tenant, id } = actor;
    if (actor.kind === 'call') {
      this.#consider(tenant, id, contextOf<CallContext>(transition));
      return;
    }
    if (transition.data.state.done === true) {
      this.#supervisors.delete(keyOf(actor));
      return;
    }
    const supervisor = this.#learn(tenant, id, contextOf<AgentContext>(transition));
    if (supervisor === undefined) return;
    for (const call of callsOfAgent(this.#options.runtime.live, tenant, supervisor.wants.agent))
      this.#consider(tenant, call.id, call.context);
  }

  /** Gives the supervisor back if he wants something new. */
  #learn(tenant: string, agent: string, { supervision, phone }: AgentContext): Supervisor | undefined {
    const key = keyOf({ tenant, kind: 'agent', id: agent });
    const known = this.#supervisors.get(key);
    if (supervision === undefined || supervision === null || phone.line === null) {
      this.#supervisors.delete(key);
      return undefined;
    }
    const now = { tenant, agent, line: phone.line, wants: supervision };
    this.#supervisors.set(key, now);
    return known !== undefined && sameJson({ ...known.wants }, { ...supervision }) ? undefined : now;
  }

  #consider(tenant: string, call: string, { legs }: CallContext): void {
    for (const supervisor of this.#supervisors.values()) {
      if (supervisor.tenant !== tenant) continue;
      const watched = legs.find((leg) => leg.agent === supervisor.wants.agent && isUp(leg));
      const isIn = legs.some((leg) => leg.agent === supervisor.agent && leg.state !== 'released');
      if (watched !== undefined && !isIn) this.#bringIn(supervisor, call, watched);
    }
  }

  #bringIn(supervisor: Supervisor, call: string, watched: Leg): void {
    const command = monitoring(supervisor, call, watched);
    this.#underWay.add(this.#submit(command));
  }

  async #submit(command: Command): Promise<void> {
    const { runtime, report } = this.#options;
    try {
      const outcome = await runtime.submit(command);
      if (outcome.kind === 'accepted') return;
      const { rejection } = outcome;
      if (rejection.code !== 'reason' || !RACES.has(rejection.reason)) report(command, rejection);
    } catch (error) {
      report(command, error);
    }
  }
}

function monitoring({ tenant, agent, line, wants }: Supervisor, call: string, watched: Leg): Command {
  const { how, scope, since } = wants;
  const mark = digestOf(`${call} ${watched.id} ${agent} ${how} ${scope} ${since}`);
  const target = { leg: `m-${mark}`, number: line, line, agent };
  return {
    id: `supervision:${mark}`,
    tenant,
    by: 'system:supervision',
    via: 'distributor',
    deliveries: [
      { to: { tenant, kind: 'call', id: call }, event: { type: 'monitor', leg: watched.id, target, how, scope } },
    ],
  };
}
