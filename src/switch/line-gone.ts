/**
 * A telephone without which somebody goes on: its line is removed, or has another number from now on. Nobody works without a
 * telephone: whoever would be left ready at a number that nobody has is offered calls that ring nowhere.
 */
import { type AgentEntry, agentsAtHomeOrOn } from '../../projections/agents.ts';
import type { Delivery } from '../model/command.ts';
import type { View } from '../model/projection.ts';

/**
 * What goes into the command that takes a line away, or gives it another number. Its owner has that one for his own, or none; who
 * works there is signed out, but for an owner who keeps it.
 */
export function lineGone(view: View, tenant: string, line: string, next: string | null = null): readonly Delivery[] {
  return agentsAtHomeOrOn(view, tenant, line).flatMap((known) => lineLost(known, line, next));
}

/** The same for one agent alone: the line stays, and is somebody else's. */
export function lineLost(
  { tenant, id, presence, context: { phone } }: AgentEntry,
  line: string,
  next: string | null,
): readonly Delivery[] {
  const to = { tenant, kind: 'agent', id };
  const isHome = phone.homeLine === line;
  const worksHere = phone.line === line && presence !== 'signedOut';
  return [
    ...(worksHere && !(isHome && next !== null) ? [{ to, event: { type: 'signOut', cause: 'system' } }] : []),
    ...(isHome ? [{ to, event: { type: 'configure', line: next } }] : []),
  ];
}
