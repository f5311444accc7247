/**
 * HTTP sessions: the `JSESSIONID` cookie that stands for a user who has proven who he is (R9), and its CSRF token.
 * They live in this process: after a restart a client sends its credentials again. Bounded in number and idle time; what
 * a session stands for is looked up on every request, so that a disabled user is out at once.
 * One that was handed out and never came back costs next to nothing: clients that send a password every time are many.
 */
import { hash, timingSafeEqual } from 'node:crypto';
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
}

export interface SessionParts {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly idleMs: number;
  /** Of those in use, and of those handed out and not yet used. */
  readonly sessionsMax: number;
}

interface Known extends HttpSession {
  proof: string;
  usedAt: number;
}

const PLACE_DIGITS = 8;
const CHANCE_BYTES = 12;

export class HttpSessions {
  readonly #parts: SessionParts;
  readonly #inUse: LRUCache<string, Known>;
  /** A ring: an id begins with its place, so that none is looked up or moved before its cookie comes back. */
  readonly #handedOut: (Known | undefined)[] = [];
  #place = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#inUse = new LRUCache({ max: parts.sessionsMax });
  }

  open(tenant: string, user: string, proof: string): HttpSession {
    const { clock, random, sessionsMax } = this.#parts;
    const chance = Buffer.from(random(CHANCE_BYTES)).toString('hex');
    const id = this.#place.toString(16).padStart(PLACE_DIGITS, '0') + chance;
    const session: Known = { id, tenant, user, proof, usedAt: clock.now() };
    this.#handedOut[this.#place] = session;
    this.#place = (this.#place + 1) % sessionsMax;
    return session;
  }

  /** Undefined for one that never was, was ended, or was idle too long. */
  use(id: string): HttpSession | undefined {
    const found = this.#inUse.get(id) ?? this.#putToUse(id);
    const now = this.#parts.clock.now();
    if (found === undefined || now - found.usedAt > this.#parts.idleMs) return undefined;
    found.usedAt = now;
    return found;
  }

  /** It outlives the password that opened it. */
  renew(id: string, proof: string): void {
    const found = this.#inUse.get(id);
    if (found !== undefined) found.proof = proof;
  }

  end(id: string): void {
    this.#inUse.delete(id);
  }

  #putToUse(id: string): Known | undefined {
    const place = Number.parseInt(id.slice(0, PLACE_DIGITS), 16);
    const found = this.#handedOut[place];
    if (found?.id !== id) return undefined;
    this.#handedOut[place] = undefined;
    this.#inUse.set(id, found);
    return found;
  }
}

/** Constant for a session, and tells nothing of its id. */
export function csrfTokenOf({ id }: HttpSession): string {
  return v4({ random: hash('sha256', id, 'buffer') });
}

/** In constant time: a page must not learn the token by how long a refusal takes. */
export function isCsrfTokenOf(session: HttpSession, given: string): boolean {
  const [own, other] = [csrfTokenOf(session), given].map((token) => hash('sha256', token, 'buffer'));
  return own !== undefined && other !== undefined && timingSafeEqual(own, other);
}

/** The value of a cookie; undefined when the request has none of that name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
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
