/**
 * Queues, presence options and extensions as sections 4.6 to 4.8 print them.
 */
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { ccsIdOf, type Entry, lastCcsIdOf, ownerOf } from './directory.ts';

const ACD_TYPES = {
  queue: 'voice_queues',
  'outbound-queue': 'voice_outbound_queues',
  'conditional-route': 'conditional_routes',
  vrq: 'vrqs',
} as const;
export type AcdKind = keyof typeof ACD_TYPES;

/** A queue. The tenant is printed by another of its ids than everywhere else. */
export function acdBody(kind: AcdKind, acd: Entry<AcdKind>, tenant: Entry<'tenant'>): JsonObject {
  const { name, extension = '', alternateExtensions = [] } = acd.attributes;
  return {
    uuid: ccsIdOf(acd),
    type: ACD_TYPES[kind],
    tenant_id: lastCcsIdOf(tenant),
    name,
    extension,
    alternate_extensions: alternateExtensions,
  };
}

const OPTION_TYPES = { away: 'away', signOut: 'sign_out' } as const;

export function presenceOptionBody(option: Entry<'presence-option'>): JsonObject {
  const { kind, name } = option.attributes;
  return { uuid: ccsIdOf(option), type: OPTION_TYPES[kind], name };
}

export function extensionBody(view: View, extension: Entry<'extension'>): JsonObject {
  const { firstName, lastName } = personOf(view, extension);
  return { uuid: ccsIdOf(extension), lastname: lastName, firstname: firstName, extension: extension.attributes.number };
}

/** The settings of section 4.14, as the event about their change prints them. */
export function extensionSettings({ attributes }: Pick<Entry<'extension'>, 'attributes'>): JsonObject {
  const { isAgent = false, recording = 'none', monitored = false, chatsMax = 0, multimedia = false } = attributes;
  return {
    is_agent: String(isAgent),
    recording_type: RECORDING_TYPES[recording],
    monitor: String(monitored),
    max_chats: String(chatsMax),
    is_multimedia_enabled: String(multimedia),
  };
}

export const RECORDING_TYPES = { none: 'None', mandatory: 'Mandatory', onDemand: 'On Demand' } as const;

export function personOf(view: View, extension: Entry<'extension'>): { firstName: string; lastName: string } {
  const { firstName = '', lastName = '' } = ownerOf(view, extension)?.attributes ?? extension.attributes;
  return { firstName, lastName };
}
