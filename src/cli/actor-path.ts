/**
 * An actor as it is typed (`tenant/kind/id`), and its place in the native API.
 */
import { type ActorId, parseActor } from '../model/actor-id.ts';
import { wrongUse } from './exit.ts';

export function actorArgument(text: string): ActorId {
  const actor = parseActor(text);
  if (actor === undefined) throw wrongUse(`"${text}" is no actor: write tenant/kind/id, such as genesys/agent/ksippo`);
  return actor;
}

export function actorPath({ tenant, kind, id }: ActorId): string {
  return `/v1/tenants/${tenant}/actors/${kind}/${encodeURIComponent(id)}`;
}
