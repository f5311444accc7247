/**
 * The GWS dialect as middleware: the order in which a request is bounded, known, matched, permitted, read and answered.
 * What each route does is in table.ts; what a refusal looks like is in errors.ts.
 */
import type { Context } from 'koa';
import { answerText, type Headers, takeOver } from '../../http/answer.ts';
import { isJsonObject, readJson } from '../../http/body.ts';
import { commandIdOf } from '../../http/command-id.ts';
import type { Dialect } from '../../http/dialect.ts';
import { KeptAnswers } from '../../http/kept-answers.ts';
import { momentOf } from '../../http/moment.ts';
import { type InputProblem, parsed } from '../../http/parsed.ts';
import { searchOf } from '../../http/search.ts';
import type { Clock } from '../../model/clock.ts';
import type { JsonObject } from '../../model/json.ts';
import type { RandomBytes } from '../../model/random.ts';
import { Notifications } from './cometd/notifications.ts';
import { crossOriginHeaders, preflightHeaders } from './cross-origin.ts';
import { type ErrorAnswer, failureAnswer, type Refusal, refusalAnswer } from './errors.ts';
import type { Caller, Exchange, World } from './exchange.ts';
import {
  csrfTokenOf,
  type HttpSession,
  HttpSessions,
  isCsrfTokenOf,
  noSessionCookie,
  sessionCookie,
} from './http-sessions.ts';
import { belowRoot, ROOT, rootsOf } from './links.ts';
import { parseQuery } from './query.ts';
import { provenBy, type SignedIn, signIn } from './sign-in.ts';
import { type GwsRoute, match, mayUse } from './table.ts';

export interface GwsParts extends World {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** A fresh command id. */
  readonly mintId: () => string;
}

