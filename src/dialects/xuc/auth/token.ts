/**
 * The token of the 2.0 API: a JWT signed with HS256 whose header is `{"typ","alg"}` and whose payload is
 * `{"login","expires"}` in that order, `expires` in epoch seconds (contract 2.2). Nothing is stored: an old token is good
 * until it expires, and opens nothing once its login is gone or has another password.
 */
import { webcrypto } from 'node:crypto';
import { CompactSign, compactVerify, errors } from 'jose';
import { LedgerlineError } from '../../../errors.ts';
import type { Clock } from '../../../model/clock.ts';

const SECRET_BYTES_MIN = 32;
/** A login of 128 characters, whatever they are, and the rest fit. */
const TOKEN_CHARS_MAX = 2048;
const HEADER = { typ: 'JWT', alg: 'HS256' };

export interface IssuedToken {
  readonly login: string;
  readonly token: string;
  /** Seconds it lives from now. */
  readonly ttl: number;
}

export type CheckedToken =
  /** `issuedS`: in epoch seconds, as far as the lifetime of tokens was the same then. */
  | { readonly ok: true; readonly login: string; readonly issuedS: number }
  | { readonly ok: false; readonly code: 'InvalidToken' | 'InvalidJson' | 'TokenExpired' };

export interface Tokens {
  issue(login: string): Promise<IssuedToken>;
  /** In this order: form, algorithm and signature (in constant time), payload, expiry. */
  check(token: string): Promise<CheckedToken>;
}

export interface TokenOptions {
  /** Used as UTF-8 bytes. */
  readonly secret: string;
  readonly lifetimeS: number;
  readonly clock: Clock;
}

/** Throws `badConfiguration` for a secret that is too short. */
export function createTokens({ secret, lifetimeS, clock }: TokenOptions): Tokens {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < SECRET_BYTES_MIN) {
    throw new LedgerlineError('badConfiguration', `the secret of XUC tokens needs at least ${SECRET_BYTES_MIN} bytes`);
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = webcrypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
  const nowS = () => Math.floor(clock.now() / 1000);
  return {
    async issue(login) {
      const payload = JSON.stringify({ login, expires: nowS() + lifetimeS });
      const token = await new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(HEADER).sign(await key);
      return { login, token, ttl: lifetimeS };
    },
    async check(token) {
      if (token.length > TOKEN_CHARS_MAX || !isOneSpelling(token)) return { ok: false, code: 'InvalidToken' };
      const payload = await payloadOf(token, await key);
      if (payload === undefined) return { ok: false, code: 'InvalidToken' };
      const claims = claimsOf(payload);
      if (claims === undefined) return { ok: false, code: 'InvalidJson' };
      if (claims.expires <= nowS()) return { ok: false, code: 'TokenExpired' };
      return { ok: true, login: claims.login, issuedS: claims.expires - lifetimeS };
    },
  };
}

/** A signature's last character has two bits that say nothing: a reader that skips them takes four tokens for one. */
function isOneSpelling(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** Undefined for anything that this key did not sign. */
async function payloadOf(token: string, key: webcrypto.CryptoKey): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, key, { algorithms: [HEADER.alg] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function claimsOf(payload: Uint8Array): { readonly login: string; readonly expires: number } | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof claims !== 'object' || claims === null || !('login' in claims) || !('expires' in claims))
      return undefined;
    const { login, expires } = claims;
    return typeof login === 'string' && typeof expires === 'number' ? { login, expires } : undefined;
  } catch {
    return undefined;
  }
}
