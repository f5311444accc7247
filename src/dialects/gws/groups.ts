/**
 * The groups a user is in (genesys.md §1.6, optional there): the queues he serves. Nothing else groups people here, so
 * groups of other types, such as `BusinessUnit`, are none.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import { answerCollection, answerOne, type Resource } from './collection.ts';
import { type Answer, type Exchange, notFound } from './exchange.ts';
import { type Found, queuesOf } from './found.ts';
import { pathOfUser } from './links.ts';

const TYPE = 'AgentGroup';

/** `?type=` is a filter like any other. */
export function listGroups(exchange: Exchange, user: Found<User>): Answer {
  return answerCollection(exchange, 'groups', groupsOf(exchange, user));
}

export function readGroup(exchange: Exchange, user: Found<User>): Answer {
  const { id = '' } = exchange.params;
  const found = groupsOf(exchange, user).find((group) => group.body().id === id);
  return found === undefined ? notFound('Group', id) : answerOne(exchange, 'group', found.body());
}

function groupsOf({ view, uri, caller }: Exchange, user: Found<User>): readonly Resource[] {
  return queuesOf(view, user).map(({ id, attributes: { name } }) => {
    const at = pathOfUser(user, caller.user, 'groups', id);
    return { path: at, body: () => ({ id, name, type: TYPE, uri: uri(at), path: at }) };
  });
}
