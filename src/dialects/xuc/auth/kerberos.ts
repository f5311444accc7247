/**
 * The real GSS verifier, through the npm package `kerberos` and the machine's own Kerberos library. It is loaded only
 * when a service is configured; the keytab is the library's business (`KRB5_KTNAME`, else its default keytab).
 */
import { LedgerlineError } from '../../../errors.ts';
import type { SsoVerifier } from './sso.ts';

/** The part of the package that is used. */
export interface KerberosModule {
  initializeServer(service: string): Promise<KerberosServer>;
}

interface KerberosServer {
  readonly username: string | null;
  readonly response: string | null;
  readonly contextComplete: boolean;
  step(challenge: string): Promise<string>;
}

// A variable, so that neither compiler nor packager asks for a package that is optional.
const PACKAGE = 'kerberos';

/**
 * `service` as in `HTTP@host`. Throws `badConfiguration` when the package cannot be loaded, or no keytab has the key of the
 * service: say so at the start, not at a login.
 */
export async function loadKerberos(
  service: string,
  load: () => Promise<unknown> = () => import(PACKAGE),
): Promise<SsoVerifier> {
  const kerberos = await loaded(load);
  await kerberos.initializeServer(service).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unusable(`there is no key of ${service} in the keytab (KRB5_KTNAME): ${reason}`, cause);
  });
  return {
    async verify(ticket) {
      const server = await kerberos.initializeServer(service);
      try {
        await server.step(ticket);
      } catch {
        // The library has one error for every ticket it does not believe.
        return undefined;
      }
      if (!server.contextComplete || server.username === null) return undefined;
      return { principal: server.username, ...(server.response === null ? {} : { reply: server.response }) };
    },
  };
}

async function loaded(load: () => Promise<unknown>): Promise<KerberosModule> {
  try {
    const module = await load();
    const candidates = [module, (module as { readonly default?: unknown }).default];
    const found = candidates.find(isKerberos);
    if (found !== undefined) return found;
    throw new TypeError('it has no initializeServer');
  } catch (cause) {
    const advice = `install it (npm install ${PACKAGE}) or unset the variable`;
    throw unusable(`the npm package "${PACKAGE}" cannot be loaded: ${advice}`, cause);
  }
}

function unusable(why: string, cause: unknown): LedgerlineError {
  const variable = 'LEDGERLINE_KERBEROS_SERVICE';
  return new LedgerlineError('badConfiguration', `${variable}: ${why}`, { variable }, cause);
}

function isKerberos(module: unknown): module is KerberosModule {
  return typeof (module as Partial<KerberosModule> | undefined)?.initializeServer === 'function';
}
