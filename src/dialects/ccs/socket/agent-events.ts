/**
 * The events of the catalogue (contract 1.5) that records of agents and extensions make.
 */
import type { Extension } from '../../../../machines/record/attributes/telephony.ts';
import type { View } from '../../../model/projection.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import { queueNames } from '../agent-state.ts';
import { ccsIdOf, type Entry, extensionByNumber, extensionOf, userOfAgent } from '../directory.ts';
import { type AgentPicture, agentRegions, pictureOfState } from '../render-agent.ts';
import { extensionSettings } from '../render-directory.ts';
import type { CatalogueEvent } from './event.ts';

/** One event when any of the three regions, or the count of missed calls, changed. */
export function agentEvents(record: LoggedTransition, view: View): readonly CatalogueEvent[] {
  const { tenant, id } = record.actor;
  const { to, state, from } = record.transition.data;
  const picture = pictureOfState(to, state.context);
  if (picture === undefined || !hasMoved(record, picture, pictureOfState(from, state.context))) return [];
  const extension = extensionOfAgent(view, tenant, id, picture);
  if (extension === undefined) return [];
  const fields = {
    extension_uuid: ccsIdOf(extension),
    extension: extension.attributes.number,
    ...agentRegions(picture, queueNames(view, tenant)),
  };
  return [{ permission: 'Agent Events', event: 'agent_presence', fields }];
}

const SETTINGS = ['isAgent', 'recording', 'monitored', 'chatsMax', 'multimedia'];

/** One event when a setting of section 4.14 was set. */
export function extensionEvents({ actor, transition }: LoggedTransition): readonly CatalogueEvent[] {
  const { event, state } = transition.data;
  const { set } = event;
  if (typeof set !== 'object' || set === null || !SETTINGS.some((key) => Object.hasOwn(set, key))) return [];
  const extension = { actor, attributes: state.context.attributes as Extension };
  const fields = { extension_uuid: ccsIdOf(extension), ...extensionSettings(extension) };
  return [{ permission: 'Agent Events', event: 'agent_updated', fields }];
}

const PRESENCE_COMMANDS: ReadonlySet<string> = new Set(['signIn', 'signOut', 'setReady', 'setAway', 'setWrapUp']);

/**
 * Told by the record alone: a region has another state, or was entered anew just now by what can do so. The end of a leg may
 * make another queue call his work.
 */
function hasMoved(
  { time, transition }: LoggedTransition,
  now: AgentPicture,
  before: AgentPicture | undefined,
): boolean {
  if (before === undefined) return true;
  const { type } = transition.data.event;
  const { presence, queue } = now.context;
  return (
    now.presence !== before.presence ||
    now.phone !== before.phone ||
    now.queue !== before.queue ||
    type === 'offer.missed' ||
    (presence.since === time && PRESENCE_COMMANDS.has(type)) ||
    (queue.since === time && type === 'leg.ended')
  );
}

function extensionOfAgent(
  view: View,
  tenant: string,
  agent: string,
  { context }: AgentPicture,
): Entry<'extension'> | undefined {
  const user = userOfAgent(view, tenant, agent);
  const own = user === undefined ? undefined : extensionOf(view, user);
  const line = context.phone.homeLine ?? context.phone.line;
  return own ?? (line === null ? undefined : extensionByNumber(view, tenant, line));
}
