/**
 * Who works for a queue, as supervisors change it: an agent put in, moved to another penalty, taken out. A change of the
 * members that came between is not overwritten; it refuses the command.
 */
import type { Queue } from '../../../../machines/record/attributes/queues.ts';
import { numberOf } from '../people.ts';
import { agentIdOf } from './agent-states.ts';
import { errorFrame, frame } from './frames.ts';
import { agentNamed, queueNamed, whole } from './named.ts';
import { type Asked, framed, type Reaction, refused } from './reactions.ts';

type Members = Queue['members'];

/** As clients are told that somebody is a member no more. */
const GONE = -1;
const PENALTY_MAX = 1_000_000_000;

export const onQueueMembers: Readonly<Record<string, (asked: Asked) => Reaction>> = {
  setAgentQueue: (asked) => {
    const penalty = whole(asked.fields.penalty ?? 0);
    if (penalty === undefined || penalty < 0 || penalty > PENALTY_MAX)
      return refused('penalty must be a number from 0');
    return changed(asked, penalty, (members, agent) => [
      ...members.filter((one) => one.agent !== agent),
      { agent, penalty },
    ]);
  },
  removeAgentFromQueue: (asked) =>
    changed(asked, GONE, (members, agent) => members.filter((one) => one.agent !== agent)),
};

function changed(asked: Asked, penalty: number, after: (members: Members, agent: string) => Members): Reaction {
  if (!asked.mayActForOthers) return framed(errorFrame('NotAllowed', 'AgentError'));
  const agent = agentNamed(asked, asked.fields.agentId);
  if (agent?.attributes.agent === undefined) return framed(errorFrame('AgentNotFound', 'AgentError'));
  const queue = queueNamed(asked, asked.fields.queueId);
  if (queue === undefined) return refused('There is no such queue');
  const { members } = queue.attributes;
  const event = {
    type: 'change',
    expect: { members },
    set: { members: after(members, agent.attributes.agent) },
  };
  const plan = { ok: true, tenant: queue.actor.tenant, deliveries: [{ to: queue.actor, event }] } as const;
  const told = { agentId: agentIdOf(agent), queueId: numberOf(queue) ?? 0, penalty };
  return { kind: 'plan', plan, done: [frame('QueueMember', told)] };
}
