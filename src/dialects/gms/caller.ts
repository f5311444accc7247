/**
 * Who calls. The document knows no authentication; where an installation asks for it, a name with its password will do,
 * or a token with the scope that the native API would ask of it.
 */
import type { IncomingMessage } from 'node:http';
import { peerOf } from '../../http/peer.ts';
import { basicOf, bearerOf } from '../../identity/authorization.ts';
import type { SignIn } from '../../identity/identity.ts';
import { hasScope, mayEnter, type Principal } from '../../identity/principal.ts';
import { type Refusal, refuse } from './answers.ts';
import type { GmsParts } from './parts.ts';

/** What history says of a command of nobody in particular. */
const ANYBODY = 'anonymous';
const CHALLENGE = { headers: { 'WWW-Authenticate': 'Basic realm="genesys", charset="UTF-8"' } } as const;

/** The principal of the request's commands, or why it is not let in. */
export async function callerOf(request: IncomingMessage, { identity, tenant }: GmsParts): Promise<string | Refusal> {
  if (identity === undefined) return ANYBODY;
  const secret = bearerOf(request.headers.authorization);
  const basic = basicOf(request.headers.authorization);
  const { address } = peerOf(request);
  const signIn: SignIn | undefined =
    secret !== undefined
      ? identity.byToken(secret)
      : basic && (await identity.byPassword({ dialect: 'gms', address, ...basic }));
  if (signIn?.ok === true && mayEnter(signIn.principal, tenant) && (basic || isScoped(signIn.principal, request))) {
    return signIn.principal.by;
  }
  if (signIn?.ok === false && signIn.refusal === 'tooManyTries') {
    const headers = { 'Retry-After': String(Math.ceil(signIn.retryMs / 1000)) };
    return refuse('tooManyTries', 'Too many tries', { headers });
  }
  return refuse('unauthorized', 'Sign in', CHALLENGE);
}

/** A token made for something else, such as the permissions of another dialect, opens nothing here. */
function isScoped(principal: Principal, { method }: IncomingMessage): boolean {
  return hasScope(principal, method === 'GET' || method === 'HEAD' ? 'read' : 'write');
}
