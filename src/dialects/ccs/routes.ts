/**
 * Contact Center Services under `/6/v2/`: who asks, may he, what does he ask, then the operation, then the printed form.
 * Wiring only: the table of operations is operations.ts, the printed forms are answers.ts.
 */
import type { Context } from 'koa';
import { answerText } from '../../http/answer.ts';
import { commandIdOf } from '../../http/command-id.ts';
import type { Dialect } from '../../http/dialect.ts';
import { KeptAnswers } from '../../http/kept-answers.ts';
import { momentOf, viewAt } from '../../http/moment.ts';
import { parsed } from '../../http/parsed.ts';
import type { RequestState } from '../../http/request-state.ts';
import { compileRoutes } from '../../http/route-table.ts';
import { searchOf } from '../../http/search.ts';
import type { TextAnswer } from '../../http/text-answer.ts';
import type { Identity } from '../../identity/identity.ts';
import { holdsAny } from '../../identity/permissions.ts';
import type { Clock } from '../../model/clock.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Runtime } from '../../model/runtime.ts';
import { type Answer, type Printed, print, type Refusal, refuse, UNAUTHORIZED } from './answers.ts';
import { type Caller, callerOf } from './caller.ts';
import { failureAnswer } from './errors.ts';
import { readLenientObject } from './lenient-json.ts';
import type { Ask, ByRequest, CcsRoute, Operation } from './operation.ts';
import { ROUTES } from './operations.ts';
import { type Page, readPages } from './pages.ts';
import { REASONS, type Reason } from './reasons.ts';
import type { SocketLimits } from './socket/session.ts';
import { createCcsSocket } from './socket/socket.ts';
import { Face } from './times.ts';

export interface CcsParts {
  readonly runtime: Runtime;
  readonly identity: Identity;
  /** A fresh command id. */
  readonly mintId: () => string;
  readonly clock: Clock;
  readonly socketLimits?: SocketLimits;
}

/** What requests are served with. */
interface Desk extends CcsParts {
  readonly answers: KeptAnswers;
}

const BASE = '/6/v2/';
const API = '/6/v2/api';
const SOCKET = '/6/v2/sock';
const NO_BODY: JsonObject = {};
const NO_COMMAND = parsed('');
const JSON_TYPE = 'application/json; charset=utf-8';

