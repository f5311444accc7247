/**
 * What a request is about: handlers that find the record, the user, or the member of a collection that its path or body
 * names, and hand it on; or answer that it is not there (6). What is read is of the moment asked for, what is written of now.
 */
import type { Attributes } from '../../../machines/record/attributes/by-kind.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import { answerCollection, answerOne } from './collection.ts';
import { changeableDevice } from './devices.ts';
import type { Refusal } from './errors.ts';
import { type Answer, done, type Exchange, type Handler, notFound, refused } from './exchange.ts';
import { isMissing } from './fields.ts';
import { type Found, find, get, type KindName } from './found.ts';
import { idOfReference } from './links.ts';
import { COLLECTIONS, type Collection, tenantOf, USER_COLLECTIONS, type UserCollection } from './resources.ts';

export type UserHandler = (exchange: Exchange, user: Found<User>) => Answer | Promise<Answer>;
type MemberHandler = (exchange: Exchange, user: Found<User>, id: string) => Answer | Promise<Answer>;
type RecordHandler<Kind extends KindName> = (
  exchange: Exchange,
  found: Found<Attributes<Kind>>,
) => Answer | Promise<Answer>;

/** Writes the record that `:id` names, as it is now; 6 where there is none. */
export const named =
  <Kind extends KindName>(kind: Kind, handle: RecordHandler<Kind>): Handler =>
  (exchange) => {
    const { id = '' } = exchange.params;
    const found = find(exchange.runtime.live, tenantOf(exchange), kind, id);
    return found === undefined ? notFound(titled(kind), id) : handle(exchange, found);
  };

/** Writes the device that `:id` names; an extension that has none is refused. */
export const namedDevice =
  (handle: RecordHandler<'device'>): Handler =>
  (exchange) => {
    const found = changeableDevice(exchange, exchange.params.id ?? '');
    return 'kind' in found ? refused(found) : handle(exchange, found);
  };

/** The caller below `/me`, the user that `:user` names below `/users`. */
export const owned =
  (from: 'view' | 'live', handle: UserHandler): Handler =>
  (exchange) => {
    const { user: id } = exchange.params;
    const { actor } = exchange.caller.user;
    const view = from === 'view' ? exchange.view : exchange.runtime.live;
    const user = id === undefined ? get(view, actor.tenant, 'user', actor.id) : find(view, actor.tenant, 'user', id);
    return user === undefined ? notFound('User', id ?? actor.id) : handle(exchange, user);
  };

export const listOf =
  (name: Collection): Handler =>
  (exchange) =>
    answerCollection(exchange, name, COLLECTIONS[name].list(exchange));

export const oneOf =
  (name: Collection, singular: string): Handler =>
  (exchange) => {
    const { id = '' } = exchange.params;
    const found = COLLECTIONS[name].find(exchange, id);
    return found === undefined ? notFound(titled(singular), id) : answerOne(exchange, singular, found.body());
  };

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export const listOwned = (name: UserCollection): Handler =>
  owned('view', (exchange, user) => answerCollection(exchange, name, USER_COLLECTIONS[name](exchange, user)));

/** One of a user's things: the one whose `key` is the id in the path. */
export const oneOwned = (name: UserCollection, singular: string): Handler =>
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
export const assigning = (collection: string, assign: MemberHandler, create?: UserHandler): Handler =>
  owned('live', (exchange, user) => {
    const reference = referenceIn(exchange, collection);
    if (typeof reference === 'string') return assign(exchange, user, reference);
    if (reference !== undefined) return refused(reference);
    return create === undefined ? refused({ kind: 'missing', parameter: 'uri' }) : create(exchange, user);
  });

/** Writes what a user has under the id in the path. */
export const onMember = (handle: MemberHandler): Handler =>
  owned('live', (exchange, user) => handle(exchange, user, exchange.params.id ?? ''));

/** What is not there when the request is sent again under its key was taken away by it. */
export const goneOnce =
  (handle: Handler): Handler =>
  async (exchange) => {
    const answer = await handle(exchange);
    const isGone = answer.kind === 'refused' && answer.refusal.kind === 'notFound';
    return isGone && exchange.earlier !== undefined ? done({}) : answer;
  };
