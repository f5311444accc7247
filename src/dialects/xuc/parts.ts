/**
 * What this dialect is made from. Addresses it calls (CAS, JWKS, the event webhook) are the operator's only: no request
 * ever names one.
 */
import type { Identity } from '../../identity/identity.ts';
import type { SharedValue } from '../../log/shared-values.ts';
import type { Clock } from '../../model/clock.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { OidcOptions } from './auth/oidc.ts';
import type { SsoVerifier } from './auth/sso.ts';

/** A part of pino's logger. */
export interface XucLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Phone events in the form of the document; `{"username","status"}` for receivers that want the phone's number; or each. */
export type EventKind = 'event' | 'status' | 'both';

export interface XucParts {
  readonly runtime: Runtime;
  readonly identity: Identity;
  readonly clock: Clock;
  /** A fresh command id. */
  readonly mintId: () => string;
  readonly logger: XucLog;
  /** At least 32 bytes. */
  readonly jwtSecret: string;
  readonly tokenLifetimeS: number;
  /** Addresses that may use 1.0; empty: nobody. */
  readonly deprecatedApiHosts: readonly string[];
  /** Absent: every ticket is refused. */
  readonly sso?: SsoVerifier;
  readonly casUrl?: string;
  readonly oidc?: Omit<OidcOptions, 'clock'>;
  /** Absent: no event is posted anywhere. */
  readonly webhook?: {
    readonly url: string;
    /** Where to keep how far it is. Absent: fire and forget, nothing is tried again or made up for. */
    readonly cursorFile?: string;
    /** Where servers that take over from one another keep it as well; absent: there is no other. */
    readonly shared?: SharedValue;
    /** Default `event`. */
    readonly kind?: EventKind;
  };
}
