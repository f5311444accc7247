/**
 * Who asks the native API: the owner of a bearer token. In the demo, and only there, whoever sits at this very machine
 * needs none; "this machine" is proven by the socket, and a page in a browser or a proxy in front does not pass for it.
 */
import type { IncomingMessage } from 'node:http';
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

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/**
 * From this machine, addressed as this machine (no name that was rebound to it), not forwarded by a proxy, and not sent
 * by a page of another origin.
 */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') || !LOOPBACK_HOST.test(host)) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  return origin === undefined || origin.replace(/^https?:\/\//, '') === host;
}