const URL_CHARS_MAX = 2000;
const VERSION_PATH = '/diagnostics/version';
const CSRF_HEADER = 'X-CSRF-TOKEN';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';
const NO_HEADERS: Headers = {};
const NO_COMMAND = parsed('');
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export function createGws(parts: GwsParts): Dialect {
  const { runtime, identity, options, clock, random } = parts;
  const roots = rootsOf(options.uriBase);
  const sessions = new HttpSessions({
    clock,
    random,
    idleMs: options.sessionIdleMs,
    sessionsMax: options.sessionsMax,
  });
  const crossOrigin = crossOriginHeaders(options.crossOrigin);
  const answers = new KeptAnswers();
  const notifications = new Notifications({ runtime, options, random });
  const desk = { identity, sessions, live: runtime.live };

  const serve = async (context: Context, path: string): Promise<void> => {
    const { method } = context;
    if (method === 'OPTIONS') return preflight(context);
    if (originOf(context).length + context.originalUrl.length > URL_CHARS_MAX)
      return refuse({ kind: 'urlTooLong' }, context);
    if (path === VERSION_PATH && READING.has(method)) return respond(context, textOf({ version: options.version }));

    const signedIn = await signIn(desk, presentedBy(context));
    if ('kind' in signedIn) return refuse(signedIn, context);
    context.state.by = signedIn.caller.principal.by;
    if (signedIn.session !== undefined) showToken(context, signedIn.session);
    if (isNotification(path)) return notify(context, signedIn);
    const matched = path === VERSION_PATH ? ({ kind: 'noMethod', allow: ['GET'] } as const) : match(method, path);
    if (matched.kind === 'none') return refuse({ kind: 'noRoute' }, context);
    if (matched.kind === 'badPath')
      return refuse({ kind: 'input', problem: { code: 'badPath', segment: matched.segment } }, context);
    if (matched.kind === 'noMethod') return refuse({ kind: 'noMethod', allow: matched.allow }, context);
    const { route, params } = matched;
    const barred = barredBy(route, signedIn, context);
    if (barred !== undefined) return refuse(barred, context);
    const question = questionOf(route, signedIn.caller, context, path);
    const known = question && answers.find(question, runtime.live, route.madeOf ?? []);
    if (known !== undefined) return respond(context, known, keepSession(context, signedIn));
    let ended = false;
    const endSession = (): void => {
      ended = true;
    };
    const exchange = await exchangeOf(context, signedIn, params, endSession);
    if ('kind' in exchange) return refuse(exchange, context);
    const answer = await route.handle(exchange);
    if (answer.kind === 'refused') return refuse(answer.refusal, context);
    const text = textOf(answer.body);
    if (question !== undefined) answers.keep(question, runtime.live, route.madeOf ?? [], { text });
    respond(context, text, ended ? dropSession(signedIn) : keepSession(context, signedIn));
  };

  /** What the answer is kept under; undefined unless it is made of the route's kinds as they are now, and of nothing else. */
  const questionOf = (
    { madeOf, path: pattern }: GwsRoute,
    { user: { actor } }: Caller,
    context: Context,
    path: string,
  ): string | undefined => {
    if (madeOf === undefined || context.headers['as-of'] !== undefined) return undefined;
    const { querystring } = context;
    const search = searchOf(querystring);
    if (search.has('as_of') || search.has('subresources')) return undefined;
    return `${actor.tenant} ${isOwn(pattern) ? actor.id : ''} ${baseOf(context)}${path}?${querystring}`;
  };

  /** The CSRF token is not asked for here: browser clients differ (§1.0.5). */
  const notify = async (context: Context, { caller, session }: SignedIn): Promise<void> => {
    if (context.method !== 'POST') return refuse({ kind: 'noMethod', allow: ['POST'] }, context);
    const cookies = session === undefined ? [sessionCookie(openSession(caller).id, '/', context.secure)] : [];
    const seesUsers = mayUse({ who: 'reader' }, caller.principal);
    const arrival = { caller, uri: uriOf(context), cookies, seesUsers };
    context.set(crossOrigin(context.headers.origin));
    const problem = await notifications.handle(context.req, takeOver(context), arrival);
    if (problem !== undefined) refuse({ kind: 'input', problem }, context);
  };

  const fixedBase = options.uriBase?.replace(/\/+$/, '');
  const baseOf = (context: Context): string => fixedBase ?? `${originOf(context)}${ROOT}`;
  const uriOf = (context: Context): Exchange['uri'] => {
    const base = baseOf(context);
    return (path) => base + path;
  };

  const barredBy = (route: GwsRoute, { caller, session }: SignedIn, context: Context): Refusal | undefined => {
    if (options.csrfProtection && !READING.has(context.method)) {
      if (session === undefined || !isCsrfTokenOf(session, context.get(CSRF_HEADER))) return { kind: 'csrf' };
    }
    if (!mayUse(route, caller.principal)) return { kind: 'forbidden' };
    const mustChange = options.profile === 'ext' && caller.user.attributes.changePasswordOnFirstLogin === true;
    return mustChange && route.path !== '/me' ? { kind: 'passwordChange' } : undefined;
  };

  const exchangeOf = async (
    context: Context,
    { caller, session }: SignedIn,
    params: Exchange['params'],
    endSession: () => void,
  ): Promise<Exchange | Refusal> => {
    const isReading = READING.has(context.method);
    const search = searchOf(context.querystring);
    const moment = isReading ? momentOf(context.headers, search) : { ok: true as const, value: undefined };
    if (!moment.ok) return { kind: 'input', problem: moment.problem };
    const body = isReading || context.method === 'DELETE' ? { ok: true as const, value: {} } : await bodyOf(context);
    if (!body.ok) return { kind: 'input', problem: body.problem };
    const command = isReading ? NO_COMMAND : commandIdOf(context.headers, parts.mintId);
    if (!command.ok) return { kind: 'input', problem: command.problem };
    const trace: string | undefined = context.state.trace?.traceparent;
    return {
      ...parts,
      params,
      query: parseQuery(search),
      body: body.value,
      caller,
      view: moment.value === undefined ? runtime.live : await runtime.query(moment.value),
      uri: uriOf(context),
      address: addressOf(context),
      commandId: command.value,
      ...(trace === undefined ? {} : { trace }),
      notify: (channel, data) => notifications.tell(caller.user.actor, channel, data),
      endSession,
      renewSession: () => session && sessions.renew(session.id, provenBy(runtime.live, caller.user.actor)),
    };
  };

  const openSession = ({ user: { actor } }: Caller): HttpSession =>
    sessions.open(actor.tenant, actor.id, provenBy(runtime.live, actor));

  /** A client that was believed by its password and has no session gets one (R9). */
  const keepSession = (context: Context, { caller, session }: SignedIn): Headers => {
    if (session !== undefined) return NO_HEADERS;
    const opened = openSession(caller);
    showToken(context, opened);
    return { 'Set-Cookie': sessionCookie(opened.id, '/', isSecure(context)) };
  };

  /** Any GET of a session tells its token, whatever it is answered (§1.0.5). */
  const showToken = (context: Context, session: HttpSession): void => {
    if (!options.csrfProtection || !READING.has(context.method)) return;
    context.set('X-CSRF-HEADER', CSRF_HEADER);
    context.set(CSRF_HEADER, csrfTokenOf(session));
  };

  const dropSession = ({ session }: SignedIn): Headers => {
    if (session !== undefined) sessions.end(session.id);
    return { 'Set-Cookie': noSessionCookie('/') };
  };

  const preflight = (context: Context): void => {
    context.set({ ...crossOrigin(context.headers.origin), ...preflightHeaders(options.crossOrigin) });
    context.status = 204;
  };

  const respond = (context: Context, text: string, own: Headers = NO_HEADERS): void => {
    const headers = { ...crossOrigin(context.headers.origin), ...own, 'Content-Type': JSON_TYPE };
    answerText(context, { status: 200, headers, text });
  };

  /** `statusCode` and `statusMessage`, nothing else; the CSRF answer alone is plain text. */
  const fail = (context: Context, { http, code, message, headers: own }: ErrorAnswer): void => {
    const isText = code === 0;
    const headers = { ...crossOrigin(context.headers.origin), ...own, 'Content-Type': isText ? TEXT_TYPE : JSON_TYPE };
    const text = isText ? message : JSON.stringify({ statusCode: code, statusMessage: message });
    answerText(context, { status: http, headers, text });
  };

  const refuse = (refusal: Refusal, context: Context): void => fail(context, refusalAnswer(refusal, options));

  return {
    name: 'gws',
    owns: (path) => belowRoot(roots, path) !== undefined,
    middleware: (context) => serve(context, belowRoot(roots, context.path) ?? ''),
    fail: (context, error) => fail(context, failureAnswer(error, options)),
    drain: () => Promise.resolve(notifications.close()),
  };
}

