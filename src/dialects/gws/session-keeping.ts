/**
 * What a request does to its HTTP session: a client that was believed by its password and has none gets one (R9), every
 * read tells the session's CSRF token, and what changes something needs it (§1.0.5).
 */
import type { Context } from 'koa';
import type { Headers } from '../../http/answer.ts';
import { peerOf } from '../../http/peer.ts';
import type { View } from '../../model/projection.ts';
import type { Refusal } from './errors.ts';
import type { Caller } from './exchange.ts';
import {
  csrfTokenOf,
  type HttpSession,
  type HttpSessions,
  isCsrfTokenOf,
  noSessionCookie,
  sessionCookie,
} from './http-sessions.ts';
import { isReading } from './request-facts.ts';
import { provenBy, type SignedIn } from './sign-in.ts';

const CSRF_HEADER = 'X-CSRF-TOKEN';
const NO_HEADERS: Headers = {};

export class SessionKeeping {
  readonly #sessions: HttpSessions;
  readonly #live: View;
  readonly #isProtected: boolean;

  /** `isProtected`: writes need the CSRF token. */
  constructor(sessions: HttpSessions, live: View, isProtected: boolean) {
    this.#sessions = sessions;
    this.#live = live;
    this.#isProtected = isProtected;
  }

  /** Headers of the answer to somebody who goes on. */
  keep(context: Context, { caller, session }: SignedIn): Headers {
    if (session !== undefined) return NO_HEADERS;
    const opened = this.#open(caller);
    this.showToken(context, opened);
    return { 'Set-Cookie': sessionCookie(opened.id, '/', peerOf(context.req).isSecure) };
  }

  /** Headers of the answer to somebody who is done. */
  drop({ session }: SignedIn): Headers {
    if (session !== undefined) this.#sessions.end(session.id);
    return { 'Set-Cookie': noSessionCookie('/') };
  }

  /** `Set-Cookie` of a new session, where there is none. */
  cookiesFor(context: Context, { caller, session }: SignedIn): readonly string[] {
    return session === undefined ? [sessionCookie(this.#open(caller).id, '/', peerOf(context.req).isSecure)] : [];
  }

  /** It outlives the password that opened it. */
  renew({ caller, session }: SignedIn): void {
    if (session !== undefined) this.#sessions.renew(session.id, provenBy(this.#live, caller.user.actor));
  }

  /** Any GET of a session tells its token, whatever it is answered. */
  showToken(context: Context, session: HttpSession): void {
    if (!this.#isProtected || !isReading(context)) return;
    context.set('X-CSRF-HEADER', CSRF_HEADER);
    context.set(CSRF_HEADER, csrfTokenOf(session));
  }

  /** Why a request may change nothing; undefined when it may, or only reads. */
  refusalOf(context: Context, session: HttpSession | undefined): Refusal | undefined {
    if (!this.#isProtected || isReading(context)) return undefined;
    return session !== undefined && isCsrfTokenOf(session, context.get(CSRF_HEADER)) ? undefined : { kind: 'csrf' };
  }

  #open({ user: { actor } }: Caller): HttpSession {
    return this.#sessions.open(actor.tenant, actor.id, provenBy(this.#live, actor));
  }
}
