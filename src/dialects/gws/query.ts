/**
 * The query string of a reading request: which fields, which sub-resources, which filter (genesys.md §1.0.2).
 * Unknown parameters are kept: whether one names a property is known only where the resource is.
 */
import type { Json, JsonObject } from '../../model/json.ts';

/** `all` for `*`. */
export type Selection = 'all' | ReadonlySet<string>;

export interface Query {
  /** Undefined: not asked for; of a collection then only the uris are given. */
  readonly fields: Selection | undefined;
  readonly subresources: Selection | undefined;
  /** Every other parameter, the last of each name. */
  readonly others: ReadonlyMap<string, string>;
}

/** What a user has that is shown with him only where it is asked for. */
export const SUBRESOURCES = ['devices', 'skills', 'channels', 'calls', 'settings', 'features'] as const;

const RESERVED: ReadonlySet<string> = new Set(['fields', 'subresources', 'as_of']);

const NOTHING_ASKED: Query = { fields: undefined, subresources: undefined, others: new Map() };

export function parseQuery(search: URLSearchParams): Query {
  if (search.size === 0) return NOTHING_ASKED;
  return {
    fields: selectionOf(search.getAll('fields')),
    subresources: selectionOf(search.getAll('subresources')),
    others: new Map([...search].filter(([name]) => !RESERVED.has(name))),
  };
}

export function isSelected(selection: Selection | undefined, name: string): boolean {
  return selection !== undefined && (selection === 'all' || selection.has(name));
}

/** The object with only the fields asked for, and its sub-resources that are; unknown ones are ignored. */
export function withFields(resource: JsonObject, { fields, subresources }: Query): JsonObject {
  if (fields === undefined || fields === 'all') return resource;
  const added = new Set<string>(SUBRESOURCES.filter((name) => isSelected(subresources, name)));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => fields.has(name) || added.has(name)));
}

/** Properties that each of a collection may lack: they filter also where all do. */
const MAY_LACK: Readonly<Record<string, readonly string[]>> = {
  skills: ['description'],
  devices: ['forwardTo', 'description', 'type', 'vendor', 'model', 'country', 'location', 'supervisorMonitoringState'],
  calls: ['ani', 'userData', 'recordingState'],
  settings: ['workMode', 'reason'],
};

/**
 * The resources of a collection whose properties have the values that the parameters say. A parameter that names no
 * property of them is no filter (cache busters).
 */
export function wanted<Body extends JsonObject>(
  plural: string,
  resources: readonly Body[],
  others: ReadonlyMap<string, string>,
): readonly Body[] {
  const isProperty = (name: string) =>
    MAY_LACK[plural]?.includes(name) === true || resources.some((resource) => Object.hasOwn(resource, name));
  const filters = [...others].filter(([name]) => isProperty(name));
  if (filters.length === 0) return resources;
  return resources.filter((resource) => filters.every(([name, value]) => matches(resource[name], value)));
}

function matches(property: Json | undefined, value: string): boolean {
  if (Array.isArray(property)) return property.some((one) => matches(one, value));
  return typeof property !== 'object' && String(property) === value;
}

function selectionOf(texts: readonly string[]): Selection | undefined {
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  return names.includes('*') ? 'all' : new Set(names.filter((name) => name !== ''));
}
