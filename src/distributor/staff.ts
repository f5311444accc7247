/**
 * What the directory says about one tenant's queues and people, as far as matching needs it: settings, memberships with
 * penalties, skills, names, recording of lines. Fed with facts; every change says what it touches.
 */
import type { RecordingMode } from '../../machines/call/parts.ts';
import type { User } from '../../machines/record/attributes/people.ts';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import type { Extension } from '../../machines/record/attributes/telephony.ts';
import { attributesOf, type Fact } from './fact.ts';
import type { Abilities, Levels } from './floor.ts';

/** `queues`: everything may be matched otherwise; agent ids: only these. */
export type StaffChange = 'queues' | readonly string[];

export class Staff {
  readonly #queues = new Map<string, Queue>();
  readonly #memberships = new Map<string, Map<string, number>>();
  readonly #users = new Map<string, User>();
  readonly #byAgent = new Map<string, User>();
  readonly #extensions = new Map<string, Extension>();
  readonly #byNumber = new Map<string, Extension>();

  /** Takes a fact about a queue, user or extension; others touch nothing. */
  learn(fact: Fact): StaffChange {
    const { actor } = fact;
    const attributes = attributesOf(fact);
    if (actor.kind === 'queue') {
      this.#setQueue(actor.id, attributes as Queue | undefined);
      return 'queues';
    }
    if (actor.kind === 'user') return this.#setUser(actor.id, attributes as User | undefined);
    if (actor.kind === 'extension') this.#setExtension(actor.id, attributes as Extension | undefined);
    return [];
  }

  queue(id: string): Queue | undefined {
    return this.#queues.get(id);
  }

  queuesOf(agent: string): ReadonlyMap<string, number> {
    return this.#memberships.get(agent) ?? NONE;
  }

  abilitiesOf(agent: string): Abilities {
    const skills = this.#byAgent.get(agent)?.skills ?? [];
    return { queues: this.queuesOf(agent), skills: new Map(skills.map(({ skill, level }) => [skill, level])) };
  }

  nameOf(agent: string): string | undefined {
    const user = this.#byAgent.get(agent);
    return user === undefined ? undefined : `${user.firstName} ${user.lastName}`.trim();
  }

  /** The stricter of what a line and a queue ask for. */
  recordingOf(line: string, queue: string): RecordingMode {
    const asked = [this.#byNumber.get(line)?.recording, this.#queues.get(queue)?.recording];
    if (asked.includes('mandatory')) return 'Mandatory';
    return asked.includes('onDemand') ? 'On Demand' : 'None';
  }

  #setQueue(id: string, queue: Queue | undefined): void {
    for (const { agent } of this.#queues.get(id)?.members ?? []) {
      const queues = this.#memberships.get(agent);
      if (queues?.delete(id) === true && queues.size === 0) this.#memberships.delete(agent);
    }
    if (queue === undefined) this.#queues.delete(id);
    else this.#queues.set(id, queue);
    for (const { agent, penalty = 0 } of queue?.members ?? []) {
      const queues = this.#memberships.get(agent) ?? new Map<string, number>();
      this.#memberships.set(agent, queues.set(id, penalty));
    }
  }

  #setUser(id: string, user: User | undefined): readonly string[] {
    const before = this.#users.get(id);
    // Another person may be behind that agent by now.
    if (before?.agent !== undefined && this.#byAgent.get(before.agent) === before) this.#byAgent.delete(before.agent);
    if (user === undefined) this.#users.delete(id);
    else this.#users.set(id, user);
    if (user?.agent !== undefined) this.#byAgent.set(user.agent, user);
    return [before?.agent, user?.agent].filter((agent) => agent !== undefined);
  }

  #setExtension(id: string, extension: Extension | undefined): void {
    const before = this.#extensions.get(id);
    // Its number may be another extension's by now.
    if (before !== undefined && this.#byNumber.get(before.number) === before) this.#byNumber.delete(before.number);
    if (extension === undefined) this.#extensions.delete(id);
    else this.#extensions.set(id, extension);
    if (extension !== undefined) this.#byNumber.set(extension.number, extension);
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

/** What a call needs in a queue: its own skills and the queue's, each at the higher level. */
export function needsOf(own: Readonly<Record<string, number>>, queue: Queue | undefined): Levels {
  const needs = new Map(Object.entries(own));
  for (const { skill, level } of queue?.skills ?? []) needs.set(skill, Math.max(level, needs.get(skill) ?? 0));
  return needs;
}
