/**
 * How a user signs in: a name and password per dialect. Passwords come in and never go out; only their hash is stored.
 */

import { z } from 'zod';
import { dialect, name } from '../../../machines/fields.ts';
import { receiptOf } from '../../../projections/commands.ts';
import { type DirectoryEntry, entry, secretEntriesBy, secretEntry } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import type { PasswordHasher } from '../../identity/password.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import { settling, settlingId } from './answer-schemas.ts';
import { changeOf, creationOf } from './change.ts';
import { type Ask, bodied, json, type NativeRoute, param, type Reply, refuse, settled, unknown } from './route.ts';

const KIND = 'credential';
const ALL = '/v1/tenants/:tenant/users/:user/credentials';
const ONE = `${ALL}/:id`;

const password = z.string().min(1).max(1024);

const newCredential = z.strictObject({
  dialect,
  name,
  /** Absent: nobody signs in by a password, unless the empty one is allowed. */
  password: password.exactOptional(),
  allowEmpty: z.boolean().exactOptional(),
});

/** A name never changes: make another credential. */
const changedCredential = z.strictObject({
  /** Null takes it away. */
  password: password.nullable().exactOptional(),
  allowEmpty: z.boolean().exactOptional(),
});

const listed = z.object({
  id: z.string(),
  dialect: z.string().nullable(),
  name: z.string().nullable(),
  hasPassword: z.boolean(),
  allowEmpty: z.boolean(),
});

export function credentialRoutes(hasher: PasswordHasher): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: ALL,
      summary: 'List: credential of a user (without hashes)',
      answer: { body: z.object({ items: z.array(listed) }) },
      scope: 'admin',
      asOf: true,
      handle: list,
    },
    bodied({
      method: 'POST',
      path: ALL,
      summary: 'Create: credential of a user',
      answer: settling({ id: z.string(), dialect, name }, 201),
      scope: 'admin',
      body: newCredential,
      handle: (ask) => create(ask, hasher),
    }),
    bodied({
      method: 'PATCH',
      path: ONE,
      summary: 'Change: credential (its password)',
      answer: settlingId,
      scope: 'admin',
      body: changedCredential,
      handle: (ask) => change(ask, hasher),
    }),
    {
      method: 'DELETE',
      path: ONE,
      summary: 'Remove: credential',
      answer: settlingId,
      scope: 'admin',
      asOf: false,
      handle: remove,
    },
  ];
}

function list(ask: Ask): Reply {
  const user = userOf(ask);
  if (entry(ask.view, user) === undefined) return unknown(`user ${user.id}`);
  return json({ items: credentialsOf(ask, user).map(shown) });
}

function credentialsOf({ view }: Ask, { tenant, id }: ActorId): readonly DirectoryEntry<typeof KIND>[] {
  return secretEntriesBy(view, { kind: KIND, key: 'user', value: id, tenant });
}

function shown({ actor, attributes: { dialect, name: login, hash, allowEmpty } }: DirectoryEntry): JsonObject {
  return {
    id: actor.id,
    dialect: dialect ?? null,
    name: login ?? null,
    hasPassword: hash !== undefined,
    allowEmpty: allowEmpty === true,
  };
}

/**
 * The name becomes a login of the user in the same command, unless it is one already, and so is nobody else's. A second
 * credential under one name would never open anything: its password is changed instead.
 */
async function create(ask: Ask<z.infer<typeof newCredential>>, hasher: PasswordHasher): Promise<Reply> {
  const user = entry(ask.view, userOf(ask));
  if (user === undefined) return unknown(`user ${param(ask, 'user')}`);
  const { tenant, id: owner } = user.actor;
  const { password: given, ...rest } = ask.body;
  const isRepeat = receiptOf(ask.view, tenant, ask.commandId) !== undefined;
  if (!isRepeat && credentialsOf(ask, user.actor).some(({ attributes }) => isSame(attributes, rest)))
    return refuse({
      kind: 'conflict',
      why: `There is a credential ${rest.dialect} ${rest.name} already: change or remove it.`,
    });
  const hash = given === undefined ? {} : { hash: await hasher.hash(given) };
  const to = { tenant, kind: KIND, id: derivedId(tenant, ask.commandId) };
  const login = { dialect: rest.dialect, name: rest.name };
  const others = loginsOf(user).filter((one) => !isSame(one, login));
  const outcome = await ask.submit(tenant, [
    { to: user.actor, event: changeOf('user', user.attributes, { logins: [...others, login] }) },
    { to, event: creationOf(KIND, { ...rest, user: owner, ...hash }) },
  ]);
  return settled(outcome, () => ({ id: to.id, dialect: rest.dialect, name: rest.name }), 201);
}

async function change(ask: Ask<z.infer<typeof changedCredential>>, hasher: PasswordHasher): Promise<Reply> {
  const found = credentialOf(ask);
  if (found === undefined) return unknown(`credential ${param(ask, 'id')}`);
  const { password: given, ...rest } = ask.body;
  const hash = given === undefined ? {} : { hash: given === null ? null : await hasher.hash(given) };
  const event = changeOf(KIND, found.attributes, { ...rest, ...hash });
  return settled(await ask.submit(found.actor.tenant, [{ to: found.actor, event }]), () => ({ id: found.actor.id }));
}

async function remove(ask: Ask): Promise<Reply> {
  const found = credentialOf(ask);
  const user = entry(ask.view, userOf(ask));
  if (found === undefined || user === undefined) return unknown(`credential ${param(ask, 'id')}`);
  const logins = loginsOf(user).filter((one) => !isSame(one, found.attributes));
  const outcome = await ask.submit(found.actor.tenant, [
    { to: found.actor, event: { type: 'remove' } },
    { to: user.actor, event: changeOf('user', user.attributes, { logins }) },
  ]);
  return settled(outcome, () => ({ id: found.actor.id }));
}

function loginsOf({ attributes }: DirectoryEntry): readonly JsonObject[] {
  return Array.isArray(attributes.logins) ? (attributes.logins as readonly JsonObject[]) : [];
}

function isSame(one: DirectoryEntry['attributes'], other: DirectoryEntry['attributes']): boolean {
  return one.dialect === other.dialect && one.name === other.name;
}

/** Of this user: a credential of another is not there. */
function credentialOf(ask: Ask): DirectoryEntry | undefined {
  const { tenant, id: user } = userOf(ask);
  const found = secretEntry(ask.view, { tenant, kind: KIND, id: param(ask, 'id') });
  return found?.attributes.user === user ? found : undefined;
}

function userOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: 'user', id: param(ask, 'user') };
}
