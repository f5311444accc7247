/**
 * OpenID Connect: verifies an RS256 access token of the configured issuer with the keys it publishes. A key that is not
 * known yet is looked for at once (rotation), but so seldom that nobody can make us hammer the issuer with made-up keys.
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../../model/clock.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Must be the audience of the token, or the party it was issued to. */
  readonly clientId: string;
  readonly clock: Clock;
  /** The claim that holds the login. */
  readonly loginClaim: string;
}

export type VerifiedAccess =
  | { readonly ok: true; readonly login: string }
  | { readonly ok: false; readonly message: string };

export interface OidcVerifier {
  /** Throws when the keys of the issuer cannot be had: that is not the token's fault. */
  verify(accessToken: string): Promise<VerifiedAccess>;
}

const SKEW_S = 60;
const RELOADS = { points: 10, duration: 60 };
const INVALID = 'The access token is invalid';

export function createOidcVerifier(options: OidcOptions): OidcVerifier {
  const { issuer, clientId, clock, loginClaim } = options;
  // Only we ask for a reload, below.
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), { cooldownDuration: Number.POSITIVE_INFINITY });
  const reloads = new RateLimiterMemory(RELOADS);
  const payloadOf = async (token: string): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer,
      requiredClaims: ['exp'],
      clockTolerance: SKEW_S,
      currentDate: new Date(clock.now()),
    });
    return payload;
  };
  const withNewKeys = async (token: string): Promise<JWTPayload | undefined> => {
    if (!(await mayReload(reloads))) return undefined;
    await keys.reload();
    return payloadOf(token);
  };
  return {
    async verify(token) {
      try {
        const payload = await payloadOf(token).catch((error: unknown) => {
          if (error instanceof errors.JWKSNoMatchingKey) return withNewKeys(token);
          throw error;
        });
        const login = payload === undefined || !isForUs(payload, clientId) ? undefined : payload[loginClaim];
        return typeof login === 'string' && login !== '' ? { ok: true, login } : { ok: false, message: INVALID };
      } catch (error) {
        if (isTokensFault(error)) return { ok: false, message: INVALID };
        throw error;
      }
    },
  };
}

function isForUs({ aud, azp }: JWTPayload, clientId: string): boolean {
  return azp === clientId || (Array.isArray(aud) ? aud.includes(clientId) : aud === clientId);
}

/** Everything but not having the keys. */
function isTokensFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}

async function mayReload(limiter: RateLimiterMemory): Promise<boolean> {
  try {
    await limiter.consume('reload');
    return true;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return false;
    throw refused;
  }
}
