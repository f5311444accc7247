/**
 * Who is let in no more: he could not log out himself, and would be offered calls for ever, so his agent leaves with him. And who
 * was when it was decided that his agent begins to work: both may be under way at once, and nobody sees yet what the other does.
 */
import { agent as agentById } from '../../projections/agents.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery } from '../model/command.ts';
import type { JsonObject } from '../model/json.ts';
import type { View } from '../model/projection.ts';

/**
 * Logs the agent of a user out, in the command that shuts the user out; nothing for who is none. Also one who is logged out
 * already, which changes nothing: he may have become ready just now, and nobody can see it yet.
 */
export function leaving(view: View, tenant: string, { agent }: { readonly agent?: unknown }): readonly Delivery[] {
  if (typeof agent !== 'string' || agentById(view, tenant, agent) === undefined) return [];
  return [{ to: { tenant, kind: 'agent', id: agent }, event: { type: 'signOut' } }];
}

/** Goes into the command with which the agent of a user begins to work: refuses it when the user was shut out meanwhile. */
export function entering({
  actor,
  attributes,
}: {
  readonly actor: ActorId;
  readonly attributes: JsonObject;
}): Delivery {
  return { to: actor, event: { type: 'check', expect: { enabled: attributes.enabled ?? null } } };
}
