/**
 * The Koa chain, in the order a request walks it: identify, log, protect, measure, the server's own paths, the gate,
 * the dialect that owns the path. Nobody's paths and failures outside a dialect are answered as problem documents.
 */
import Koa, { type Context, type Middleware } from 'koa';
import helmet from 'koa-helmet';
import type { Logger } from 'pino';
import { failureProblem, type Problem, refusalProblem } from '../dialects/native/errors.ts';
import type { LedgerlineError } from '../errors.ts';
import type { Dialect } from '../http/dialect.ts';
import type { RequestState } from '../http/request-state.ts';
import { tracer } from '../http/trace.ts';
import type { RandomBytes } from '../model/random.ts';
import { accessLog } from './access-log.ts';
import type { Metrics } from './metrics.ts';

export interface ChainParts {
  readonly dialects: readonly Dialect[];
  /** Answers `/healthz` and its like, also while the gate is shut; calls `next` for every other path. */
  readonly ownPaths: Middleware;
  /** Why no request can be served now; undefined when all is well. */
  readonly gate: () => LedgerlineError | undefined;
  readonly draining: () => boolean;
  readonly tls: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly random: RandomBytes;
  /** A clock for durations only. */
  readonly nowMs: () => number;
}

export function createChain(parts: ChainParts): Koa {
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => parts.logger.error({ err: error }, 'response failed'));
  app.use(identify(parts.random));
  app.use(accessLog(parts.logger, parts.nowMs));
  app.use(protect(parts.tls));
  app.use(measure(parts));
  app.use(guard(parts));
  app.use(parts.ownPaths);
  app.use(dispatch(parts));
  return app;
}

export function ownerOf(dialects: readonly Dialect[], path: string): Dialect | undefined {
  return dialects.find((dialect) => dialect.owns(path));
}

function identify(random: RandomBytes): Middleware {
  const traceOf = tracer(random);
  return (context, next) => {
    const state: RequestState = { trace: traceOf(context.headers) };
    context.state = state;
    context.set('X-Request-Id', state.trace.requestId);
    if (state.trace.traceparent !== undefined) context.set('traceparent', state.trace.traceparent);
    return next();
  };
}

/**
 * Headers for answers that are data; those of helmet that only old browsers read are left out, since each costs on every
 * answer. They are the same for every request, so helmet is asked once. A dialect that serves a page sets its own
 * Content-Security-Policy over this one.
 */
function protect(tls: boolean): Middleware {
  const headers = Object.entries(protection(tls));
  return (context, next) => {
    for (const [name, value] of headers) context.res.setHeader(name, value);
    return next();
  };
}

function protection(tls: boolean): Readonly<Record<string, string>> {
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: tls,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  const headers: Record<string, string> = {};
  const res = { setHeader: (name: string, value: string) => (headers[name] = value), removeHeader: () => undefined };
  // Without a policy that is a function it looks at no request, and answers before it returns.
  void ask({ req: {}, res } as unknown as Context, () => Promise.resolve());
  return headers;
}

function measure({ dialects, metrics, nowMs }: ChainParts): Middleware {
  return async (context, next) => {
    const began = nowMs();
    try {
      await next();
    } finally {
      const dialect = ownerOf(dialects, context.path)?.name ?? 'none';
      metrics.requestDone(dialect, context.method, context.status, (nowMs() - began) / 1000);
    }
  };
}

/** Whatever is thrown below becomes an answer in the form of the path's dialect. */
function guard({ dialects, draining, logger }: ChainParts): Middleware {
  return async (context, next) => {
    if (draining()) context.set('Connection', 'close');
    try {
      await next();
    } catch (error) {
      logger.warn({ err: error, request: context.state.trace.requestId }, 'request failed');
      const owner = ownerOf(dialects, context.path);
      if (owner === undefined) answer(context, failureProblem(error));
      else owner.fail(context, error);
    }
  };
}

function dispatch({ dialects, gate }: ChainParts): Middleware {
  return (context, next) => {
    const shut = gate();
    if (shut !== undefined) throw shut;
    const owner = ownerOf(dialects, context.path);
    if (owner !== undefined) return owner.middleware(context, next);
    answer(context, refusalProblem({ kind: 'noRoute' }));
  };
}

function answer(context: Context, { status, headers, body }: Problem): void {
  context.status = status;
  context.set(headers);
  context.body = JSON.stringify(body);
  context.type = 'application/problem+json';
}
