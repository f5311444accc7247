/**
 * Paths and uris. A path is relative to the root of the API and starts with `/`; a uri is the base and the path (R2, R3).
 * The API is served under `/api/v2` and, where the base has another path, under that too.
 */
import type { ActorId } from '../../model/actor-id.ts';

export const ROOT = '/api/v2';

/** Segments of a path, each encoded: `path('users', id)` is `/users/<id>`. */
export function path(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

interface Person {
  readonly actor: ActorId;
  readonly id: string;
}

/** Of what belongs to a user, as the caller reaches it: his own below `/me`. */
export function pathOfUser(user: Person, caller: Person, ...segments: readonly string[]): string {
  return user.actor.id === caller.actor.id ? path('me', ...segments) : path('users', user.id, ...segments);
}

/** The roots under which requests are taken, the longest first. */
export function rootsOf(uriBase: string | undefined): readonly string[] {
  const based = uriBase === undefined ? ROOT : new URL(uriBase).pathname.replace(/\/+$/, '');
  return [...new Set([based, ROOT])].filter((root) => root !== '').sort((a, b) => b.length - a.length);
}

/** The path below its root, without a trailing slash; undefined for a path that is not ours. */
export function belowRoot(roots: readonly string[], requestPath: string): string | undefined {
  const root = roots.find((one) => requestPath === one || requestPath.startsWith(`${one}/`));
  if (root === undefined) return undefined;
  const below = requestPath.slice(root.length);
  return below.endsWith('/') ? below.slice(0, -1) : below;
}

/**
 * The id that a reference to a member of a collection names: the last segment of an absolute uri or a path such as
 * `/skills/K1`. Undefined when it is a reference to something else.
 */
export function idOfReference(reference: string, collection: string): string | undefined {
  const segments = reference.replace(/\/?(?:[?#].*)?$/s, '').split('/');
  if (segments.at(-2) !== collection) return undefined;
  try {
    return decodeURIComponent(segments.at(-1) ?? '') || undefined;
  } catch {
    return undefined;
  }
}
