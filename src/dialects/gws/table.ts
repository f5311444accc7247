/**
 * Every route of the dialect, as data: method, path below the root, who may, what answers. Routes of a user's own things
 * stand twice, for `/me` and for `/users/{user}`.
 */

import type { Attributes } from '../../../machines/record/attributes/by-kind.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { compileRoutes, type Routed } from '../../http/route-table.ts';
import type { Principal } from '../../identity/principal.ts';
import { createAgentState, listAgentStates, readAgentState, removeAgentState } from './agent-state-settings.ts';
import { dial, operateCall, readCall } from './call-operations.ts';
import { answerCollection, answerOne } from './collection.ts';
import { listContacts, readContact } from './contacts.ts';
import {
  assignDevice,
  changeableDevice,
  changeDevice,
  createAndAssignDevice,
  createDevice,
  removeDevice,
  unassignDevice,
} from './devices.ts';
import type { Refusal } from './errors.ts';
import { type Answer, done, type Exchange, type Handler, notFound, refused, submitted } from './exchange.ts';
import { assignFeature, unassignFeature } from './feature-assignment.ts';
import { isMissing } from './fields.ts';
import { devicesOf, type Found, find, get as getRecord, type KindName, telephone } from './found.ts';
import { listGroups, readGroup } from './groups.ts';
import { idOfReference } from './links.ts';
import { operateDevice, operateMe, operateVoice } from './operations.ts';
import { changePlace, createPlace } from './places.ts';
import { VOICE } from './render.ts';
import {
  COLLECTIONS,
  type Collection,
  deviceResource,
  tenantOf,
  USER_COLLECTIONS,
  type UserCollection,
  userWithSubresources,
} from './resources.ts';
import { readSection, removeSection, writeSection } from './settings.ts';
import {
  assignSkill,
  changeSkill,
  changeSkillLevel,
  createAndAssignSkill,
  createSkill,
  unassignSkill,
} from './skills.ts';
import { changeUser, createUser, removeUser } from './users.ts';

/** `user`: anybody who is known. `reader`: administrators and supervisors. */
type Who = 'user' | 'reader' | 'admin';

export interface GwsRoute extends Routed {
  readonly who: Who;
  readonly handle: Handler;
  /** The kinds of records that the answer is made of and nothing else: then it may be kept. */
  readonly madeOf?: readonly string[];
}

const ALLOWED: Readonly<Record<Who, readonly string[]>> = {
  user: [],
  reader: ['admin', 'apiuser', 'supervisor'],
  admin: ['admin', 'apiuser'],
};

export function mayUse({ who }: Pick<GwsRoute, 'who'>, { roles }: Principal): boolean {
  return who === 'user' || roles.some((role) => ALLOWED[who].includes(role));
}

type UserHandler = (exchange: Exchange, user: Found<User>) => Answer | Promise<Answer>;
type RecordHandler<Kind extends KindName> = (
  exchange: Exchange,
  found: Found<Attributes<Kind>>,
) => Answer | Promise<Answer>;

const get = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'GET', path, who, handle });
const post = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'POST', path, who, handle });
const put = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'PUT', path, who, handle });
const remove = (path: string, who: Who, handle: Handler): GwsRoute => ({
  method: 'DELETE',
  path,
  who,
  handle: goneOnce(handle),
});

/** What is not there when the request is sent again under its key was taken away by it. */
const goneOnce =
  (handle: Handler): Handler =>
  async (exchange) => {
    const answer = await handle(exchange);
    const isGone = answer.kind === 'refused' && answer.refusal.kind === 'notFound';
    return isGone && exchange.earlier !== undefined ? done({}) : answer;
  };

/** Writes the record that `:id` names, as it is now; 6 where there is none. */
const named =
  <Kind extends KindName>(kind: Kind, handle: RecordHandler<Kind>): Handler =>
  (exchange) => {
    const { id = '' } = exchange.params;
    const found = find(exchange.runtime.live, tenantOf(exchange), kind, id);
    return found === undefined ? notFound(titled(kind), id) : handle(exchange, found);
  };

/** Writes the device that `:id` names; an extension that has none is refused. */
const namedDevice =
  (handle: RecordHandler<'device'>): Handler =>
  (exchange) => {
    const found = changeableDevice(exchange, exchange.params.id ?? '');
    return 'kind' in found ? refused(found) : handle(exchange, found);
  };

/** The caller below `/me`, the user that `:user` names below `/users`. */
const owned =
  (from: 'view' | 'live', handle: UserHandler): Handler =>
  (exchange) => {
    const { user: id } = exchange.params;
    const { actor } = exchange.caller.user;
    const view = from === 'view' ? exchange.view : exchange.runtime.live;
    const user =
      id === undefined ? getRecord(view, actor.tenant, 'user', actor.id) : find(view, actor.tenant, 'user', id);
    return user === undefined ? notFound('User', id ?? actor.id) : handle(exchange, user);
  };

