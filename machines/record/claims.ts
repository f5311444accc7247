/**
 * Which unique names a record holds, by kind and attributes: the one place that says what must be unique, and where.
 * Whoever creates or changes a record sends these along (see events.ts).
 *   per installation: sign-in names per dialect, agent numbers
 *   per tenant: every number that can be dialled, names by which things are asked for, numbers of answers
 * What is unique among the many that one owner has needs no name: see address-book.ts.
 */
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Claim } from './events.ts';

type Names = (attributes: JsonObject) => readonly Claim[];

const inTenant = (name: string): Claim => ({ scope: 'tenant', name });
const inInstallation = (name: string): Claim => ({ scope: 'installation', name });

const number = (value: Json | undefined): readonly Claim[] =>
  typeof value === 'string' ? [inTenant(`number:${value}`)] : [];
const numbers = (values: Json | undefined): readonly Claim[] => (Array.isArray(values) ? values.flatMap(number) : []);
const named =
  (kind: string): Names =>
  ({ name }) =>
    typeof name === 'string' ? [inTenant(`${kind}:${name}`)] : [];

const dialledNumbers: Names = ({ extension, alternateExtensions }) => [
  ...number(extension),
  ...numbers(alternateExtensions),
];

const NAMES: Readonly<Record<string, Names>> = {
  user: ({ logins, agentNumber }) => [
    ...(Array.isArray(logins) ? logins.flatMap(loginClaim) : []),
    ...(typeof agentNumber === 'string' ? [inInstallation(`agentNumber:${agentNumber}`)] : []),
  ],
  extension: ({ number: dialled }) => number(dialled),
  queue: (attributes) => [...dialledNumbers(attributes), ...numbers(attributes.accessNumbers)],
  'outbound-queue': dialledNumbers,
  'conditional-route': dialledNumbers,
  vrq: dialledNumbers,
  'qualification-answer': ({ number: given }) => [inTenant(`qualification-answer:${given}`)],
  'presence-option': named('presence-option'),
  'resource-group': named('resource-group'),
  'agent-state': ({ operationName }) =>
    typeof operationName === 'string' ? [inTenant(`agent-state:${operationName}`)] : [],
  'service-configuration': named('service-configuration'),
};

/** Empty for kinds that need no unique name. */
export function claimsOf(kind: string, attributes: JsonObject): readonly Claim[] {
  return NAMES[kind]?.(attributes) ?? [];
}

function loginClaim(login: Json): readonly Claim[] {
  if (typeof login !== 'object' || login === null || Array.isArray(login)) return [];
  const { dialect, name } = login as JsonObject;
  return typeof dialect === 'string' && typeof name === 'string' ? [inInstallation(`login.${dialect}:${name}`)] : [];
}
