/**
 * The GWS dialect as middleware: the order in which a request is bounded, known, matched, permitted, read and answered.
 * What each route does is in table.ts; what a refusal looks like is in errors.ts.
 */
import type { Context } from 'koa';
import { receiptOf } from '../../../projections/commands.ts';
import { takeOver } from '../../http/answer.ts';
import { commandIdOf } from '../../http/command-id.ts';
import type { Dialect } from '../../http/dialect.ts';
import { KeptAnswers } from '../../http/kept-answers.ts';
import { momentOf, viewAt } from '../../http/moment.ts';
import { parsed } from '../../http/parsed.ts';
import { peerOf } from '../../http/peer.ts';
import { searchOf } from '../../http/search.ts';
import type { Clock } from '../../model/clock.ts';
import type { RandomBytes } from '../../model/random.ts';
import { Answering, textOf } from './answering.ts';
import { Notifications } from './cometd/notifications.ts';
import type { Refusal } from './errors.ts';
import type { Caller, Exchange, World } from './exchange.ts';
import { HttpSessions } from './http-sessions.ts';
import { belowRoot, ROOT, rootsOf } from './links.ts';
import { mustChangePassword } from './password.ts';
import { parseQuery } from './query.ts';
import { bodyOf, isReading, originOf } from './request-facts.ts';
import { mayUse } from './rights.ts';
import { SessionKeeping } from './session-keeping.ts';
import { type Desk, type SignedIn, signIn } from './sign-in.ts';
import { type GwsRoute, match } from './table.ts';

export interface GwsParts extends World {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** A fresh command id. */
  readonly mintId: () => string;
}

const URL_CHARS_MAX = 2000;
const VERSION_PATH = '/diagnostics/version';
const NO_COMMAND = parsed('');

export function createGws(parts: GwsParts): Dialect {
  const face = new Gws(parts);
  const roots = rootsOf(parts.options.uriBase);
  return {
    name: 'gws',
    owns: (path) => belowRoot(roots, path) !== undefined,
    middleware: (context) => face.serve(context, belowRoot(roots, context.path) ?? ''),
    failure: (error, asked) => face.answering.failure(error, asked),
    drain: async () => face.close(),
  };
}

class Gws {
  readonly answering: Answering;
  readonly #parts: GwsParts;
  readonly #desk: Desk;
  readonly #keeping: SessionKeeping;
  readonly #notifications: Notifications;
  readonly #answers = new KeptAnswers();
  readonly #fixedBase: string | undefined;

  constructor(parts: GwsParts) {
    const { runtime, identity, options, clock, random } = parts;
    const { sessionIdleMs: idleMs, sessionsMax } = options;
    const sessions = new HttpSessions({ clock, random, idleMs, sessionsMax });
    this.#parts = parts;
    this.#desk = { identity, sessions, live: runtime.live };
    this.#keeping = new SessionKeeping(sessions, runtime.live, options.csrfProtection);
    this.#notifications = new Notifications({ runtime, options, random });
    this.#fixedBase = options.uriBase?.replace(/\/+$/, '');
    this.answering = new Answering(options);
  }

  close(): void {
    this.#notifications.close();
  }

