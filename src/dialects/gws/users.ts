/**
 * Users: create, change, remove (genesys.md §1.4). A user is a directory record; with it go his credential and, for who
 * has the agent role, his agent actor. Each request is one command: all of it or nothing.
 */
import { z } from 'zod';
import type { User } from '../../../machines/record/attributes/people.ts';
import { claimsOf } from '../../../machines/record/claims.ts';
import { entriesBy, secretEntriesBy } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { leaving } from '../../identity/leaving.ts';
import type { PasswordHasher } from '../../identity/password.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, Rejection } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Refusal } from './errors.ts';
import { type Answer, type Exchange, refused, settled, submit } from './exchange.ts';
import { fieldsOf, missingAmong, present, readOnlyAmong } from './fields.ts';
import { devicesOf, type Found, get, userNameOf } from './found.ts';
import { path } from './links.ts';
import { rolesOf, userBody } from './render.ts';
import { tenantOf } from './resources.ts';

const MANDATORY = ['firstName', 'lastName', 'roles', 'userName'] as const;

const text = z.string().max(128);
const attributes = z.object({
  // HTTP Basic ends a name at its first colon: who had one in his could never sign in.
  userName: text
    .min(1)
    .regex(/^[^:]*$/, 'holds a colon')
    .optional(),
  firstName: text.min(1).optional(),
  lastName: text.min(1).optional(),
  roles: z
    .array(z.string())
    .min(1, 'holds no role')
    .refine((names) => rolesOf(names) !== undefined, 'unknown role')
    .optional(),
  password: z.string().max(512).optional(),
  enabled: z.boolean().optional(),
  changePasswordOnFirstLogin: z.boolean().optional(),
  emailAddress: z.string().max(255).optional(),
});

export async function createUser(exchange: Exchange): Promise<Answer> {
  const { body, uri, commandId, options } = exchange;
  // An empty password is a password: a user without one exists (S000:30).
  const missing =
    missingAmong(body, MANDATORY) ??
    (body.password === undefined || body.password === null ? PASSWORD_MISSING : undefined);
  if (missing !== undefined) return refused(missing);
  const fields = fieldsOf(attributes, body);
  if (!fields.ok) return refused(fields.refusal);
  const readOnly = readOnlyAmong(body);
  if (readOnly !== undefined) return refused(readOnly);

  const { userName = '', password = '', roles = [], firstName = '', lastName = '', ...rest } = fields.value;
  const tenant = tenantOf(exchange);
  const to: ActorId = { tenant, kind: 'user', id: derivedId(tenant, commandId).replaceAll('-', '') };
  const isAgent = roles.includes('ROLE_AGENT');
  const user = {
    firstName,
    lastName,
    logins: [{ dialect: 'gws', name: userName }],
    roles: rolesOf(roles) ?? [],
    ...present(rest),
    ...(isAgent ? { agent: to.id } : {}),
  };
  const outcome = await submit(exchange, [
    { to, event: { type: 'create', attributes: user, claims: claimsOf('user', user) } },
    await credentialFor(exchange.hasher, to, userName, password),
    ...(isAgent ? [newAgent(to)] : []),
  ]);
  if (outcome.kind === 'keyReused') return refused(outcome);
  if (outcome.kind === 'rejected') return refused(refusalOf(outcome.rejection, userName, 'create'));
  const at = path('users', to.id);
  return { kind: 'done', body: { id: to.id, uri: uri(at), ...(options.profile === 'ext' ? { path: at } : {}) } };
}

/** PUT, and POST without an operation: changes the attributes given, `roles` as a whole. */
export async function changeUser(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const { body, uri, options, hasher, runtime } = exchange;
  const fields = fieldsOf(attributes, body);
  if (!fields.ok) return refused(fields.refusal);
  const readOnly = readOnlyAmong(body, userBody(user, uri, options.profile));
  if (readOnly !== undefined) return refused(readOnly);

  const { userName, password, roles, ...rest } = fields.value;
  const secret = password === undefined ? undefined : await proofOf(hasher, password);
  return settled(exchange, () => {
    const now = get(runtime.live, user.actor.tenant, 'user', user.actor.id) ?? user;
    const nameNow = userNameOf(now.attributes);
    const name = userName ?? nameNow;
    const isRenamed = name !== nameNow;
    // A password without a name lets nobody in.
    if (secret !== undefined && name === '') return refused({ kind: 'missing', parameter: 'userName' });
    const newRoles = roles === undefined ? undefined : rolesOf(roles);
    const becomesAgent = newRoles?.includes('agent') === true && now.attributes.agent === undefined;
    const set = present({
      ...rest,
      roles: newRoles,
      ...(becomesAgent ? { agent: now.actor.id } : {}),
      ...(isRenamed ? { logins: loginsAfter(now.attributes, name) } : {}),
    });
    const after = { ...now.attributes, ...set } as JsonObject;
    const expect: JsonObject = {
      ...(isRenamed ? { logins: now.attributes.logins ?? null } : {}),
      ...(becomesAgent ? { agent: null } : {}),
    };
    const renamed = isRenamed ? { claims: claimsOf('user', after) } : {};
    return {
      deliveries: [
        { to: now.actor, event: { type: 'change', set, expect, ...renamed } },
        ...credentialChange(runtime.live, now, name, isRenamed, secret),
        ...(becomesAgent ? [newAgent(now.actor, devicesOf(runtime.live, now).at(0)?.attributes.phoneNumber)] : []),
        ...(rest.enabled === false ? leaving(runtime.live, now.actor.tenant, now.attributes) : []),
      ],
      refusalOf: (rejection) => refusalOf(rejection, name, 'update'),
    };
  });
}

