/**
 * Settings: named sections of names and values, of a user or of everybody (genesys.md §1.2, §1.6), kept as `preference`
 * records. A user's own section hides everybody's of the same name.
 */
import type { Preference, User } from '../../../machines/record/attributes/people.ts';
import { derivedId } from '../../http/command-id.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Resource } from './collection.ts';
import { type Answer, done, type Exchange, notFound, refused, settled, submitted } from './exchange.ts';
import { isMissing } from './fields.ts';
import { type Found, list, ownSections } from './found.ts';
import { pathOfUser } from './links.ts';
import { sectionBody } from './render.ts';

export function sectionsOf({ view, uri, caller }: Exchange, user: Found<User>): readonly Resource[] {
  return visible(view, user).map(({ attributes: { section, values } }) => {
    const at = pathOfUser(user, caller.user, 'settings', section);
    return { path: at, body: () => sectionBody(section, at, valuesBody(values), uri) };
  });
}

/** `GET …/settings/{section}`. */
export function readSection({ view, params }: Exchange, user: Found<User>): Answer {
  const { section = '' } = params;
  const found = visible(view, user).find(({ attributes }) => attributes.section === section);
  if (found === undefined) return notFound('Settings', section);
  return done({ settings: valuesBody(found.attributes.values), key: 'name' });
}

/** `PUT …/settings/{section}` with `settings: [{name, value}]`: replaces the section of the user. */
export async function writeSection(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const { runtime, params, body, commandId } = exchange;
  const { section = '' } = params;
  if (isMissing(body.settings)) return refused({ kind: 'missing', parameter: 'settings' });
  const values = valuesOf(body.settings);
  if (values === undefined) {
    return refused({ kind: 'invalid', message: "Parameter 'settings' is no list of names and values" });
  }
  const { tenant } = user.actor;
  return settled(exchange, () => {
    const mine = ownSections(runtime.live, user).find(({ attributes }) => attributes.section === section);
    if (mine !== undefined) {
      const expect = { values: mine.attributes.values };
      return { deliveries: [{ to: mine.actor, event: { type: 'change', expect, set: { values } } }] };
    }
    const attributes = { user: user.actor.id, section, values };
    const claims = [{ scope: 'tenant', name: `gws.settings:${user.actor.id}:${section}`.slice(0, 200) }];
    const to = { tenant, kind: 'preference', id: derivedId(tenant, commandId) };
    return { deliveries: [{ to, event: { type: 'create', attributes, claims } }], staleOn: ['taken'] };
  });
}

/** `DELETE …/settings/{section}`: the user's own; everybody's shows again. */
export async function removeSection(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const { section = '' } = exchange.params;
  const mine = ownSections(exchange.runtime.live, user).find(({ attributes }) => attributes.section === section);
  if (mine === undefined) return notFound('Settings', section);
  return submitted(exchange, [{ to: mine.actor, event: { type: 'remove' } }]);
}

function visible(view: View, user: Found<User>): readonly Found<Preference>[] {
  const own = ownSections(view, user);
  const names = new Set(own.map(({ attributes }) => attributes.section));
  const everybodys = list(view, user.actor.tenant, 'preference').filter(
    ({ attributes }) => attributes.user === undefined && !names.has(attributes.section),
  );
  return [...own, ...everybodys];
}

function valuesBody(values: Preference['values']): JsonObject[] {
  return Object.entries(values).map(([name, { value }]) => ({ name, value }));
}

function valuesOf(list: Json): Record<string, { value: string }> | undefined {
  if (!Array.isArray(list)) return undefined;
  const values: Record<string, { value: string }> = {};
  for (const item of list as readonly Json[]) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
    const { name, value } = item as JsonObject;
    if (typeof name !== 'string' || name === '__proto__') return undefined;
    if (typeof value === 'object' || value === undefined) return undefined;
    values[name] = { value: String(value) };
  }
  return values;
}
