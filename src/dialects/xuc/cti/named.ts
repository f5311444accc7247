/**
 * What a command names: agents and queues by their numbers, which some clients send as texts.
 */
import { agentById, type Found, type Person, personByAgentNumber, queueByNumber } from '../people.ts';
import { errorFrame } from './frames.ts';
import { type Asked, framed, type Reaction, text } from './reactions.ts';

/** Whom a command is for: himself, or the agent it names, which another's is for supervisors only. Else what is answered. */
export function agentMeant(asked: Asked): Person | Reaction {
  const { person, mayActForOthers } = asked;
  const { agentid } = asked.fields;
  const agent = text(agentid) === '' ? person : agentNamed(asked, agentid);
  if (agent === undefined) return framed(errorFrame('AgentNotFound', 'AgentError'));
  const isAllowed = agent.actor.id === person.actor.id || mayActForOthers;
  return isAllowed ? agent : framed(errorFrame('NotAllowed', 'AgentError'));
}

/** By his id, else by the number he logs in with; undefined for one there is not in the tenant. */
export function agentNamed({ view, person }: Asked, value: unknown): Person | undefined {
  const named = text(value);
  const { tenant } = person.actor;
  const found = agentById(view, tenant, named) ?? personByAgentNumber(view, named);
  return found?.actor.tenant === tenant ? found : undefined;
}

export function queueNamed({ view, person }: Asked, value: unknown): Found<'queue'> | undefined {
  const number = whole(value);
  return number === undefined ? undefined : queueByNumber(view, person.actor.tenant, number);
}

export function whole(value: unknown): number | undefined {
  const given = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(given) ? (given as number) : undefined;
}
