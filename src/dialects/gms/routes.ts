/**
 * Genesys Mobile Services' Service API under `/genesys/`: who calls, what does he ask, then the operation, then the
 * printed form. Wiring only: the table is table.ts, the printed forms are answers.ts.
 */
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { isFailure } from '../../errors.ts';
import { answerText, takeOver } from '../../http/answer.ts';
import { readJson } from '../../http/body.ts';
import { commandIdOf } from '../../http/command-id.ts';
import { crossOriginHeaders, preflightHeaders } from '../../http/cross-origin.ts';
import type { Dialect } from '../../http/dialect.ts';
import { momentOf, viewAt } from '../../http/moment.ts';
import { peerOf } from '../../http/peer.ts';
import type { RequestState } from '../../http/request-state.ts';
import { compileRoutes } from '../../http/route-table.ts';
import { searchOf } from '../../http/search.ts';
import type { Outcome } from '../../model/command.ts';
import { type Answer, notFound, type Printed, print, printRefusal, refuse } from './answers.ts';
import type { Ask } from './ask.ts';
import { callerOf } from './caller.ts';
import { failureAnswer, inputAnswer } from './errors.ts';
import { updateExpiration } from './expiration.ts';
import { Form, readForm } from './form.ts';
import type { GmsParts } from './parts.ts';
import { Pushes } from './pushes.ts';
import { type GmsRoute, tableOf } from './table.ts';

const BASE = '/genesys';
const COMETD = '/genesys/cometd';
const EXPIRATION = { method: 'PUT', path: '/genesys/1/cs/services/:service' } as const;
const USER_MAX = 128;
/** The names of headers that the document and the house have for this API; CometD's client in a page asks with credentials. */
const CROSS_ORIGIN = {
  allowedMethods: 'GET,POST,PUT,DELETE,OPTIONS',
  allowedHeaders: 'X-Requested-With,Content-Type,Accept,Authorization,gms_user,Idempotency-Key,As-Of',
  exposedHeaders: 'Retry-After,X-Request-Id',
  preflightKeptS: 120,
} as const;

type Route = GmsRoute | typeof EXPIRATION;

export function createGms(parts: GmsParts): Dialect {
  const { profile = 'seed', origins = [] } = parts;
  const crossOrigin = { ...CROSS_ORIGIN, allowedOrigins: origins };
  const headersFor = crossOriginHeaders(crossOrigin);
  const preflight = preflightHeaders(crossOrigin);
  const match = compileRoutes<Route>([...tableOf(parts), EXPIRATION]);
  const pushes = new Pushes(parts);
  return {
    name: 'gms',
    owns: (path) => path === BASE || path.startsWith(`${BASE}/`),
    async middleware(context) {
      context.set(headersFor(context.headers.origin));
      if (context.method === 'OPTIONS') {
        context.set(preflight);
        context.status = 204;
        return;
      }
      if (isCometd(context.path)) return push(parts, pushes, context);
      const matched = match(context.method, context.path);
      switch (matched.kind) {
        case 'found':
          return send(context, print(await served(parts, context, matched.route, matched.params), profile));
        case 'noMethod': {
          const headers = { Allow: matched.allow.join(', ') };
          return send(context, print(refuse('methodNotAllowed', 'Method not allowed', { headers }), profile));
        }
        case 'badPath':
          return send(context, print(inputAnswer({ code: 'badPath', segment: matched.segment }), profile));
        case 'none':
          return send(context, print(notFound('There is nothing here'), profile));
      }
    },
    failure(error, { origin }) {
      const { body, headers, ...answer } = printRefusal(failureAnswer(error), profile);
      return { ...answer, headers: { ...headersFor(origin), ...headers }, text: body };
    },
    drain: async () => pushes.close(),
  };
}

/** Clients add the kind of their message to the address, or a slash. */
function isCometd(path: string): boolean {
  return path === COMETD || path.startsWith(`${COMETD}/`);
}

