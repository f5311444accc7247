/**
 * What of the directory is counted against a tenant's limits (xivo-ccs.md §1.3.2, §1.3.3): which record takes which licence.
 * Counts are derived from the records there are; what a tenant has beside them stands in its `elsewhere`. Pure.
 */
import type { JsonObject } from '../../src/model/json.ts';
import type { Tenant } from './attributes/organisation.ts';

export type Licence = keyof NonNullable<Tenant['elsewhere']>;

interface Rule {
  readonly kind: string;
  /** The tenant's limit; absent there, there is none. */
  readonly max: keyof Tenant;
  takes(attributes: JsonObject): boolean;
}

export const LICENCES: Readonly<Record<Licence, Rule>> = {
  agents: { kind: 'extension', max: 'agentsMax', takes: ({ isAgent }) => isAgent === true },
  queues: { kind: 'queue', max: 'queuesMax', takes: () => true },
  recorded: {
    kind: 'extension',
    max: 'recordedExtensionsMax',
    takes: ({ recording = 'none' }) => recording !== 'none',
  },
  monitored: { kind: 'extension', max: 'monitoredExtensionsMax', takes: ({ monitored }) => monitored === true },
  multimedia: { kind: 'extension', max: 'multimediaLicensesMax', takes: ({ multimedia }) => multimedia === true },
};

const NAMES = Object.keys(LICENCES) as readonly Licence[];

/** The licences that a record takes. */
export function licencesOf(kind: string, attributes: JsonObject): readonly Licence[] {
  return NAMES.filter((name) => LICENCES[name].kind === kind && LICENCES[name].takes(attributes));
}
