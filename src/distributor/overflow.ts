/**
 * When a waiting call must leave its queue, and where to. Pure, and by the state alone: whoever asks later, or again after
 * a restart, gets the same answer.
 */
import type { Queue } from '../../machines/record/attributes/queues.ts';

export interface Waiting {
  /** Undefined when the queue was removed. */
  readonly queue: Queue | undefined;
  /** ms since 1970, into this queue. */
  readonly enteredAt: number;
  /** Calls in this queue that entered it before. */
  readonly ahead: number;
  /** Members who take calls, now or soon. */
  readonly staffed: number;
  /** Of a call that nobody made, which is to find an agent for its destination: whether one is free. Absent for callers. */
  readonly agentFree?: boolean;
}

export interface Leave {
  readonly why: 'closed' | 'overflow' | 'noAgents';
  /** A number; absent: the caller is hung up on. */
  readonly to?: string;
}

/**
 * Closed (or removed), full, waited too long: leaves, with or without a destination. Nobody at work: leaves only for one,
 * else somebody may still come. A queue is full for a call when as many as it holds entered before it.
 * A call that nobody made (dialFromQueue of XUC, as its document has it) waits too long only while no agent is free, and does
 * not leave for want of agents.
 */
export function mustLeave({ queue, enteredAt, ahead, staffed, agentFree }: Waiting, now: number): Leave | undefined {
  if (queue === undefined) return { why: 'closed' };
  if (queue.isClosed === true) return leave('closed', queue.onClosed);
  if (queue.waitingMax !== undefined && ahead >= queue.waitingMax) return leave('overflow', queue.onFull);
  const due = waitsUntil(queue, enteredAt);
  if (due !== undefined && due <= now && agentFree !== true) return leave('overflow', queue.onWaitedTooLong);
  const isDeserted = staffed === 0 && agentFree === undefined;
  return isDeserted && queue.onNoAgents !== undefined ? leave('noAgents', queue.onNoAgents) : undefined;
}

/** When a call will have waited too long, ms since 1970. */
export function waitsUntil(queue: Queue | undefined, enteredAt: number): number | undefined {
  return queue?.waitMsMax === undefined ? undefined : enteredAt + queue.waitMsMax;
}

function leave(why: Leave['why'], to: string | undefined): Leave {
  return to === undefined ? { why } : { why, to };
}
