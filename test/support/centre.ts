/**
 * A small contact centre in memory: queues, agents at work, calls, the real distributor, and no switch: tests say what
 * happens on the phones.
 */
import type { CallContext } from '../../machines/call/context.ts';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import { type AgentEntry, agent } from '../../projections/agents.ts';
import { type CallEntry, call } from '../../projections/calls.ts';
import { beginningOf } from '../../src/distributor/beginning.ts';
import { Distributor } from '../../src/distributor/distributor.ts';
import type { Command, Delivery, MachineEvent } from '../../src/model/command.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import { givenWorld, type World } from './world.ts';

export const CENTRE = 'centre';

export interface Centre extends World {
  /** Problems the distributor reported. */
  readonly problems: unknown[];
  startDistributor(runtime?: Pick<Runtime, 'submit' | 'follow'>): Distributor;
  /** Waits until nothing is under way anywhere. */
  settle(): Promise<void>;
  /** Moves time on through everything that falls due. */
  wait(ms: number): Promise<void>;
  /** Records events, then lets the consequences happen. */
  happens(...deliveries: readonly Delivery[]): Promise<void>;
  call(id: string): CallEntry;
  agent(id: string): AgentEntry;
}

export async function givenCentre(): Promise<Centre> {
  const world = await givenWorld();
  const { runtime, clock } = world;
  const distributors: Distributor[] = [];
  const problems: unknown[] = [];
  const settle = async () => {
    for (let before = -1; before !== runtime.live.position; ) {
      before = runtime.live.position;
      await runtime.atRest();
      for (const distributor of distributors) await distributor.atRest();
      await runtime.atRest();
    }
  };
  return {
    ...world,
    problems,
    startDistributor(through = runtime) {
      const distributor = new Distributor({
        runtime: through,
        clock,
        beginning: () => beginningOf(runtime.live),
        directory: projectedDirectory(runtime.live),
        retryMs: 1_000,
        report: (command: Command, problem) => problems.push({ command, problem }),
      });
      distributors.push(distributor);
      void distributor.start();
      return distributor;
    },
    settle,
    wait: (ms) => clock.advance(ms, settle),
    async happens(...deliveries) {
      await world.record(CENTRE, ...deliveries);
      await settle();
    },
    call: (id) => found(call(runtime.live, CENTRE, id), id),
    agent: (id) => found(agent(runtime.live, CENTRE, id), id),
    async close() {
      for (const distributor of distributors) await distributor.stop();
      await world.close();
    },
  };
}

function found<Entry>(entry: Entry | undefined, id: string): Entry {
  if (entry === undefined) throw new Error(`there is no ${id}`);
  return entry;
}

export function toCall(id: string, event: MachineEvent): Delivery {
  return { to: { tenant: CENTRE, kind: 'call', id }, event };
}

export function toAgent(id: string, event: MachineEvent): Delivery {
  return { to: { tenant: CENTRE, kind: 'agent', id }, event };
}

export function aQueue(
  id: string,
  members: readonly (string | Queue['members'][number])[],
  more: Partial<Queue> = {},
): Delivery {
  const attributes = {
    name: id,
    extension: `8${id}`,
    members: members.map((member) => (typeof member === 'string' ? { agent: member } : member)),
    ...more,
  } as unknown as JsonObject;
  return { to: { tenant: CENTRE, kind: 'queue', id }, event: { type: 'create', attributes } };
}

/** At work on a line of his own, named after him, and ready. */
export function anAgent(id: string, more: JsonObject = {}): Delivery {
  return toAgent(id, { type: 'create', presence: 'ready', line: `1${id}`, wrapUpMs: 0, ...more });
}

/** The person behind an agent, with skill levels. */
export function aPerson(agent: string, skills: Readonly<Record<string, number>>): Delivery {
  const attributes = {
    firstName: 'A',
    lastName: agent,
    roles: ['agent'],
    agent,
    skills: Object.entries(skills).map(([skill, level]) => ({ skill, level })),
  };
  return { to: { tenant: CENTRE, kind: 'user', id: `user-${agent}` }, event: { type: 'create', attributes } };
}

/** A caller from outside, in a queue. */
export function aCall(id: string, queue: string, more: JsonObject = {}): Delivery {
  const caller = { leg: `${id}-1`, number: '19735550123' };
  return toCall(id, { type: 'arrive', direction: 'inbound', to: `8${queue}`, caller, queue: { queue, ...more } });
}

/** The agent who is offered the call picks up. */
export function answered({ id, context }: CallEntry): Delivery {
  return toCall(id, { type: 'leg.answered', leg: context.offer?.leg ?? 'nobody' });
}

export function hungUp(id: string): Delivery {
  return toCall(id, { type: 'leg.ended', leg: `${id}-1` });
}

export function offeredTo({ context }: { readonly context: CallContext }): string | undefined {
  return context.offer?.agent;
}
