/**
 * Routes as a table of data: method, pattern, and whatever its owner adds (policy, schemas, handler). Matching works on
 * the *encoded* path and decodes each segment once, strictly, so that `%2F` stays inside its segment and `%00` or broken
 * UTF-8 never reaches a handler. The table is also what OpenAPI is generated from.
 *
 * `/v1/tenants/:tenant/actors` matches one segment per `:name`; a name never matches an empty segment; a trailing slash
 * is a segment of its own (write it in the pattern to take it). Static segments win over names.
 */
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

interface Branch<Route> {
  readonly statics: Map<string, Branch<Route>>;
  named: Branch<Route> | undefined;
  readonly routes: Map<string, { readonly route: Route; readonly names: readonly string[] }>;
}

/** Throws on a duplicate route: a table is broken code, not bad input. HEAD is answered by GET's route. */
export function compileRoutes<Route extends Routed>(
  routes: readonly Route[],
): (method: string, encodedPath: string) => RouteMatch<Route> {
  const root = branch<Route>();
  for (const route of routes) plant(root, route);
  return (method, encodedPath) => {
    const segments: string[] = [];
    for (const raw of encodedPath.split('/').slice(1)) {
      const segment = decodeSegment(raw);
      if (segment === undefined) return { kind: 'badPath', segment: raw.slice(0, 100) };
      segments.push(segment);
    }
    const values: string[] = [];
    const leaf = descend(root, segments, 0, values);
    if (leaf === undefined) return { kind: 'none' };
    const hit = leaf.routes.get(method) ?? (method === 'HEAD' ? leaf.routes.get('GET') : undefined);
    if (hit === undefined) return { kind: 'noMethod', allow: [...leaf.routes.keys()] };
    const params: Record<string, string> = {};
    for (const [index, name] of hit.names.entries()) params[name] = values[index] ?? '';
    return { kind: 'found', route: hit.route, params };
  };
}

/** The text of one encoded path segment; undefined when it holds control characters, broken UTF-8 or too much. */
export function decodeSegment(raw: string): string | undefined {
  if (raw === '') return '';
  try {
    const text = decodeURIComponent(raw);
    return isUsableId(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function branch<Route>(): Branch<Route> {
  return { statics: new Map(), named: undefined, routes: new Map() };
}

function plant<Route extends Routed>(root: Branch<Route>, route: Route): void {
  const names: string[] = [];
  let here = root;
  for (const segment of route.path.split('/').slice(1)) {
    if (segment.startsWith(':')) {
      names.push(segment.slice(1));
      here.named ??= branch();
      here = here.named;
    } else {
      const next = here.statics.get(segment) ?? branch<Route>();
      here.statics.set(segment, next);
      here = next;
    }
  }
  if (here.routes.has(route.method)) throw new Error(`two routes ${route.method} ${route.path}`);
  here.routes.set(route.method, { route, names });
}

function descend<Route>(
  from: Branch<Route>,
  segments: readonly string[],
  depth: number,
  values: string[],
): Branch<Route> | undefined {
  const segment = segments[depth];
  if (segment === undefined) return from.routes.size > 0 ? from : undefined;
  const fixed = from.statics.get(segment);
  const found = fixed && descend(fixed, segments, depth + 1, values);
  if (found !== undefined) return found;
  if (from.named === undefined || segment === '') return undefined;
  const kept = values.length;
  values.push(segment);
  const named = descend(from.named, segments, depth + 1, values);
  if (named === undefined) values.length = kept;
  return named;
}
