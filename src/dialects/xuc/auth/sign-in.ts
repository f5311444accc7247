/**
 * Becoming somebody in the 2.0 API: by name and password, by a token that is still good, or by one of three outside
 * authorities. Each ends in the same two steps: a login that exists here, and a new token for it.
 */

import { isJsonObject } from '../../../http/body.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { AddressThrottle } from '../../../identity/throttle.ts';
import type { Json } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { type Answer, ok, refuse, refused } from '../answers.ts';
import { AUTHENTICATION, inputRefusal, refusal, tooManyTries, type XucCode } from '../errors.ts';
import { type Person, passwordChangedS, personByLogin } from '../people.ts';
import type { Ask, XucRoute } from '../route.ts';
import { bearer, type Carried, resourceToken } from './carriers.ts';
import type { CasClient } from './cas.ts';
import type { OidcVerifier } from './oidc.ts';
import type { SsoVerifier } from './sso.ts';
import type { Tokens } from './token.ts';

export interface SignInParts {
  readonly identity: Identity;
  readonly tokens: Tokens;
  /** For the three below: what they are asked is dear, and whoever it is for is not known yet. */
  readonly outside: AddressThrottle;
  readonly sso: SsoVerifier;
  /** Undefined where no CAS server is configured. */
  readonly cas: CasClient | undefined;
  /** Undefined where OpenID Connect is not enabled. */
  readonly oidc: OidcVerifier | undefined;
}

const MESSAGES: Partial<Record<XucCode, string>> = {
  InvalidToken: 'The token is invalid',
  InvalidJson: 'The token holds no login and expiry',
  TokenExpired: 'The token has expired',
  BearerNotFound: 'The authorization header holds no bearer token',
  AuthorizationHeaderNotFound: 'No token came with the request',
};

const TICKET_NEEDED = refused(
  refusal('SsoAuthenticationFailed', 'A Kerberos ticket is needed: Authorization: Negotiate …', {
    'WWW-Authenticate': 'Negotiate',
  }),
);

export function signInRoutes(parts: SignInParts): readonly XucRoute[] {
  const route = (method: string, name: string, handle: (ask: Ask) => Promise<Answer>): XucRoute => ({
    method,
    path: `/2.0/auth/${name}`,
    family: AUTHENTICATION,
    access: 'open',
    handle,
  });
  return [
    route('POST', 'login', (ask) => login(parts, ask)),
    route('GET', 'check', (ask) => check(parts, ask)),
    route('GET', 'sso', (ask) => sso(parts, ask)),
    route('GET', 'cas', (ask) => cas(parts, ask)),
    route('GET', 'oidc', (ask) => oidc(parts, ask)),
  ];
}

/** Somebody with a good token, and which of his logins it is about. */
export interface SignedIn {
  readonly person: Person;
  readonly login: string;
}

/** Whom a request on a resource is made by, or why by nobody: whatever is wrong with the token, by 401. */
export async function callerOf(
  tokens: Tokens,
  { headers, query, view }: { headers: Ask['headers']; query: URLSearchParams; view: View },
): Promise<SignedIn | Answer> {
  const caller = await signedInBy(tokens, resourceToken(headers, query), view);
  return 'refusal' in caller ? refused({ ...caller.refusal, status: 401 }) : caller;
}

async function signedInBy(tokens: Tokens, carried: Carried, view: View): Promise<SignedIn | Answer> {
  const checked = carried.ok ? await tokens.check(carried.token) : carried;
  if (!checked.ok) return refuse(checked.code, MESSAGES[checked.code] ?? '');
  const { login, issuedS } = checked;
  const person = personByLogin(view, login);
  if (person === undefined) return refuse('InvalidToken', 'The user of the token does not exist any more');
  const changedS = passwordChangedS(view, login);
  return changedS === undefined || changedS <= issuedS
    ? { person, login }
    : refuse('InvalidToken', 'The password has been changed since the token was issued');
}

