/**
 * Who asks: a Basic header, or else a live session cookie (R7, R9). A header that is there is believed or refused; the
 * cookie does not mend a wrong password, and is worth nothing once the password it was given for is another.
 */
import { basicOf } from '../../identity/authorization.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Principal } from '../../identity/principal.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { View } from '../../model/projection.ts';
import type { Refusal } from './errors.ts';
import type { Caller } from './exchange.ts';
import { get } from './found.ts';
import { cookieOf, type HttpSession, type HttpSessions, SESSION_COOKIE } from './http-sessions.ts';
import { credentialsOf } from './users.ts';

export interface Presented {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly address: string;
}

export interface SignedIn {
  readonly caller: Caller;
  /** The live session whose cookie came along; undefined when there was none, or another person's. */
  readonly session: HttpSession | undefined;
}

export interface Desk {
  readonly identity: Identity;
  readonly sessions: HttpSessions;
  readonly live: View;
}

const STRANGER: Refusal = { kind: 'unauthenticated' };

export async function signIn(desk: Desk, presented: Presented): Promise<SignedIn | Refusal> {
  const { identity, sessions } = desk;
  const sent = cookieOf(presented.cookie, SESSION_COOKIE);
  const kept = sent === undefined ? undefined : liveSession(desk, sessions.use(sent));
  if (presented.authorization === undefined) {
    const principal = kept === undefined ? undefined : identity.ofUser(kept.tenant, kept.user);
    const caller = principal === undefined ? undefined : callerOf(desk, principal);
    return kept === undefined || caller === undefined ? STRANGER : { caller, session: kept };
  }
  const basic = basicOf(presented.authorization);
  if (basic === undefined) return STRANGER;
  const proven = await identity.byPassword({ dialect: 'gws', ...basic, address: presented.address });
  if (!proven.ok) {
    return proven.refusal === 'tooManyTries' ? { kind: 'tooManyTries', retryMs: proven.retryMs } : STRANGER;
  }
  const caller = callerOf(desk, proven.principal);
  if (caller === undefined) return STRANGER;
  const { tenant, id } = caller.user.actor;
  const isHis = kept?.tenant === tenant && kept.user === id;
  return { caller, session: isHis ? kept : undefined };
}

/** Names the password a user signs in with: another after each change, whoever made it. */
export function provenBy(live: View, user: ActorId): string {
  const own = credentialsOf(live, user).find(({ attributes: { dialect } }) => dialect === 'gws');
  return own === undefined ? '' : `${own.actor.id} ${own.version}`;
}

function liveSession({ live, sessions }: Desk, session: HttpSession | undefined): HttpSession | undefined {
  if (session === undefined) return undefined;
  if (session.proof === provenBy(live, { tenant: session.tenant, kind: 'user', id: session.user })) return session;
  sessions.end(session.id);
  return undefined;
}

function callerOf({ live }: Desk, principal: Principal): Caller | undefined {
  const user = principal.user === undefined ? undefined : get(live, principal.tenant, 'user', principal.user);
  return user === undefined ? undefined : { principal, user };
}
