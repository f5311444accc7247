/**
 * Which unique names a record holds, from its attributes: the one rule for everybody who creates or changes records
 * (native API, dialects, imports, demo), so that no way in can give one name to two.
 */
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Claim } from './events.ts';

interface Naming {
  /** The attributes that the names are made of. */
  readonly from: readonly string[];
  readonly names: (attributes: JsonObject) => readonly Claim[];
}

const everywhere = (name: string): Claim => ({ scope: 'installation', name });
const inTenant = (name: string): Claim => ({ scope: 'tenant', name });

/** A name of a kind that may be given once per tenant. */
const named = (kind: string, attribute = 'name'): Naming => ({
  from: [attribute],
  names: (attributes) => texts(attributes[attribute]).map((name) => inTenant(`${kind}:${name}`)),
});

/** Numbers that can be dialled share one space per tenant, whatever answers them. */
const dialled = (...from: readonly string[]): Naming => ({
  from,
  names: (attributes) => from.flatMap((name) => texts(attributes[name])).map((number) => inTenant(`number:${number}`)),
});

const NAMINGS: Readonly<Record<string, Naming>> = {
  /** Names people sign in with carry no tenant. */
  credential: {
    from: ['dialect', 'name'],
    names: ({ dialect, name }) => [everywhere(`credential.${String(dialect)}:${String(name)}`)],
  },
  user: {
    from: ['logins', 'agentNumber'],
    names: ({ logins, agentNumber }) => [
      ...objects(logins).map(({ dialect, name }) => everywhere(`login.${String(dialect)}:${String(name)}`)),
      ...texts(agentNumber).map((number) => everywhere(`agentNumber:${number}`)),
    ],
  },
  token: { from: ['sha256'], names: ({ sha256 }) => [everywhere(`token:${String(sha256)}`)] },
  extension: dialled('number'),
  queue: dialled('extension', 'alternateExtensions', 'accessNumbers'),
  skill: named('skill'),
  role: named('role'),
  'presence-option': named('presence-option'),
  'agent-state': named('agent-state', 'operationName'),
  'service-configuration': named('service-configuration'),
  'resource-group': named('resource-group'),
};

/** All names that a record of the kind with these attributes must hold. */
export function claimsOf(kind: string, attributes: JsonObject): readonly Claim[] {
  return NAMINGS[kind]?.names(attributes) ?? [];
}

/** The attributes whose change changes the names. */
export function claimsReadFrom(kind: string): readonly string[] {
  return NAMINGS[kind]?.from ?? [];
}

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value)
    ? value.filter((item): item is JsonObject => typeof item === 'object' && item !== null)
    : [];
}
