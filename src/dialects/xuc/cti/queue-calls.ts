/**
 * Who waits in a queue, for clients that watch it: told when they begin to, and again whenever it is not what they were
 * told last. An agent may take one of them out of turn.
 */
import { call as callById } from '../../../../projections/calls.ts';
import { type WaitingEntry, waitingIn } from '../../../../projections/queues.ts';
import { isJsonObject } from '../../../http/body.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { endAt } from '../../../switch/destinations.ts';
import { projectedDirectory } from '../../../switch/projected-directory.ts';
import { type Found, numberOf, queuesOf } from '../people.ts';
import { agentOf } from '../plans.ts';
import { legsOf, newCall, toCall } from './call-commands.ts';
import { type Frame, frame } from './frames.ts';
import { queueNamed } from './named.ts';
import { type Asked, framed, planned, type Reaction, refused, text } from './reactions.ts';

const CALLS_MAX = 1000;

export const onQueueCalls: Readonly<Record<string, (asked: Asked) => Reaction>> = {
  subscribeToQueueCalls: (asked) => {
    const queue = queueNamed(asked, asked.fields.queueId);
    if (queue === undefined) return refused('There is no such queue');
    const told = queueCalls(asked.view, queue);
    asked.subscriptions.queueCalls.set(numberOf(queue) ?? 0, JSON.stringify(told));
    return framed(told);
  },
  unSubscribeToQueueCalls: (asked) => {
    const queue = queueNamed(asked, asked.fields.queueId);
    if (queue === undefined) return refused('There is no such queue');
    asked.subscriptions.queueCalls.delete(numberOf(queue) ?? 0);
    return framed();
  },
  retrieveQueueCall,
};

/** The next to be served first. */
export function queueCalls(view: View, queue: Found<'queue'>): Frame {
  const { tenant, id } = queue.actor;
  const calls = waitingIn(view, tenant, id, CALLS_MAX).flatMap((waiting) => shown(view, tenant, waiting) ?? []);
  return frame('QueueCalls', { queueId: numberOf(queue) ?? 0, calls });
}

/** Undefined for a call that is not known any more. */
function shown(view: View, tenant: string, { call, position, enteredAt }: WaitingEntry): JsonObject | undefined {
  const context = callById(view, tenant, call)?.context;
  if (context === undefined) return undefined;
  const { from: number, fromName: name = '' } = context;
  return { position, name, number, queueTime: new Date(enteredAt).toISOString() };
}

/**
 * Rings a waiting call at the agent who asks, whoever's turn it was: it is his queue work, paused or not. Only while his
 * telephone is at rest, since the call leaves its queue with this and would be lost on a telephone that does not ring.
 */
function retrieveQueueCall(asked: Asked): Reaction {
  const { view, person } = asked;
  const { tenant } = person.actor;
  const agent = agentOf(view, person);
  if (person.attributes.agentNumber === undefined || agent === undefined || agent.presence === 'signedOut')
    return refused('The agent is not logged in');
  if (agent.phone !== 'idle' || agent.dnd || legsOf(asked).length > 0) return refused('The telephone is not free');
  const call = waitingCallAsTold(asked);
  if (call === undefined) return refused('No such call waits in a queue');
  const own = endAt(projectedDirectory(view).resolve(tenant, agent.line ?? ''), `${newCall(asked)}-2`);
  return planned(toCall(asked, call, { type: 'transferWaiting', target: { ...own, acd: true }, why: 'pulled' }));
}

/**
 * The id of a call that is named by an element of `QueueCalls`, which carries none: the caller and the moment he came tell
 * it, in whichever queue of the tenant. Of several that are alike, the one at the place that was told.
 */
function waitingCallAsTold({ view, person, fields: { queueCall } }: Asked): string | undefined {
  if (!isJsonObject(queueCall)) return undefined;
  const { tenant } = person.actor;
  const cameAt = Date.parse(text(queueCall.queueTime));
  const alike = queuesOf(view, tenant)
    .flatMap(({ actor }) => waitingIn(view, tenant, actor.id, CALLS_MAX))
    .filter((waiting) => {
      const told = waiting.enteredAt === cameAt ? shown(view, tenant, waiting) : undefined;
      return told?.number === text(queueCall.number) && told.name === text(queueCall.name);
    });
  return (alike.find(({ position }) => position === queueCall.position) ?? alike[0])?.call;
}