/** Of the caller himself. */
function isOwn(path: string): boolean {
  return path === '/me' || path.startsWith('/me/');
}

/** Scheme and host as the client sent them (R6). */
function originOf(context: Context): string {
  return `${isSecure(context) ? 'https' : 'http'}://${context.req.headers.host ?? ''}`;
}

function isSecure({ req: { socket } }: Context): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

function addressOf({ req }: Context): string {
  return req.socket.remoteAddress ?? '';
}

/** All forms in which clients address them (§1.8). */
function isNotification(path: string): boolean {
  return path === '/notifications' || path.startsWith('/notifications/');
}

function presentedBy(context: Context): Parameters<typeof signIn>[1] {
  const { authorization, cookie } = context.req.headers;
  return { authorization, cookie, address: addressOf(context) };
}

type Body = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly problem: InputProblem };

/** A body must be a JSON object; none at all is an empty one. */
async function bodyOf(context: Context): Promise<Body> {
  const { headers } = context.req;
  const { 'content-type': type = '', 'content-length': length = '0' } = headers;
  const isEmpty = length === '0' && headers['transfer-encoding'] === undefined;
  if (!isEmpty && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    context.req.resume();
    return { ok: false, problem: { code: 'mediaType', got: type, expected: 'application/json' } };
  }
  const read = await readJson(context.req);
  if (!read.ok) return read;
  if (read.value === undefined) return { ok: true, value: {} };
  if (isJsonObject(read.value)) return { ok: true, value: read.value };
  return { ok: false, problem: { code: 'bodyNotJson', reason: 'it is no object' } };
}

function textOf(body: JsonObject): string {
  return JSON.stringify({ statusCode: 0, ...body });
}
