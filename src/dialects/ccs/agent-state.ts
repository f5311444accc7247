/**
 * Sections 4.15 to 4.18: an agent's state, read by a telco user, changed by a telco user, a tenant's admin or himself.
 */
import { agent } from '../../../projections/agents.ts';
import { entering } from '../../identity/leaving.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, MachineEvent } from '../../model/command.ts';
import type { View } from '../../model/projection.ts';
import { takingOwnLine } from '../../switch/line-taken.ts';
import { type Answer, ok, refuse } from './answers.ts';
import { changed } from './change.ts';
import { ccsIdOf, type Entry, extensionOf, get, list, ownerOf } from './directory.ts';
import type { Ask } from './operation.ts';
import { type Reached, reachExtension, unreached } from './reach.ts';
import { REASONS } from './reasons.ts';
import { agentStateBody, pictureOfEntry, type QueueNames } from './render-agent.ts';

export function showAgentState(ask: Ask): Answer {
  const reached = reachExtension(ask);
  if (!reached.ok) return reached.refusal;
  const { view, face } = ask;
  const id = agentIdOf(view, reached.found);
  const { tenant } = reached.found.actor;
  const known = id === undefined ? undefined : agent(view, tenant, id);
  if (known === undefined) return refuse(REASONS.notAnAgent);
  return ok(agentStateBody(pictureOfEntry(known), queueNames(view, tenant), face));
}

export async function updateAgentState(ask: Ask): Promise<Answer> {
  const reached = reachExtension(ask);
  return reached.ok ? setState(ask, reached.found) : reached.refusal;
}

export async function updateOwnAgentState(ask: Ask): Promise<Answer> {
  const reached = ownExtension(ask);
  return reached.ok ? setState(ask, reached.found) : reached.refusal;
}

/** Names of a tenant's queues, looked up when asked for. */
export function queueNames(view: View, tenant: string): QueueNames {
  return (queue) => get(view, 'queue', tenant, queue)?.attributes.name ?? '';
}

/** Undefined unless presence can be set for the extension. */
function agentIdOf(view: View, extension: Entry<'extension'>): string | undefined {
  return extension.attributes.isAgent === true ? ownerOf(view, extension)?.attributes.agent : undefined;
}

/** The extension of the caller: his token's, else his own. */
function ownExtension({ caller: { principal }, live }: Ask): Reached<Entry<'extension'>> {
  const { tenant, user, extension } = principal;
  const owner = user === undefined ? undefined : get(live, 'user', tenant, user);
  const found = extension === undefined ? owner && extensionOf(live, owner) : get(live, 'extension', tenant, extension);
  return found === undefined ? unreached(refuse(REASONS.noExtension)) : { ok: true, found };
}

async function setState(ask: Ask, extension: Entry<'extension'>): Promise<Answer> {
  const { tenant } = extension.actor;
  const id = agentIdOf(ask.live, extension);
  if (id === undefined) return refuse(REASONS.notAnAgent);
  const to: ActorId = { tenant, kind: 'agent', id };
  return changed(ask, {
    about: to,
    done: { success: true },
    decide(view) {
      const event = stateEvent(view, tenant, ask.body.name);
      if (event === undefined) return refuse(REASONS.invalidStateName);
      const told = delivery(ask, extension, { to, event });
      const owner = ownerOf(view, extension);
      if (event.type === 'signOut' || owner === undefined) return [told];
      if (owner.attributes.enabled === false) return refuse(REASONS.userDisabled);
      return [entering(owner), ...takingOwnLine(view, to), told];
    },
  });
}

/** The presence command that a state's name asks for: `Ready` is fixed, all others are options of the tenant. */
function stateEvent(view: View, tenant: string, name: unknown): MachineEvent | undefined {
  if (name === READY) return { type: 'setReady', signIn: true };
  const option = list(view, 'presence-option', tenant).find(({ attributes }) => attributes.name === name);
  if (option === undefined) return undefined;
  const reason = { id: ccsIdOf(option), name: option.attributes.name };
  return option.attributes.kind === 'away' ? { type: 'setAway', signIn: true, reason } : { type: 'signOut', reason };
}

const READY = 'Ready';

/** A change that the agent makes himself forgives his missed calls; one made for him says who made it. */
function delivery(
  { caller: { principal }, live }: Ask,
  extension: Entry<'extension'>,
  { to, event }: Delivery,
): Delivery {
  const { tenant, user, extension: own } = principal;
  const isSelf =
    tenant === extension.actor.tenant &&
    (own === extension.actor.id || (user !== undefined && ownerOf(live, extension)?.actor.id === user));
  return isSelf
    ? { to, event: { ...event, cause: 'self' } }
    : { to, event: { ...event, cause: 'supervisor', by: principal.by } };
}