async function push(parts: GmsParts, pushes: Pushes, context: Context): Promise<void> {
  const { profile = 'seed' } = parts;
  const by = await callerOf(context.req, parts);
  if (typeof by !== 'string') return send(context, print(by, profile));
  if (context.method !== 'POST') {
    const headers = { Allow: 'POST' };
    return send(context, print(refuse('methodNotAllowed', 'Method not allowed', { headers }), profile));
  }
  const moment = momentOf(context.req, searchOf(context.querystring));
  if (!moment.ok) return send(context, print(inputAnswer(moment.problem), profile));
  context.set('Cache-Control', 'no-cache, no-store');
  const problem = await pushes.handle(context.req, takeOver(context));
  if (problem !== undefined) send(context, print(inputAnswer(problem), profile));
}

type Params = Readonly<Record<string, string>>;

/** Caller, moment, command id, body, operation. What was uploaded is let go of when the operation did not take it. */
async function served(parts: GmsParts, context: Context, route: Route, params: Params): Promise<Answer> {
  const by = await callerOf(context.req, parts);
  if (typeof by !== 'string') return by;
  (context.state as RequestState).by = by;
  const ask = await askOf(parts, context, params, by);
  if ('kind' in ask) return ask;
  if (!('handle' in route)) {
    const body = await readJson(context.req);
    return body.ok ? updateExpiration(ask, body.value) : inputAnswer(body.problem);
  }
  if (route.body === undefined) return route.handle(ask);
  const read = await readForm(context.req, parts.keeper);
  if (!read.ok) return read.refusal;
  return withForm(ask, read.form, route);
}

async function withForm(ask: Ask, form: Form, route: GmsRoute): Promise<Answer> {
  let fate: 'used' | 'unused' = 'unused';
  const submit: Ask['submit'] = async (deliveries) => {
    // Unless it is known that nothing was recorded, something may refer to the files.
    fate = 'used';
    try {
      const outcome = await ask.submit(deliveries);
      if (outcome.kind === 'rejected' || outcome.repeated) fate = 'unused';
      return outcome;
    } catch (error) {
      if (isFailure(error, 'unavailable') || isFailure(error, 'overloaded')) fate = 'unused';
      throw error;
    }
  };
  try {
    return await route.handle({ ...ask, form, submit });
  } finally {
    form.release(fate);
  }
}

const NO_FORM = new Form(new Map());

async function askOf(parts: GmsParts, context: Context, params: Params, by: string): Promise<Ask | Answer> {
  const { runtime, tenant, random, profile = 'seed' } = parts;
  const query = searchOf(context.querystring);
  const moment = momentOf(context.req, query);
  if (!moment.ok) return inputAnswer(moment.problem);
  const commandId = commandIdOf(context.headers, parts.mintId);
  if (!commandId.ok) return inputAnswer(commandId.problem);
  const { gms_user: user } = context.headers;
  if (String(user ?? '').length > USER_MAX)
    return inputAnswer({ code: 'badParameter', name: 'gms_user', reason: `has more than ${USER_MAX} characters` });
  const { traceparent } = (context.state as Partial<RequestState>).trace ?? {};
  const submit: Ask['submit'] = (deliveries): Promise<Outcome> =>
    runtime.submit({
      id: commandId.value,
      tenant,
      by,
      via: 'gms',
      ...(traceparent === undefined ? {} : { trace: traceparent }),
      deliveries,
    });
  return {
    tenant,
    params,
    query,
    form: NO_FORM,
    user: user === undefined ? undefined : String(user),
    sentTo: { host: context.host, isSecure: peerOf(context.req).isSecure },
    view: await viewAt(runtime, moment.value, context.state as RequestState),
    live: runtime.live,
    commandId: commandId.value,
    mayRepeat: context.headers['idempotency-key'] !== undefined,
    profile,
    random,
    submit,
  };
}

function send(context: Context, { status, phrase, headers, body }: Printed): void {
  if (typeof body === 'string') {
    answerText(context, { status, ...(phrase === undefined ? {} : { phrase }), headers, text: body });
    return;
  }
  context.status = status;
  context.body = Readable.from(body, { objectMode: false });
  // Koa gives a stream a type of its own; the printed one stands, or none.
  context.remove('Content-Type');
  context.set(headers);
}
