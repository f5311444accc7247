/** Who is let in no more. He could not log out himself, and would be offered calls for ever: his agent leaves with him. */
import { agent as agentById } from '../../projections/agents.ts';
import type { Delivery } from '../model/command.ts';
import type { View } from '../model/projection.ts';

/** Logs the agent of a user out, in the command that shuts the user out; nothing for who is none, or is logged out already. */
export function leaving(view: View, tenant: string, { agent }: { readonly agent?: unknown }): readonly Delivery[] {
  if (typeof agent !== 'string') return [];
  const isAtWork = (agentById(view, tenant, agent)?.presence ?? 'signedOut') !== 'signedOut';
  return isAtWork ? [{ to: { tenant, kind: 'agent', id: agent }, event: { type: 'signOut' } }] : [];
}