export function createCcs(parts: CcsParts): Dialect {
  const match = compileRoutes(ROUTES);
  const desk: Desk = { ...parts, answers: new KeptAnswers() };
  const sockets = createCcsSocket({
    ...parts,
    ...(parts.socketLimits === undefined ? {} : { limits: parts.socketLimits }),
  });
  const pages = readPages();
  return {
    name: 'ccs',
    owns: (path) => path.startsWith(BASE),
    async middleware(context) {
      const { method, path: asked } = context;
      const page = pages.get(asked.slice(BASE.length));
      if (page !== undefined && isReading(context)) return show(context, page);
      const path = asked.startsWith(`${API}/`) ? asked.slice(API.length) : '';
      const matched = match(method, path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
      switch (matched.kind) {
        case 'found':
          return send(context, await served(desk, context, matched));
        case 'noMethod':
          return send(context, await refused(desk, context, REASONS.methodNotAllowed));
        case 'badPath':
          return send(context, await refused(desk, context, REASONS.invalidRequest));
        case 'none':
          return send(context, print({ kind: 'noRoute' }, false));
      }
    },
    failure: (error) => textAnswer(print(failureAnswer(error), false)),
    socket: { path: SOCKET, upgrade: sockets.upgrade },
    drain: () => sockets.drain(),
  };
}

interface Matched {
  readonly route: CcsRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Credentials, `API`, the body where it says what is asked, level and permission, the rest of the body, the operation. */
async function served(desk: Desk, context: Context, { route, params }: Matched): Promise<Printed> {
  const caller = await admitted(desk, context);
  if ('kind' in caller) return print(caller, false);
  const asked = 'operation' in route ? route : await askedOf(route, context, caller);
  if ('kind' in asked) return print(asked, false);
  const { operation } = asked;
  const body = 'body' in asked ? asked.body : NO_BODY;
  const answer =
    refusalOf(operation, caller) ?? (await handled(desk, context, { operation, params, caller, body, route }));
  return print(answer, operation.refusalSuccess === true);
}

/** Credentials and `API`, which come before everything else. */
async function admitted({ identity }: Desk, { req, state }: Context): Promise<Caller | Refusal> {
  const caller = await callerOf(req, identity);
  if ('kind' in caller) return caller;
  (state as RequestState).by = caller.principal.by;
  return holdsAny(caller.permissions, ['API']) ? caller : UNAUTHORIZED;
}

async function refused(desk: Desk, context: Context, reason: Reason): Promise<Printed> {
  const caller = await admitted(desk, context);
  return print('kind' in caller ? caller : refuse(reason), false);
}

async function askedOf(
  { requests }: ByRequest,
  context: Context,
  caller: Caller,
): Promise<{ readonly operation: Operation; readonly body: JsonObject } | Refusal> {
  // What may be asked for in one way only is refused whatever the body says.
  const [only, ...more] = Object.values(requests);
  const refusal = only === undefined || more.length > 0 ? undefined : refusalOf(only, caller);
  if (refusal !== undefined) return refusal;
  const body = await readLenientObject(context.req);
  if (typeof body === 'string') return refuse(body);
  const { request } = body;
  const operation = typeof request === 'string' && Object.hasOwn(requests, request) ? requests[request] : undefined;
  return operation === undefined ? refuse(REASONS.invalidRequest) : { operation, body };
}

function refusalOf(operation: Operation, { level, permissions }: Caller): Refusal | undefined {
  if (!holdsAny(permissions, operation.permissions)) return UNAUTHORIZED;
  return operation[level];
}

interface Authorised extends Pick<Ask, 'caller' | 'params' | 'body'> {
  readonly operation: Operation;
  readonly route: CcsRoute;
}

async function handled(desk: Desk, context: Context, authorised: Authorised): Promise<Answer> {
  const { operation, route, caller, params, body } = authorised;
  const { runtime } = desk;
  try {
    const settings = 'takesSettings' in route ? await readLenientObject(context.req) : NO_BODY;
    const isReading = route.method === 'GET';
    const query = searchOf(context.querystring);
    const moment = momentOf(context.req, query);
    if (!moment.ok) return refuse(isReading ? REASONS.invalidAsOf : REASONS.pastReadOnly);
    const view = await viewAt(runtime, moment.value, context.state as RequestState);
    const commandId = isReading ? NO_COMMAND : commandIdOf(context.headers, desk.mintId);
    if (!commandId.ok) return refuse(REASONS.invalidIdempotencyKey);
    const { traceparent } = (context.state as Partial<RequestState>).trace ?? {};
    return await answered(desk, operation, context.url, {
      caller,
      params,
      query,
      body,
      settings,
      view,
      live: runtime.live,
      face: new Face(view.now),
      commandId: commandId.value,
      mayRepeat: context.headers['idempotency-key'] !== undefined,
      submit: (tenant, deliveries, id = commandId.value) =>
        runtime.submit({
          id,
          tenant,
          by: caller.principal.by,
          via: 'ccs',
          ...(traceparent === undefined ? {} : { trace: traceparent }),
          deliveries,
        }),
    });
  } catch (error) {
    const answer = failureAnswer(error);
    // What is no failure of the house is the server's to log; it comes back through `failure`.
    if (answer.kind === 'failed') throw error;
    return answer;
  }
}

/** The handler's answer, or the one it gave to the same question before while nothing it is made of has changed. */
async function answered({ answers }: Desk, { madeOf, handle }: Operation, url: string, ask: Ask): Promise<Answer> {
  if (madeOf === undefined || ask.view !== ask.live) return handle(ask);
  const { level, principal } = ask.caller;
  const question = `${level} ${level === 'telco' ? principal.telco : principal.tenant} ${url}`;
  const kept = answers.find(question, ask.view, madeOf);
  if (kept !== undefined) return { kind: 'text', text: kept };
  const answer = await handle(ask);
  if (answer.kind !== 'ok') return answer;
  const text = JSON.stringify(answer.body);
  answers.keep(question, ask.view, madeOf, { text, until: ask.face.until });
  return { kind: 'text', text };
}

function isReading({ method }: Context): boolean {
  return method === 'GET' || method === 'HEAD';
}

function show(context: Context, { html, contentSecurityPolicy }: Page): void {
  context.set('Content-Security-Policy', contentSecurityPolicy);
  context.set('Cache-Control', 'no-cache');
  context.body = html;
  context.type = 'text/html; charset=utf-8';
}

function send(context: Context, printed: Printed): void {
  answerText(context, textAnswer(printed));
}

function textAnswer({ status, headers, text }: Printed): TextAnswer {
  return { status, headers: { ...headers, 'Cache-Control': 'no-store', 'Content-Type': JSON_TYPE }, text };
}
