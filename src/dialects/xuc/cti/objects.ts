/**
 * Objects of the contact centre as `getConfig` and `getList` show them. Types that are not here are refused by name.
 */
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { agentsOf, type Found, lineOf, numberOf, type Person, personOfAgent, queuesOf } from '../people.ts';
import { agentIdOf } from './agent-states.ts';
import { type Frame, frame } from './frames.ts';
import { lineIdOf } from './user-config.ts';

const CONTEXT = 'default';

/** One frame with all of them; undefined for a type that is not known. */
export function listFrame(view: View, { actor: { tenant } }: Person, type: string): Frame | undefined {
  if (type === 'queue') return frame('QueueList', numbered(view, tenant).map(queueConfig));
  if (type === 'agent') return frame('AgentList', agentsOf(view, tenant).map(agentConfig));
  if (type === 'queuemember') return frame('QueueMemberList', queueMembers(view, tenant));
  return undefined;
}

/** A frame each; undefined for a type that is not known. */
export function configFrames(view: View, person: Person, type: string): readonly Frame[] | undefined {
  const { tenant } = person.actor;
  if (type === 'queue') return numbered(view, tenant).map((queue) => frame('QueueConfig', queueConfig(queue)));
  if (type === 'agent') return agentsOf(view, tenant).map((agent) => frame('AgentConfig', agentConfig(agent)));
  if (type === 'queuemember') return queueMembers(view, tenant).map((member) => frame('QueueMember', member));
  if (type === 'line') return [frame('LineConfig', lineConfig(view, person))];
  return undefined;
}

export function agentConfig(person: Person): JsonObject {
  const { firstName, lastName, agentNumber = '' } = person.attributes;
  return { id: agentIdOf(person), firstName, lastName, number: agentNumber, context: CONTEXT, groupId: 0 };
}

function queueConfig(queue: Found<'queue'>): JsonObject {
  const { name, displayName = name, extension } = queue.attributes;
  return { id: numberOf(queue) ?? 0, name, displayName, number: extension, context: CONTEXT };
}

function lineConfig(view: View, person: Person): JsonObject {
  const line = lineOf(view, person);
  return { id: lineIdOf(line), name: line ?? '', phoneNb: line ?? '', context: CONTEXT, protocol: 'sip' };
}

function queueMembers(view: View, tenant: string): readonly JsonObject[] {
  return numbered(view, tenant).flatMap((queue) =>
    queue.attributes.members.flatMap(({ agent, penalty = 0 }): readonly JsonObject[] => {
      const person = personOfAgent(view, tenant, agent);
      return person === undefined ? [] : [{ agentId: agentIdOf(person), queueId: numberOf(queue) ?? 0, penalty }];
    }),
  );
}

/** Queues that this dialect has a number for. */
function numbered(view: View, tenant: string): readonly Found<'queue'>[] {
  return queuesOf(view, tenant).filter((queue) => numberOf(queue) !== undefined);
}
