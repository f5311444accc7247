/**
 * Routes as a table of data: method, pattern, and whatever its owner adds (policy, schemas, handler). @koa/router matches,
 * on the *encoded* path; each segment is decoded once, strictly, so that `%2F` stays inside its segment and `%00` or
 * broken UTF-8 never reaches a handler. The table is also what OpenAPI is generated from.
 *
 * `/v1/tenants/:tenant/actors` matches one segment per `:name`; a name never matches an empty segment; a trailing slash
 * is a segment of its own (write it in the pattern to take it). Static segments win over names.
 */
import Router from '@koa/router';
import { isUsableId } from '../model/actor-id.ts';

export interface Routed {
  readonly method: string;
  readonly path: string;
}

export type RouteMatch<Route> =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'badPath'; readonly segment: string }
  /** The path exists, the method does not. */
  | { readonly kind: 'noMethod'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

/** Answers kept per method: clients ask the same few paths again and again, and a match costs a hundred lookups. */
const KEPT_MAX = 1000;
const KEPT_PATH_LENGTH_MAX = 200;

/** Throws on a duplicate route: a table is broken code, not bad input. HEAD is answered by GET's route. */
export function compileRoutes<Route extends Routed>(
  routes: readonly Route[],
): (method: string, encodedPath: string) => RouteMatch<Route> {
  const router = new Router({ strict: true, sensitive: true });
  const byName = new Map<string, Route>();
  for (const route of routes.toSorted(moreStaticFirst)) {
    const name = `${route.method} ${route.path}`;
    if (byName.has(name)) throw new Error(`two routes ${name}`);
    byName.set(name, route);
    router.register(route.path, [route.method], () => undefined, { name });
  }
  const match = (method: string, encodedPath: string): RouteMatch<Route> => {
    const badSegment = encodedPath.split('/').find((raw) => raw !== '' && decodeSegment(raw) === undefined);
    if (badSegment !== undefined) return { kind: 'badPath', segment: badSegment.slice(0, 100) };
    const { path: onPath, pathAndMethod } = router.match(encodedPath, method);
    const [layer] = pathAndMethod;
    const route = byName.get(layer?.name ?? '');
    if (layer === undefined || route === undefined) {
      const allow = [...new Set(onPath.flatMap(({ methods }) => methods))].filter((allowed) => allowed !== 'HEAD');
      return onPath.length === 0 ? { kind: 'none' } : { kind: 'noMethod', allow };
    }
    const params: Record<string, string> = {};
    const captures = layer.captures(encodedPath);
    for (const [index, { name }] of layer.paramNames.entries())
      params[name] = decodeSegment(captures[index] ?? '') ?? '';
    return { kind: 'found', route, params };
  };
  const kept = new Map<string, Map<string, RouteMatch<Route>>>(routes.map(({ method }) => [method, new Map()]));
  return (method, encodedPath) => {
    const ofMethod = kept.get(method);
    const known = ofMethod?.get(encodedPath);
    if (known !== undefined) return known;
    const answer = match(method, encodedPath);
    if (ofMethod !== undefined && answer.kind === 'found' && encodedPath.length <= KEPT_PATH_LENGTH_MAX) {
      if (ofMethod.size === KEPT_MAX) ofMethod.clear();
      ofMethod.set(encodedPath, answer);
    }
    return answer;
  };
}

/** The text of one encoded path segment; undefined when it holds control characters, broken UTF-8 or too much. */
function decodeSegment(raw: string): string | undefined {
  if (raw === '') return '';
  try {
    const text = decodeURIComponent(raw);
    return isUsableId(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** At the first segment where two patterns differ in kind, the static one is asked first. */
function moreStaticFirst(a: Routed, b: Routed): number {
  const others = b.path.split('/');
  for (const [index, segment] of a.path.split('/').entries()) {
    const named = segment.startsWith(':');
    if (named !== (others[index]?.startsWith(':') ?? false)) return named ? 1 : -1;
  }
  return 0;
}