async function login({ identity, tokens }: SignInParts, ask: Ask): Promise<Answer> {
  const body = await ask.json();
  if (!body.ok) return refused(inputRefusal(body.problem, AUTHENTICATION));
  const credentials = credentialsOf(body.value);
  if (credentials === undefined) return refuse('InvalidJson', 'The body must be {"login": "…", "password": "…"}');
  const wrong = refuse('InvalidCredentials', 'Invalid username or password');
  if (credentials.name === '' || credentials.password === '') return wrong;
  const signIn = await identity.byPassword({ dialect: 'xuc', address: ask.address, ...credentials });
  if (signIn.ok) return withTtl(tokens, credentials.name);
  return signIn.refusal === 'tooManyTries' ? refused(tooManyTries(signIn.retryMs)) : wrong;
}

function credentialsOf(body: Json | undefined): { readonly name: string; readonly password: string } | undefined {
  if (!isJsonObject(body)) return undefined;
  const { login: name, password } = body;
  return typeof name === 'string' && typeof password === 'string' ? { name, password } : undefined;
}

async function check({ tokens }: SignInParts, ask: Ask): Promise<Answer> {
  const caller = await signedInBy(tokens, bearer(ask.headers), ask.view);
  return 'kind' in caller ? caller : withTtl(tokens, caller.login);
}

async function sso(parts: SignInParts, ask: Ask): Promise<Answer> {
  const ticket = /^negotiate +([A-Za-z0-9+/=]+) *$/i.exec(ask.headers.authorization ?? '')?.[1];
  if (ticket === undefined) return TICKET_NEEDED;
  return vouchedFor(parts, ask, async () => {
    const verified = await parts.sso.verify(ticket);
    if (verified === undefined) return TICKET_NEEDED;
    const [name = ''] = verified.principal.split('@', 1);
    const headers = verified.reply === undefined ? {} : { 'WWW-Authenticate': `Negotiate ${verified.reply}` };
    return { name, headers };
  });
}

async function cas(parts: SignInParts, ask: Ask): Promise<Answer> {
  const { cas: client } = parts;
  if (client === undefined) return refuse('CasServerUrlNotSet', 'No CAS server is configured (LEDGERLINE_CAS_URL)');
  const service = ask.query.get('service') ?? '';
  const ticket = ask.query.get('ticket') ?? '';
  if (service === '' || ticket === '') {
    return refuse('CasServerInvalidParameter', 'The parameters service and ticket are needed');
  }
  return vouchedFor(parts, ask, async () => {
    const validated = await client.validate(service, ticket);
    return validated.ok ? { name: validated.user } : refuse(validated.code, validated.message);
  });
}

async function oidc(parts: SignInParts, ask: Ask): Promise<Answer> {
  const { oidc: verifier } = parts;
  if (verifier === undefined) return refuse('OidcNotEnabled', 'OpenID Connect is not configured (LEDGERLINE_OIDC_…)');
  const carried = bearer(ask.headers);
  const token = ask.query.get('token') || (carried.ok ? carried.token : '');
  if (token === '') return refuse('OidcInvalidParameter', 'The access token is missing');
  return vouchedFor(parts, ask, async () => {
    const verified = await verifier.verify(token);
    return verified.ok ? { name: verified.login } : refuse('OidcAuthenticationFailed', verified.message);
  });
}

/** A name that somebody else vouches for. */
interface Vouched {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Authenticated elsewhere, unless this address brought too much that was not: is he somebody here? */
async function vouchedFor(
  { tokens, outside }: SignInParts,
  { address, view }: Ask,
  verify: () => Promise<Vouched | Answer>,
): Promise<Answer> {
  const retryMs = await outside.enter(address);
  if (retryMs !== undefined) return refused(tooManyTries(retryMs, 'UnhandledError'));
  const found = await verify();
  if ('kind' in found) return found;
  await outside.forgive(address);
  if (personByLogin(view, found.name) === undefined) return refuse('UserNotFound', 'The user does not exist on XiVO');
  const { login: of, token } = await tokens.issue(found.name);
  return ok({ login: of, token }, found.headers);
}

async function withTtl(tokens: Tokens, name: string): Promise<Answer> {
  const { login: of, token, ttl } = await tokens.issue(name);
  return ok({ login: of, token, TTL: ttl });
}
