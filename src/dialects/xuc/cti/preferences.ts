/**
 * What a person's clients keep with the server about themselves: named texts with a type, told to all of his clients when
 * one of them changes; and the telephone that is not to be woken any more.
 */
import type { Preference } from '../../../../machines/record/attributes/people.ts';
import { entry, type RecordId } from '../../../../projections/directory.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { Delivery } from '../../../model/command.ts';
import type { View } from '../../../model/projection.ts';
import { registrations } from '../mobile.ts';
import type { Person } from '../people.ts';
import { type Frame, frame } from './frames.ts';
import { type Asked, planned, type Reaction, refused, text } from './reactions.ts';

const SECTION = 'xuc';
const NO_MOBILE_APP = { MOBILE_APP_INFO: { value: 'false', value_type: 'Boolean' } };
const KEYS_MAX = 64;
const CHARS_MAX = { key: 128, value: 4096, type: 32 };

export const onPreferences: Readonly<Record<string, (asked: Asked) => Reaction>> = {
  setUserPreference: ({ view, person, fields }) => {
    const [key, value, type] = [text(fields.key), text(fields.value), text(fields.value_type) || 'String'];
    const before = valuesOf(view, person);
    const isShort = key.length <= CHARS_MAX.key && value.length <= CHARS_MAX.value && type.length <= CHARS_MAX.type;
    if (key === '' || !isShort) return refused('key must have 1 to 128 characters, value at most 4096, its type 32');
    const values = { ...before, [key]: { value, type } };
    if (Object.keys(values).length > KEYS_MAX) return refused(`No more than ${KEYS_MAX} preferences are kept`);
    return planned({ ok: true, tenant: person.actor.tenant, deliveries: [kept(person, before, values)] });
  },
  /** No telephone of his is registered any more; a token that is none wakes nobody. */
  unregisterMobileApp: ({ view, person }) => {
    const deliveries = registrations(view, person).map((to) => ({ to, event: { type: 'change', set: { token: '' } } }));
    if (deliveries.length === 0) return refused('No mobile application is registered');
    const plan = { ok: true, tenant: person.actor.tenant, deliveries } as const;
    return { kind: 'plan', plan, done: [frame('UserPreference', NO_MOBILE_APP)] };
  },
};

/** Undefined for who keeps none. */
export function userPreferences(view: View, person: Person): Frame | undefined {
  const values = valuesOf(view, person);
  if (values === undefined) return undefined;
  const told = Object.entries(values).map(([key, { value, type = 'String' }]) => [key, { value, value_type: type }]);
  return frame('UserPreference', Object.fromEntries(told));
}

/** True for the record that holds a person's preferences. */
export function holdsPreferences({ kind, id }: ActorId, { actor }: Person): boolean {
  return kind === 'preference' && id === idOf(actor);
}

function idOf({ id }: ActorId): string {
  return `${SECTION}.${id}`;
}

function actorOf({ actor }: Person): RecordId<'preference'> {
  return { tenant: actor.tenant, kind: 'preference', id: idOf(actor) };
}

function valuesOf(view: View, person: Person): Preference['values'] | undefined {
  return entry(view, actorOf(person))?.attributes.values;
}

/** Refused with `changed` where another client was faster. */
function kept(person: Person, before: Preference['values'] | undefined, values: Preference['values']): Delivery {
  const to = actorOf(person);
  if (before !== undefined) return { to, event: { type: 'change', expect: { values: before }, set: { values } } };
  return { to, event: { type: 'create', attributes: { user: person.actor.id, section: SECTION, values } } };
}
