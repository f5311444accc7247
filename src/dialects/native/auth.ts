/**
 * Who asks the native API: the owner of a bearer token. In the demo, and only there, whoever sits at this very machine
 * needs none; "this machine" is proven by the socket, and a page in a browser or a proxy in front does not pass for it.
 */
import type { IncomingMessage } from 'node:http';
import { isOfThisMachine } from '../../http/peer.ts';
import { bearerOf } from '../../identity/authorization.ts';
import type { Identity } from '../../identity/identity.ts';
import { LOCAL_OPERATOR, type Principal } from '../../identity/principal.ts';

/** Asks who the caller is; ask again to learn whether he still is. Undefined: nobody that is known. */
export type WhoAsks = () => Principal | undefined;

export function whoAsks(request: IncomingMessage, identity: Identity, openOnLoopback: boolean): WhoAsks {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const local = openOnLoopback && isLocal(request);
    return () => (local ? LOCAL_OPERATOR : undefined);
  }
  const secret = bearerOf(authorization);
  return () => {
    const signIn = secret === undefined ? undefined : identity.byToken(secret);
    return signIn?.ok === true ? signIn.principal : undefined;
  };
}

/** From this machine, and not by a page of another origin. */
function isLocal(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  return isOfThisMachine(request) && (origin === undefined || origin.replace(/^https?:\/\//, '') === host);
}