const listOf =
  (name: Collection): Handler =>
  (exchange) =>
    answerCollection(exchange, name, COLLECTIONS[name].list(exchange));

const oneOf =
  (name: Collection, singular: string): Handler =>
  (exchange) => {
    const { id = '' } = exchange.params;
    const found = COLLECTIONS[name].find(exchange, id);
    return found === undefined ? notFound(titled(singular), id) : answerOne(exchange, singular, found.body());
  };

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const listOwned = (name: UserCollection): Handler =>
  owned('view', (exchange, user) => answerCollection(exchange, name, USER_COLLECTIONS[name](exchange, user)));

/** One of a user's things: the one whose `key` is the id in the path. */
const oneOwned = (name: UserCollection, singular: string): Handler =>
  owned('view', (exchange, user) => {
    const { id = '' } = exchange.params;
    const found = USER_COLLECTIONS[name](exchange, user).find(({ path }) => idOfReference(path, name) === id);
    return found === undefined ? notFound(titled(singular), id) : answerOne(exchange, singular, found.body());
  });

/** The member a body refers to: by `uri`, `path` or `id`, or by the path that names it. Undefined: it is no reference. */
function referenceIn({ body, params }: Exchange, collection: string): string | Refusal | undefined {
  if (params.id !== undefined) return params.id;
  const named = (['uri', 'path'] as const).find((name) => !isMissing(body[name]));
  if (named !== undefined) {
    const reference = body[named];
    const id = typeof reference === 'string' ? idOfReference(reference, collection) : undefined;
    return id ?? { kind: 'invalid', message: `Parameter '${named}' names no member of ${collection}` };
  }
  return typeof body.id === 'string' && body.id !== '' ? body.id : undefined;
}

/** Assigns what the request refers to; without a reference it creates, or says what is missing. */
const assigning = (
  collection: string,
  assign: (exchange: Exchange, user: Found<User>, id: string) => Answer | Promise<Answer>,
  create?: UserHandler,
): Handler =>
  owned('live', (exchange, user) => {
    const reference = referenceIn(exchange, collection);
    if (typeof reference === 'string') return assign(exchange, user, reference);
    if (reference !== undefined) return refused(reference);
    return create === undefined ? refused({ kind: 'missing', parameter: 'uri' }) : create(exchange, user);
  });

const unassigning = (
  unassign: (exchange: Exchange, user: Found<User>, id: string) => Answer | Promise<Answer>,
): Handler => owned('live', (exchange, user) => unassign(exchange, user, exchange.params.id ?? ''));

const readUser: UserHandler = (exchange, user) => answerOne(exchange, 'user', userWithSubresources(exchange, user));

/** `POST /users/{id}`: an operation where the body names one, else the same as PUT, and for the same people. */
const postUser: UserHandler = (exchange, user) => {
  if (exchange.body.operationName !== undefined) return operateVoice(exchange, user);
  return mayUse({ who: 'admin' }, exchange.caller.principal)
    ? changeUser(exchange, user)
    : refused({ kind: 'forbidden' });
};

const operateChannel: UserHandler = (exchange, user) => {
  const { id = '' } = exchange.params;
  return id === VOICE ? operateVoice(exchange, user) : notFound('Channel', id);
};

const removeRecord = (exchange: Exchange, { actor }: Found<unknown>): Promise<Answer> =>
  submitted(exchange, [{ to: actor, event: { type: 'remove' } }]);

const readChannels: UserHandler = (exchange, user) => {
  const fields = exchange.query.fields ?? 'all';
  return answerCollection(
    { ...exchange, query: { ...exchange.query, fields } },
    'channels',
    USER_COLLECTIONS.channels(exchange, user),
  );
};

const readDeviceSection: Handler = (exchange) => {
  const { id = '', section = '' } = exchange.params;
  const { view, caller } = exchange;
  const mayAll = mayUse({ who: 'reader' }, caller.principal);
  const device = mayAll
    ? telephone(view, tenantOf(exchange), id)
    : devicesOf(view, caller.user).find((one) => one.id === id);
  if (device === undefined) return mayAll ? notFound('Device', id) : refused({ kind: 'forbidden' });
  return sectionOf(device, section);
};

const readOwnDeviceSection: UserHandler = ({ view, params: { id = '', section = '' } }, user) => {
  const device = devicesOf(view, user).find((one) => one.id === id);
  return device === undefined ? notFound('Device', id) : sectionOf(device, section);
};

function sectionOf({ attributes }: Found<Device>, section: string): Answer {
  const settings = attributes.settings?.[section];
  return settings === undefined ? notFound('Settings', section) : done({ settings: [...settings], key: 'name' });
}

