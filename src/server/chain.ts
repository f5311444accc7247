/**
 * The Koa chain, in the order a request walks it: admitted, attended to its end, the server's own paths, the gate, the
 * dialect that owns the path. Nobody's paths and failures outside a dialect are answered as problem documents.
 */
import Koa, { type Context, type Middleware } from 'koa';
import helmet from 'koa-helmet';
import type { Logger } from 'pino';
import { failureProblem, refusalProblem } from '../dialects/native/errors.ts';
import { hasCode, isFailure, type LedgerlineError } from '../errors.ts';
import { answerText, cutOffWhenStalled, protect } from '../http/answer.ts';
import type { Asked, Dialect, DialectSocket } from '../http/dialect.ts';
import type { RequestState } from '../http/request-state.ts';
import type { TextAnswer } from '../http/text-answer.ts';
import { tracer } from '../http/trace.ts';
import type { RandomBytes } from '../model/random.ts';
import { logRequest } from './access-log.ts';
import type { Metrics } from './metrics.ts';

export interface ChainParts {
  readonly dialects: readonly Dialect[];
  /** Answers `/healthz` and its like, also while the gate is shut; calls `next` for every other path. */
  readonly ownPaths: Middleware;
  /** Why no request of this method can be served now; undefined when all is well. */
  readonly gate: (method: string) => LedgerlineError | undefined;
  readonly draining: () => boolean;
  readonly tls: boolean;
  /** A client that takes nothing of its answer for so long is cut off. */
  readonly stalledMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly random: RandomBytes;
  /** For durations only. */
  readonly nowMs: () => number;
}

/** What a connection says whose other end is gone. */
const LEFT = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'];

export function createChain(parts: ChainParts): Koa {
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => {
    // Whoever follows for hours leaves in the middle of an answer: there is no other way to end it.
    if (hasCode(error, ...LEFT)) parts.logger.debug({ err: error }, 'a client left');
    else parts.logger.error({ err: error }, 'response failed');
  });
  app.use(admit(parts));
  app.use(attend(parts));
  app.use(parts.ownPaths);
  app.use(dispatch(parts));
  return app;
}

export function ownerOf(dialects: readonly Dialect[], path: string): Dialect | undefined {
  return dialects.find((dialect) => dialect.owns(path));
}

/** The WebSocket that is served at a path, whose dialect has one there. */
export function socketAt(owner: Dialect | undefined, path: string): DialectSocket | undefined {
  const socket = owner?.socket;
  return socket !== undefined && (path === socket.path || path === `${socket.path}/`) ? socket : undefined;
}

/** In the form of whose path it is; of nobody's, as a problem document. */
export function failureAnswer(owner: Dialect | undefined, error: unknown, asked: Asked): TextAnswer {
  return owner?.failure(error, asked) ?? failureProblem(error);
}

/** Names the request, finds whose it is, and lays out what its answer carries whoever gives it. */
function admit({ dialects, random, tls, stalledMs }: ChainParts): Middleware {
  const traceOf = tracer(random);
  const protecting = protection(tls);
  return (context, next) => {
    const trace = traceOf(context.req.headers);
    const { requestId, traceparent } = trace;
    const standing = {
      ...protecting,
      'X-Request-Id': requestId,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const state: RequestState = {
      trace,
      owner: ownerOf(dialects, context.path),
      standing,
      stalledMs,
      held: new DisposableStack(),
    };
    context.state = state;
    return next();
  };
}

/**
 * A page that somebody uploaded as a file is shown under our origin: it may run nothing, load nothing and send nothing.
 * `default-src` stands for what is loaded only; the others have to be named.
 */
const DATA_POLICY = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  sandbox: [],
};

/**
 * Headers for answers that are data; those of helmet that only old browsers read are left out, since each costs on every
 * answer. They are the same for every request, so helmet is asked once. A dialect that serves a page sets its own
 * Content-Security-Policy over this one.
 */
export function protection(tls: boolean): Readonly<Record<string, string>> {
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: DATA_POLICY },
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

/**
 * Sees the request through: whatever is thrown below becomes an answer in the form of the path's dialect, no answer leaves
 * unprotected or waits for ever to be taken, what it was made from is let go of, and how it ended is counted and logged.
 */
function attend({ draining, logger, metrics, nowMs }: ChainParts): Middleware<RequestState> {
  return async (context, next) => {
    const began = nowMs();
    if (draining()) context.set('Connection', 'close');
    const { owner, trace, held } = context.state;
    try {
      await next();
    } catch (error) {
      const request = trace.requestId;
      // The client's own mistake, and the only failure that is.
      if (isFailure(error, 'momentUnavailable')) logger.info({ request, problem: error.message }, 'no such moment');
      else logger.warn({ err: error, request }, 'request failed');
      answerText(context, failureAnswer(owner, error, { path: context.path, origin: context.headers.origin }));
    } finally {
      held.dispose();
      const { res, req } = context;
      if (!res.headersSent) protect(context);
      if (!res.writableFinished) cutOffWhenStalled(context);
      const ms = nowMs() - began;
      metrics.requestDone(owner?.name ?? 'none', req.method ?? '', res.statusCode, ms / 1000);
      logRequest(logger, context, ms);
    }
  };
}

function dispatch({ gate }: ChainParts): Middleware<RequestState> {
  return (context, next) => {
    const shut = gate(context.method);
    if (shut !== undefined) throw shut;
    if (context.req.headers.host === undefined && context.req.httpVersion === '1.1')
      return answerText(context, refusalProblem({ kind: 'unreadable', why: 'noHost' }));
    const { owner } = context.state;
    if (owner === undefined) return answerText(context, refusalProblem({ kind: 'noRoute' }));
    if (isReading(context) && socketAt(owner, context.path) !== undefined)
      return answerText(context, refusalProblem({ kind: 'upgrade', protocol: 'websocket' }));
    return owner.middleware(context, next);
  };
}

function isReading({ method }: Context): boolean {
  return method === 'GET' || method === 'HEAD';
}
