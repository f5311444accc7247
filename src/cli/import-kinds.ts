/**
 * What can be imported: which kind goes where in the native API, and how what is there already is read back.
 */
import { RESOURCES } from '../dialects/native/resources.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Api } from './api.ts';

/** One record of a file. */
export interface ImportEntry {
  /** Where it stands, for messages: `line 7`, `entry 3`. */
  readonly place: string;
  readonly kind: string;
  readonly tenant: string;
  readonly id?: string;
  readonly attributes: JsonObject;
}

export const RECORD_COLLECTIONS: readonly { readonly kind: string; readonly plural: string }[] = RESOURCES;
export const AGENTS = { kind: 'agent', plural: 'agents' } as const;
const TENANTS = { kind: 'tenant', plural: 'tenants' } as const;
const CREDENTIALS = { kind: 'credential', plural: 'credentials' } as const;

/** In the order in which they are made: a tenant before what is in it, a user before how he signs in. */
const PHASES = [[TENANTS], [...RECORD_COLLECTIONS, AGENTS], [CREDENTIALS]] as const;
export const KINDS = PHASES.flat();

/** Accepts `user` and `users`; undefined for what cannot be imported. */
export function kindNamed(word: string): string | undefined {
  return KINDS.find(({ kind, plural }) => word === kind || word === plural)?.kind;
}

/** What others lean on first; else as in the file. */
export function inOrder(entries: readonly ImportEntry[]): ImportEntry[] {
  return PHASES.flatMap((kinds) => entries.filter((entry) => kinds.some(({ kind }) => kind === entry.kind)));
}

/** Where an entry of this kind is created. */
export function collectionPath({
  kind,
  tenant,
  attributes,
}: Pick<ImportEntry, 'kind' | 'tenant' | 'attributes'>): string {
  if (kind === TENANTS.kind) return '/v1/tenants';
  const below = `/v1/tenants/${encodeURIComponent(tenant)}`;
  if (kind === CREDENTIALS.kind) return `${below}/users/${encodeURIComponent(String(attributes.user))}/credentials`;
  return `${below}/${KINDS.find((one) => one.kind === kind)?.plural}`;
}

/** What is sent to create it. */
export function creationBody({ kind, id, attributes }: ImportEntry): JsonObject {
  const { user, ...rest } = attributes;
  if (kind === CREDENTIALS.kind) return rest;
  return id === undefined ? attributes : { id, ...attributes };
}

export interface Present {
  /** In its collection; undefined where it has no path of its own. */
  readonly id: string;
  readonly attributes: JsonObject;
}

/** The record that stands where an entry should be created; undefined when there is none. */
export async function presentOf(api: Api, entry: ImportEntry, derivedId: string): Promise<Present | undefined> {
  const { kind, tenant, attributes } = entry;
  if (kind === CREDENTIALS.kind) {
    const { items } = await api.get(collectionPath(entry));
    const isSame = (one: JsonObject) => one.dialect === attributes.dialect && one.name === attributes.name;
    const found = (items as readonly JsonObject[]).find(isSame);
    return found === undefined
      ? undefined
      : { id: String(found.id), attributes: { ...found, user: attributes.user ?? null } };
  }
  const id = kind === TENANTS.kind ? tenant : (entry.id ?? derivedId);
  const path = kind === AGENTS.kind ? `/v1/tenants/${tenant}/actors/agent` : collectionPath(entry);
  const found = await api.get(`${path}/${encodeURIComponent(id)}`);
  return { id, attributes: kind === AGENTS.kind ? agentAttributes(found.context as JsonObject) : found };
}

/** What an agent is created with: his line and rules, not what he is doing. */
export function agentAttributes({ phone, rules, dnd, forwards }: JsonObject): JsonObject {
  const { homeLine } = phone as { readonly homeLine?: Json };
  const leading = Object.entries(forwards as JsonObject).filter(([, to]) => (to as JsonObject).destination !== '');
  return {
    ...(typeof homeLine === 'string' ? { line: homeLine } : {}),
    ...(dnd === true ? { dnd } : {}),
    ...(leading.length === 0 ? {} : { forwards: Object.fromEntries(leading) }),
    ...(rules as JsonObject),
  };
}
