/**
 * The collections of the API as lists of resources: those of the contact centre, and those that belong to one user
 * (below `/me` and `/users/{id}`, and as `subresources`). Reading only.
 */

import type { Attributes } from '../../../machines/record/attributes/by-kind.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import type { JsonObject } from '../../model/json.ts';
import { callsOfUser } from './call-view.ts';
import type { Resource } from './collection.ts';
import type { Exchange } from './exchange.ts';
import { FEATURES, featureBody, featuresOf } from './features.ts';
import {
  devicesOf,
  type Found,
  find,
  get,
  type KindName,
  list,
  ownStates,
  several,
  telephone,
  telephones,
} from './found.ts';
import { path } from './links.ts';
import { atDevicesOf } from './presence-view.ts';
import { isSelected, SUBRESOURCES } from './query.ts';
import { channelBody, deviceBody, placeBody, skillBody, userBody, VOICE } from './render.ts';
import { service, services } from './services.ts';
import { sectionsOf } from './settings.ts';

type Of<Subject> = (exchange: Exchange, subject: Subject) => readonly Resource[];

/** What a user has, by the name of its collection; also the values of `subresources`. */
export const USER_COLLECTIONS = {
  devices: (exchange, user) => devicesOf(exchange.view, user).map((device) => deviceResource(exchange, device, user)),
  skills: ({ view, uri }, { actor, attributes: { skills = [] } }) =>
    skills.flatMap(({ skill: id, level }) => {
      const skill = get(view, actor.tenant, 'skill', id);
      if (skill === undefined) return [];
      return [{ path: path('skills', skill.id), body: () => skillBody(skill, uri, level) }];
    }),
  channels: ({ view }, user) => {
    if (devicesOf(view, user).length === 0) return [];
    const own = ownStates(view, user.actor.tenant);
    return [{ path: path('me', 'channels', VOICE), body: () => channelBody(atDevicesOf(view, user).presence, own) }];
  },
  calls: callsOfUser,
  settings: (exchange, user) => sectionsOf(exchange, user),
  features: ({ uri }, user) => featuresOf(user.attributes).map((feature) => featureResource(feature, uri)),
} as const satisfies Readonly<Record<(typeof SUBRESOURCES)[number], Of<Found<User>>>>;

export type UserCollection = keyof typeof USER_COLLECTIONS;

/** A user with the sub-resources the request asks for. */
export function userWithSubresources(exchange: Exchange, user: Found<User>): JsonObject {
  const { query, uri, options } = exchange;
  const body = userBody(user, uri, options.profile);
  const names = SUBRESOURCES.filter((name) => isSelected(query.subresources, name));
  const added = names.map((name) => [name, USER_COLLECTIONS[name](exchange, user).map((one) => one.body())] as const);
  return { ...body, ...Object.fromEntries(added) };
}

export interface CollectionReader {
  list(exchange: Exchange): readonly Resource[];
  find(exchange: Exchange, id: string): Resource | undefined;
}

/** What the contact centre has, by the name of its collection. */
export const COLLECTIONS = {
  users: ofKind('user', (exchange, user) => ({
    path: path('users', user.id),
    body: () => userWithSubresources(exchange, user),
  })),
  skills: ofKind('skill', ({ uri }, skill) => ({
    path: path('skills', skill.id),
    body: () => skillBody(skill, uri),
  })),
  devices: {
    list: (exchange) => telephones(exchange.view, tenantOf(exchange)).map((device) => deviceResource(exchange, device)),
    find: (exchange, id) => {
      const found = telephone(exchange.view, tenantOf(exchange), id);
      return found === undefined ? undefined : deviceResource(exchange, found);
    },
  },
  places: ofKind('place', ({ view, uri }, place) => ({
    path: path('places', place.id),
    body: () => placeBody(place, several(view, place.actor.tenant, 'device', place.attributes.devices), uri),
  })),
  features: {
    list: ({ uri }) => FEATURES.map((feature) => featureResource(feature, uri)),
    find: ({ uri }, id) => FEATURES.filter((feature) => feature.id === id).map((one) => featureResource(one, uri))[0],
  },
  services: { list: services, find: service },
} as const satisfies Readonly<Record<string, CollectionReader>>;

export type Collection = keyof typeof COLLECTIONS;

function ofKind<Kind extends KindName>(
  kind: Kind,
  resource: (exchange: Exchange, found: Found<Attributes<Kind>>) => Resource,
): CollectionReader {
  return {
    list: (exchange) => list(exchange.view, tenantOf(exchange), kind).map((found) => resource(exchange, found)),
    find: (exchange, id) => {
      const found = find(exchange.view, tenantOf(exchange), kind, id);
      return found === undefined ? undefined : resource(exchange, found);
    },
  };
}

export function tenantOf({ caller }: Pick<Exchange, 'caller'>): string {
  return caller.user.actor.tenant;
}

/** A device shows what the person it is assigned to does. */
export function deviceResource(exchange: Exchange, device: Found<Device>, owner?: Found<User>): Resource {
  const { view, uri } = exchange;
  const { tenant } = device.actor;
  return {
    path: path('devices', device.id),
    body: () => {
      const { user: ownerId } = device.attributes;
      const user = owner ?? (ownerId === undefined ? undefined : get(view, tenant, 'user', ownerId));
      const at = user === undefined ? undefined : atDevicesOf(view, user);
      return deviceBody(device, at, uri, ownStates(view, tenant));
    },
  };
}

function featureResource(feature: (typeof FEATURES)[number], uri: Exchange['uri']): Resource {
  return { path: path('features', feature.id), body: () => featureBody(feature, uri) };
}
