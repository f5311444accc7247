/**
 * HTTP sessions: the `JSESSIONID` cookie that stands for a user who has proven who he is (R9), and its CSRF token.
 * They live in this process: after a restart a client sends its credentials again. Bounded in number and idle time; what
 * a session stands for is looked up on every request, so that a disabled user is out at once.
 */
import { LRUCache } from 'lru-cache';
import { v4 } from 'uuid';
import type { Clock } from '../../model/clock.ts';
import type { RandomBytes } from '../../model/random.ts';

export const SESSION_COOKIE = 'JSESSIONID';

export interface HttpSession {
  readonly id: string;
  readonly tenant: string;
  /** Id of the user's record. */
  readonly user: string;
  /** Names the password that opened it; see `provenBy` in sign-in.ts. */
  readonly proof: string;
  /** '' where nobody asks for one. */
  readonly csrfToken: string;
}

export interface SessionParts {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly idleMs: number;
  readonly sessionsMax: number;
  /** Whether sessions have CSRF tokens. */
  readonly csrf: boolean;
}

export class HttpSessions {
  readonly #parts: SessionParts;
  readonly #sessions: LRUCache<string, { session: HttpSession; usedAt: number }>;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#sessions = new LRUCache({ max: parts.sessionsMax });
  }

  open(tenant: string, user: string, proof: string): HttpSession {
    const { clock, random, csrf } = this.#parts;
    const session = {
      id: Buffer.from(random(16)).toString('hex'),
      tenant,
      user,
      proof,
      csrfToken: csrf ? v4({ random: random(16) }) : '',
    };
    this.#sessions.set(session.id, { session, usedAt: clock.now() });
    return session;
  }

  /** Undefined for one that never was, was ended, or was idle too long. */
  use(id: string): HttpSession | undefined {
    const found = this.#sessions.get(id);
    const now = this.#parts.clock.now();
    if (found === undefined || now - found.usedAt > this.#parts.idleMs) return undefined;
    found.usedAt = now;
    return found.session;
  }

  /** It outlives the password that opened it. */
  renew(id: string, proof: string): void {
    const found = this.#sessions.get(id);
    if (found !== undefined) found.session = { ...found.session, proof };
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }
}

/** The value of a cookie; undefined when the request has none of that name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/** `Set-Cookie` of a session. Lax: a page of another site cannot use it. */
export function sessionCookie(value: string, path: string, secure: boolean): string {
  return `${SESSION_COOKIE}=${value}; Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** Takes the cookie away. */
export function noSessionCookie(path: string): string {
  return `${SESSION_COOKIE}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Lax`;
}
