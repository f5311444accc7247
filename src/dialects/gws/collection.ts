/**
 * How collections and single resources are answered (genesys.md §1.0.2): uris, or objects under the plural; one object
 * under the singular; `fields` and filters on either.
 */
import type { JsonObject } from '../../model/json.ts';
import { type Answer, done, type Exchange } from './exchange.ts';
import { wanted, withFields } from './query.ts';

export interface Resource {
  /** Canonical path. */
  readonly path: string;
  /** Made only when it is needed: a list of uris needs none. */
  readonly body: () => JsonObject;
}

export function answerCollection(exchange: Exchange, plural: string, resources: readonly Resource[]): Answer {
  const { query, uri } = exchange;
  if (query.fields === undefined && query.others.size === 0)
    return done({ uris: resources.map(({ path }) => uri(path)) });
  const pathOf = new Map(resources.map(({ path, body }) => [body(), path]));
  const chosen = wanted(plural, [...pathOf.keys()], query.others);
  if (query.fields === undefined) return done({ uris: chosen.map((body) => uri(pathOf.get(body) ?? '')) });
  return done({ [plural]: chosen.map((body) => withFields(body, query)) });
}

export function answerOne({ query }: Exchange, singular: string, resource: JsonObject): Answer {
  return done({ [singular]: withFields(resource, query) });
}
