/**
 * Why an actor is as it is: one sentence, and the records that prove it. Agents, calls and services have words of their own,
 * every other kind is answered with its newest record, what told it and what it changed. The answer is of a view, so the past can be asked too.
 */
import type { ActorId } from '../model/actor-id.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import { actorHead } from '../projector/heads.ts';
import { backwards } from './backwards.ts';
import type { Asked, Explanation, Link } from './explanation.ts';
import { whyAgent } from './why-agent.ts';
import { whyAnything } from './why-anything.ts';
import { whyCall } from './why-call.ts';
import { whyService } from './why-service.ts';

export interface Why extends Explanation {
  readonly actor: ActorId;
  /** Oldest first, each record once. */
  readonly chain: readonly Link[];
}

const EXPLAINED: Readonly<Record<string, (asked: Asked) => Promise<Explanation | undefined>>> = {
  agent: whyAgent,
  call: whyCall,
  service: whyService,
};

/** Undefined for an actor that the view does not know, and for private ones. */
export async function why(runtime: Pick<Runtime, 'replay'>, view: View, actor: ActorId): Promise<Why | undefined> {
  const head = actorHead(view, actor);
  if (head?.visibility !== 'public') return undefined;
  const records = () => backwards(runtime, { of: actor, upTo: head.position });
  for await (const newest of records()) {
    const asked: Asked = { runtime, view, actor, newest, backwards: records };
    const explanation = (await EXPLAINED[actor.kind]?.(asked)) ?? (await whyAnything(asked));
    return { actor, ...explanation, chain: inOrder(explanation.chain) };
  }
  return undefined;
}

/** Each record once, in log order, with all that is said of it. */
function inOrder(links: readonly Link[]): readonly Link[] {
  const byPosition = new Map<number, Link>();
  for (const { record, says } of links) {
    const known = byPosition.get(record.position);
    byPosition.set(record.position, { record, says: known === undefined ? says : `${known.says}; ${says}` });
  }
  return [...byPosition.values()].sort((one, other) => one.record.position - other.record.position);
}
