/**
 * What the catalogue of events (contract 1.5) is made of: a name, its own fields, and the permission it takes to hear it.
 */

import type { Permission } from '../../../identity/permissions.ts';
import type { JsonObject } from '../../../model/json.ts';

/** Permissions that let events through. */
export const EVENT_PERMISSIONS = [
  'Agent Events',
  'Call Events',
  'Inbound Queue Events',
] as const satisfies readonly Permission[];
export type EventPermission = (typeof EVENT_PERMISSIONS)[number];

export interface CatalogueEvent {
  readonly permission: EventPermission;
  readonly event: string;
  readonly fields: JsonObject;
}
