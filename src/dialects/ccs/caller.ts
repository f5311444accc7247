/**
 * Who calls: a telco user, who names the tenant in the path, or a tenant-level user, whose account says it.
 */
import type { IncomingMessage } from 'node:http';
import { peerOf } from '../../http/peer.ts';
import { basicOf, bearerOf } from '../../identity/authorization.ts';
import type { Identity, SignIn } from '../../identity/identity.ts';
import type { Principal } from '../../identity/principal.ts';
import { type Refusal, UNAUTHORIZED } from './answers.ts';

export interface Caller {
  readonly level: 'telco' | 'tenant';
  readonly principal: Principal;
  readonly permissions: ReadonlySet<string>;
}

/** `Authorization: Bearer <token>`, or Basic with `<extension>@<tenant>` and a password. */
export async function callerOf(request: IncomingMessage, identity: Identity): Promise<Caller | Refusal> {
  const signIn = await signInOf(request, identity);
  if (signIn === undefined) return UNAUTHORIZED;
  if (signIn.ok) return callerAs(signIn.principal, identity);
  return signIn.refusal === 'tooManyTries' ? { kind: 'unauthorized', retryMs: signIn.retryMs } : UNAUTHORIZED;
}

/** The owner of a token, as he is now; undefined when it opens nothing (any more). */
export function callerByToken(secret: string, identity: Identity): Caller | undefined {
  const signIn = identity.byToken(secret);
  return signIn.ok ? callerAs(signIn.principal, identity) : undefined;
}

function callerAs(principal: Principal, identity: Identity): Caller {
  const level = principal.telco === undefined ? 'tenant' : 'telco';
  return { level, principal, permissions: identity.permissionsOf(principal) };
}

function signInOf(request: IncomingMessage, identity: Identity): SignIn | undefined | Promise<SignIn> {
  const { authorization } = request.headers;
  const secret = bearerOf(authorization);
  if (secret !== undefined) return identity.byToken(secret);
  const basic = basicOf(authorization);
  if (basic === undefined) return undefined;
  return identity.byPassword({ dialect: 'ccs', address: peerOf(request).address, ...basic });
}