/** What hangs below a user, at either place; `read` and `write` say who may there. */
const ofUser = (base: '/me' | '/users/:user', read: Who, write: Who): readonly GwsRoute[] => [
  get(`${base}/devices`, read, listOwned('devices')),
  get(`${base}/devices/:id`, read, oneOwned('devices', 'device')),
  post(`${base}/devices`, write, assigning('devices', assignDevice, createAndAssignDevice)),
  remove(`${base}/devices/:id`, write, unassigning(unassignDevice)),
  get(`${base}/skills`, read, listOwned('skills')),
  get(`${base}/skills/:id`, read, oneOwned('skills', 'skill')),
  get(`${base}/features`, read, listOwned('features')),
  get(`${base}/features/:id`, read, oneOwned('features', 'feature')),
  get(`${base}/channels`, read, owned('view', readChannels)),
  get(`${base}/channels/:id`, read, oneOwned('channels', 'channel')),
  get(`${base}/groups`, read, owned('view', listGroups)),
  get(`${base}/groups/:id`, read, owned('view', readGroup)),
  get(`${base}/settings`, read, listOwned('settings')),
  get(`${base}/settings/:section`, read, owned('view', readSection)),
  put(`${base}/settings/:section`, write, owned('live', writeSection)),
  remove(`${base}/settings/:section`, write, owned('live', removeSection)),
];

export const ROUTES: readonly GwsRoute[] = [
  { ...get('/me', 'user', owned('view', readUser)), madeOf: ['user'] },
  post('/me', 'user', operateMe),
  post('/me/channels/:id', 'user', owned('live', operateChannel)),
  post('/me/devices/:id', 'user', operateDevice),
  get('/me/devices/:id/settings/:section', 'user', owned('view', readOwnDeviceSection)),
  get('/me/calls', 'user', listOwned('calls')),
  post('/me/calls', 'user', dial),
  get('/me/calls/:id', 'user', owned('view', readCall)),
  post('/me/calls/:id', 'user', operateCall),
  post('/me/devices/:id/calls', 'user', dial),
  post('/devices/:id/calls', 'user', dial),
  get('/calls/:id', 'user', owned('view', readCall)),
  post('/calls/:id', 'user', operateCall),
  ...ofUser('/me', 'user', 'user'),

  { ...get('/users', 'reader', listOf('users')), madeOf: ['user'] },
  post('/users', 'admin', createUser),
  get('/users/:user', 'reader', owned('view', readUser)),
  put('/users/:user', 'admin', owned('live', changeUser)),
  post('/users/:user', 'reader', owned('live', postUser)),
  remove('/users/:user', 'admin', owned('live', removeUser)),
  ...ofUser('/users/:user', 'reader', 'admin'),
  post('/users/:user/channels/:id', 'reader', owned('live', operateChannel)),
  post('/users/:user/devices/:id', 'admin', assigning('devices', assignDevice)),
  post('/users/:user/skills', 'admin', assigning('skills', assignSkill, createAndAssignSkill)),
  post('/users/:user/skills/:id', 'admin', assigning('skills', assignSkill)),
  put('/users/:user/skills/:id', 'admin', unassigning(changeSkillLevel)),
  remove('/users/:user/skills/:id', 'admin', unassigning(unassignSkill)),
  post('/users/:user/features', 'admin', assigning('features', assignFeature)),
  post('/users/:user/features/:id', 'admin', assigning('features', assignFeature)),
  remove('/users/:user/features/:id', 'admin', unassigning(unassignFeature)),

  { ...get('/skills', 'reader', listOf('skills')), madeOf: ['skill'] },
  post('/skills', 'admin', createSkill),
  get('/skills/:id', 'reader', oneOf('skills', 'skill')),
  put('/skills/:id', 'admin', named('skill', changeSkill)),
  remove('/skills/:id', 'admin', named('skill', removeRecord)),

  get('/devices', 'reader', listOf('devices')),
  post('/devices', 'admin', createDevice),
  get('/devices/:id', 'reader', oneOf('devices', 'device')),
  put(
    '/devices/:id',
    'admin',
    namedDevice((exchange, found) => changeDevice(exchange, found, deviceResource(exchange, found).body())),
  ),
  remove('/devices/:id', 'admin', namedDevice(removeDevice)),
  get('/devices/:id/settings/:section', 'user', readDeviceSection),

  get('/places', 'reader', listOf('places')),
  post('/places', 'admin', createPlace),
  get('/places/:id', 'reader', oneOf('places', 'place')),
  put('/places/:id', 'admin', named('place', changePlace)),
  remove('/places/:id', 'admin', named('place', removeRecord)),

  get('/features', 'user', listOf('features')),
  get('/features/:id', 'user', oneOf('features', 'feature')),

  get('/services', 'user', listOf('services')),
  get('/services/:id', 'user', oneOf('services', 'service')),

  get('/settings/agent-states', 'user', listAgentStates),
  post('/settings/agent-states', 'admin', createAgentState),
  get('/settings/agent-states/:id', 'user', readAgentState),
  remove('/settings/agent-states/:id', 'admin', removeAgentState),

  get('/contacts', 'user', listContacts),
  get('/contacts/:id', 'user', readContact),
];

export const match = compileRoutes(ROUTES);