  /** `path` is what stands below the root. */
  async serve(context: Context, path: string): Promise<void> {
    const { answering } = this;
    const { method, headers } = context;
    if (method === 'OPTIONS') return answering.preflight(context);
    if (originOf(context).length + context.originalUrl.length > URL_CHARS_MAX)
      return answering.refuse(context, { kind: 'urlTooLong' });
    if (path === VERSION_PATH && isReading(context))
      return answering.respond(context, textOf({ version: this.#parts.options.version }), {});

    const { authorization, cookie } = headers;
    const signedIn = await signIn(this.#desk, { authorization, cookie, address: peerOf(context.req).address });
    if ('kind' in signedIn) return answering.refuse(context, signedIn);
    context.state.by = signedIn.caller.principal.by;
    if (signedIn.session !== undefined) this.#keeping.showToken(context, signedIn.session);
    if (isNotification(path)) return this.#notify(context, signedIn);
    const matched = path === VERSION_PATH ? ({ kind: 'noMethod', allow: ['GET'] } as const) : match(method, path);
    switch (matched.kind) {
      case 'none':
        return answering.refuse(context, { kind: 'noRoute' });
      case 'badPath':
        return answering.refuse(context, { kind: 'input', problem: { code: 'badPath', segment: matched.segment } });
      case 'noMethod':
        return answering.refuse(context, { kind: 'noMethod', allow: matched.allow });
      case 'found':
        return this.#answer(context, signedIn, { ...matched, path });
    }
  }

  async #answer(context: Context, signedIn: SignedIn, { route, params, path }: Found): Promise<void> {
    const { answering } = this;
    const { live } = this.#parts.runtime;
    const madeOf = route.madeOf ?? [];
    const barred = this.#barredBy(route, signedIn, context);
    if (barred !== undefined) return answering.refuse(context, barred);
    const question = this.#questionOf(route, signedIn.caller, context, path);
    const known = question && this.#answers.find(question, live, madeOf);
    if (known !== undefined) return answering.respond(context, known, this.#keeping.keep(context, signedIn));
    let ended = false;
    const endSession = (): void => {
      ended = true;
    };
    const exchange = await this.#exchangeOf(context, signedIn, params, endSession);
    if ('kind' in exchange) return answering.refuse(context, exchange);
    const answer = await route.handle(exchange);
    if (answer.kind === 'refused') return answering.refuse(context, answer.refusal);
    const text = textOf(answer.body);
    if (question !== undefined) this.#answers.keep(question, live, madeOf, { text });
    answering.respond(context, text, ended ? this.#keeping.drop(signedIn) : this.#keeping.keep(context, signedIn));
  }

  /** The CSRF token is not asked for here: browser clients differ (§1.0.5). */
  async #notify(context: Context, signedIn: SignedIn): Promise<void> {
    if (context.method !== 'POST') return this.answering.refuse(context, { kind: 'noMethod', allow: ['POST'] });
    const moment = momentOf(context.req, searchOf(context.querystring));
    if (!moment.ok) return this.answering.refuse(context, { kind: 'input', problem: moment.problem });
    const { caller } = signedIn;
    const cookies = this.#keeping.cookiesFor(context, signedIn);
    const seesUsers = mayUse({ who: 'reader' }, caller.principal);
    const arrival = { caller, uri: this.#uriOf(context), cookies, seesUsers };
    context.set(this.answering.crossOrigin(context.headers.origin));
    const problem = await this.#notifications.handle(context.req, takeOver(context), arrival);
    if (problem !== undefined) this.answering.refuse(context, { kind: 'input', problem });
  }

  #barredBy(route: GwsRoute, { caller, session }: SignedIn, context: Context): Refusal | undefined {
    const refusal = this.#keeping.refusalOf(context, session);
    if (refusal !== undefined) return refusal;
    if (!mayUse(route, caller.principal)) return { kind: 'forbidden' };
    return mustChangePassword(caller, this.#parts.options) && route.path !== '/me'
      ? { kind: 'passwordChange' }
      : undefined;
  }

  /** What the answer is kept under; undefined unless it is made of the route's kinds as they are now, and of nothing else. */
  #questionOf(
    { madeOf, path: pattern }: GwsRoute,
    { user: { actor } }: Caller,
    context: Context,
    path: string,
  ): string | undefined {
    if (madeOf === undefined || context.headers['as-of'] !== undefined) return undefined;
    const { querystring } = context;
    const search = searchOf(querystring);
    if (search.has('as_of') || search.has('subresources')) return undefined;
    return `${actor.tenant} ${isOwn(pattern) ? actor.id : ''} ${this.#baseOf(context)}${path}?${querystring}`;
  }

  async #exchangeOf(
    context: Context,
    signedIn: SignedIn,
    params: Exchange['params'],
    endSession: () => void,
  ): Promise<Exchange | Refusal> {
    const { runtime, mintId } = this.#parts;
    const { caller } = signedIn;
    const reading = isReading(context);
    const search = searchOf(context.querystring);
    const moment = momentOf(context.req, search);
    if (!moment.ok) return { kind: 'input', problem: moment.problem };
    const body = reading || context.method === 'DELETE' ? parsed({}) : await bodyOf(context);
    if (!body.ok) return { kind: 'input', problem: body.problem };
    const command = reading ? NO_COMMAND : commandIdOf(context.headers, mintId);
    if (!command.ok) return { kind: 'input', problem: command.problem };
    const isRepeatable = !reading && context.headers['idempotency-key'] !== undefined;
    const trace: string | undefined = context.state.trace?.traceparent;
    return {
      ...this.#parts,
      params,
      query: parseQuery(search),
      body: body.value,
      caller,
      view: await viewAt(runtime, moment.value, context.state),
      uri: this.#uriOf(context),
      address: peerOf(context.req).address,
      commandId: command.value,
      earlier: isRepeatable ? receiptOf(runtime.live, caller.user.actor.tenant, command.value) : undefined,
      ...(trace === undefined ? {} : { trace }),
      notify: (channel, data) => this.#notifications.tell(caller.user.actor, channel, data),
      endSession,
      renewSession: () => this.#keeping.renew(signedIn),
    };
  }

  #baseOf(context: Context): string {
    return this.#fixedBase ?? `${originOf(context)}${ROOT}`;
  }

  #uriOf(context: Context): Exchange['uri'] {
    const base = this.#baseOf(context);
    return (path) => base + path;
  }
}

interface Found {
  readonly route: GwsRoute;
  readonly params: Exchange['params'];
  /** Below the root. */
  readonly path: string;
}

/** Of the caller himself. */
function isOwn(path: string): boolean {
  return path === '/me' || path.startsWith('/me/');
}

/** All forms in which clients address them (§1.8). */
function isNotification(path: string): boolean {
  return path === '/notifications' || path.startsWith('/notifications/');
}