/** With the user go his credentials and his agent; his devices stay and are nobody's. */
export async function removeUser(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const { runtime, caller } = exchange;
  const { tenant, id } = user.actor;
  if (caller.user.actor.id === id) return refused({ kind: 'inUse', message: 'Failed to delete user. It is your own.' });
  const view = runtime.live;
  return settled(exchange, () => {
    const { attributes } = get(view, tenant, 'user', id) ?? user;
    const { agent } = attributes;
    const his = {
      agent: agent ?? null,
      devices: attributes.devices ?? null,
      extensions: attributes.extensions ?? null,
    };
    const devices = entriesBy(view, { kind: 'device', key: 'user', value: id, tenant });
    const extensions = entriesBy(view, { kind: 'extension', key: 'user', value: id, tenant });
    const left = { type: 'change', expect: { user: id } };
    return {
      deliveries: [
        { to: user.actor, event: { type: 'check', expect: his } },
        removal(user.actor),
        ...credentialsOf(view, user.actor).map(({ actor }) => removal(actor)),
        ...devices.map(({ actor }) => ({ to: actor, event: { ...left, unset: ['user', 'place'] } })),
        ...extensions.map(({ actor }) => ({ to: actor, event: { ...left, unset: ['user'] } })),
        ...(agent === undefined
          ? []
          : [
              ...leaving(view, tenant, attributes),
              ...leaveQueues(view, tenant, agent),
              removal({ tenant, kind: 'agent', id: agent }),
            ]),
      ],
    };
  });
}

/** How a password is kept: its hash, or the word that an empty one will do. */
export async function proofOf(hasher: PasswordHasher, password: string): Promise<JsonObject> {
  return password === '' ? { allowEmpty: true } : { hash: await hasher.hash(password) };
}

/** The change of a credential to another proof. */
export function proofChange(proof: JsonObject): { readonly set: JsonObject; readonly unset: readonly string[] } {
  return { set: proof, unset: 'hash' in proof ? ['allowEmpty'] : ['hash'] };
}

export function credentialsOf(view: View, user: ActorId) {
  return secretEntriesBy(view, { kind: 'credential', key: 'user', value: user.id, tenant: user.tenant });
}

const PASSWORD_MISSING: Refusal = { kind: 'missing', parameter: 'password' };

async function credentialFor(hasher: PasswordHasher, user: ActorId, name: string, password: string): Promise<Delivery> {
  const proof = await proofOf(hasher, password);
  return credentialBirth(user, name, proof);
}

function credentialBirth(user: ActorId, name: string, proof: JsonObject): Delivery {
  return {
    to: { tenant: user.tenant, kind: 'credential', id: `gws.${user.id}` },
    event: { type: 'create', attributes: { user: user.id, dialect: 'gws', name, ...proof } },
  };
}

function credentialChange(
  view: View,
  user: Found<User>,
  name: string,
  renamed: boolean,
  proof: JsonObject | undefined,
): readonly Delivery[] {
  const own = credentialsOf(view, user.actor).find(({ attributes: { dialect } }) => dialect === 'gws');
  if (own === undefined) return proof === undefined ? [] : [credentialBirth(user.actor, name, proof)];
  if (!renamed && proof === undefined) return [];
  const { set, unset } = proof === undefined ? { set: {}, unset: [] } : proofChange(proof);
  return [{ to: own.actor, event: { type: 'change', set: renamed ? { ...set, name } : set, unset } }];
}

function newAgent(user: ActorId, line?: string): Delivery {
  const to = { tenant: user.tenant, kind: 'agent', id: user.id };
  return { to, event: { type: 'create', ...(line === undefined ? {} : { line }) } };
}

function leaveQueues(view: View, tenant: string, agent: string): readonly Delivery[] {
  return entriesBy(view, { kind: 'queue', key: 'members.agent', value: agent, tenant }).map((queue) => {
    const members = (queue.attributes.members ?? []) as readonly JsonObject[];
    const event = {
      type: 'change',
      expect: { members },
      set: { members: members.filter((one) => one.agent !== agent) },
    };
    return { to: queue.actor, event };
  });
}

function removal(to: ActorId): Delivery {
  return { to, event: { type: 'remove' } };
}

function loginsAfter({ logins = [] }: User, userName: string): Json {
  return [{ dialect: 'gws', name: userName }, ...logins.filter(({ dialect }) => dialect !== 'gws')];
}

function refusalOf(rejection: Rejection, userName: string, verb: 'create' | 'update'): Refusal {
  if (rejection.code === 'reason' && rejection.reason === 'taken') {
    return { kind: 'exists', message: `Failed to ${verb} user. User '${userName}' already exists.` };
  }
  return { kind: 'rejected', rejection };
}
