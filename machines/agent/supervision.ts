/**
 * Supervision: another agent whose calls this one listens to, coaches, or joins, until he is told to stop. It says what is
 * wanted; src/distributor/supervision.ts brings him into the calls. Pure.
 */
import type { Fed } from '../boundary.ts';
import type { AgentContext } from './context.ts';
import type { LegFact, Supervise } from './events.ts';

export function supervises({ at, agent, how, calls, scope }: Fed<Supervise>): Pick<AgentContext, 'supervision'> {
  return { supervision: { agent, how, calls, scope, since: at } };
}

/** The call he listened to has lost him, and it was to be the only one. */
export function hasHeardIt({ phone, supervision }: AgentContext, fact: Pick<LegFact, 'call' | 'leg'>): boolean {
  if (supervision?.calls !== 'next') return false;
  const leg = phone.legs.find(({ call, leg: id }) => call === fact.call && id === fact.leg);
  return leg !== undefined && leg.watches === supervision.agent;
}
