/**
 * Who waits in a queue, for clients that watch it: told when they begin to, and again whenever it is not what they were
 * told last.
 */
import { call as callById } from '../../../../projections/calls.ts';
import { waitingIn } from '../../../../projections/queues.ts';
import type { View } from '../../../model/projection.ts';
import { type Found, numberOf } from '../people.ts';
import { type Frame, frame } from './frames.ts';
import { queueNamed } from './named.ts';
import { type Asked, framed, type Reaction, refused } from './reactions.ts';

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
};

/** The next to be served first. */
export function queueCalls(view: View, queue: Found<'queue'>): Frame {
  const { tenant, id } = queue.actor;
  const calls = waitingIn(view, tenant, id, CALLS_MAX).flatMap(({ call, position, enteredAt }) => {
    const context = callById(view, tenant, call)?.context;
    if (context === undefined) return [];
    const { from: number, fromName: name = '' } = context;
    return [{ position, name, number, queueTime: new Date(enteredAt).toISOString() }];
  });
  return frame('QueueCalls', { queueId: numberOf(queue) ?? 0, calls });
}
