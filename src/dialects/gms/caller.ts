/**
 * Who calls. The document knows no authentication; where an installation asks for it, Basic and Bearer will do.
 */
import type { IncomingMessage } from 'node:http';
import { basicOf, bearerOf } from '../../identity/authorization.ts';
import type { SignIn } from '../../identity/identity.ts';
import { mayEnter } from '../../identity/principal.ts';
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
  const address = request.socket.remoteAddress ?? '';
  const signIn: SignIn | undefined =
    secret !== undefined
      ? identity.byToken(secret)
      : basic && (await identity.byPassword({ dialect: 'gms', address, ...basic }));
  if (signIn?.ok === true && mayEnter(signIn.principal, tenant)) return signIn.principal.by;
  if (signIn?.ok === false && signIn.refusal === 'tooManyTries') {
    const headers = { 'Retry-After': String(Math.ceil(signIn.retryMs / 1000)) };
    return refuse('tooManyTries', 'Too many tries', { headers });
  }
  return refuse('unauthorized', 'Sign in', CHALLENGE);
}
