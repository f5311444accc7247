/**
 * A telephone is one person's at a time: who signs in at a line takes it from whoever else works there, and that one is
 * signed out.
 */
import { type AgentEntry, agent, agentsOnLine } from '../../projections/agents.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery } from '../model/command.ts';
import type { View } from '../model/projection.ts';

/** Who is signed in at a line, the last to come first. More than one only when they signed in knowing nothing of each other. */
export function workingAt(view: View, tenant: string, line: string): readonly AgentEntry[] {
  return agentsOnLine(view, tenant, line).filter(({ presence }) => presence !== 'signedOut');
}

export function lineTaken({ tenant, id }: AgentEntry): Delivery {
  return { to: { tenant, kind: 'agent', id }, event: { type: 'signOut', cause: 'lineTaken' } };
}

/** What goes before a command that signs an agent in at his own line, should he be signed out. */
export function takingOwnLine(view: View, { tenant, id }: ActorId): readonly Delivery[] {
  const known = agent(view, tenant, id);
  if (known?.presence !== 'signedOut' || known.line === null) return [];
  return workingAt(view, tenant, known.line).map(lineTaken);
}
