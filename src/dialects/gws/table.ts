/**
 * Every route of the dialect, as data: method, path below the root, who may, what answers. Routes of a user's own things
 * stand twice, for `/me` and for `/users/{user}`.
 */
import { compileRoutes, type Routed } from '../../http/route-table.ts';
import {
  assigning,
  goneOnce,
  listOf,
  listOwned,
  named,
  namedDevice,
  oneOf,
  oneOwned,
  onMember,
  owned,
  type UserHandler,
} from './addressed.ts';
import { createAgentState, listAgentStates, readAgentState, removeAgentState } from './agent-state-settings.ts';
import { dial, operateCall, readCall } from './call-operations.ts';
import { answerCollection, answerOne } from './collection.ts';
import { listContacts, readContact } from './contacts.ts';
import { readDeviceSection, readOwnDeviceSection } from './device-settings.ts';
import {
  assignDevice,
  changeDevice,
  createAndAssignDevice,
  createDevice,
  removeDevice,
  unassignDevice,
} from './devices.ts';
import { type Answer, type Exchange, type Handler, notFound, refused, submitted } from './exchange.ts';
import { assignFeature, unassignFeature } from './feature-assignment.ts';
import type { Found } from './found.ts';
import { listGroups, readGroup } from './groups.ts';
import { operateDevice, operateMe, operateVoice } from './operations.ts';
import { changePlace, createPlace } from './places.ts';
import { VOICE } from './render.ts';
import { deviceResource, USER_COLLECTIONS, userWithSubresources } from './resources.ts';
import { mayUse, type Who } from './rights.ts';
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

export interface GwsRoute extends Routed {
  readonly who: Who;
  readonly handle: Handler;
  /** The kinds of records that the answer is made of and nothing else: then it may be kept. */
  readonly madeOf?: readonly string[];
}

const get = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'GET', path, who, handle });
const post = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'POST', path, who, handle });
const put = (path: string, who: Who, handle: Handler): GwsRoute => ({ method: 'PUT', path, who, handle });
const remove = (path: string, who: Who, handle: Handler): GwsRoute => ({
  method: 'DELETE',
  path,
  who,
  handle: goneOnce(handle),
});

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

/** What hangs below a user, at either place; `read` and `write` say who may there. */
const ofUser = (base: '/me' | '/users/:user', read: Who, write: Who): readonly GwsRoute[] => [
  get(`${base}/devices`, read, listOwned('devices')),
  get(`${base}/devices/:id`, read, oneOwned('devices', 'device')),
  post(`${base}/devices`, write, assigning('devices', assignDevice, createAndAssignDevice)),
  remove(`${base}/devices/:id`, write, onMember(unassignDevice)),
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
  put('/users/:user/skills/:id', 'admin', onMember(changeSkillLevel)),
  remove('/users/:user/skills/:id', 'admin', onMember(unassignSkill)),
  post('/users/:user/features', 'admin', assigning('features', assignFeature)),
  post('/users/:user/features/:id', 'admin', assigning('features', assignFeature)),
  remove('/users/:user/features/:id', 'admin', onMember(unassignFeature)),

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
