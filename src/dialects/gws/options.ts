/**
 * What an installation may set of the GWS dialect. The defaults are those of the contract (genesys.md part 1).
 */
import type { CrossOrigin } from '../../http/cross-origin.ts';

export interface GwsOptions {
  /** Base of every uri that is given out; absent: scheme and host of the request, and `/api/v2`. */
  readonly uriBase?: string;
  /** `seed`: status codes 0-6, keys as documented. `ext`: what 8.5.2 added, codes 7-20 and further keys. */
  readonly profile: 'seed' | 'ext';
  /** How a call names who is in it: as objects, or, as 8.5.0 did, as numbers with `participantsInfo` beside them. */
  readonly callForm: '8.5.2' | '8.5.0';
  /** What `/diagnostics/version` tells. */
  readonly version: string;
  readonly authFailureHttp: 401 | 403;
  readonly csrfProtection: boolean;
  readonly crossOrigin: CrossOrigin;
  /** An HTTP session that is not used for so long is forgotten. */
  readonly sessionIdleMs: number;
  readonly sessionsMax: number;
  /** Shorter passwords are refused as too weak. */
  readonly passwordCharsMin: number;
  /** Media that cannot be had at present, such as `multimedia`; a session for them fails. */
  readonly channelsDown: readonly string[];
  /** How long a quiet CometD connect is held, and how long its client may stay away between two. */
  readonly cometdHoldMs: number;
  readonly cometdAwayMs: number;
  /** Subscriptions made so soon after a handshake that says `since` begin there. */
  readonly cometdResumesMs: number;
}

export const GWS_DEFAULTS: GwsOptions = {
  profile: 'seed',
  callForm: '8.5.2',
  version: '8.5.200.50',
  authFailureHttp: 403,
  csrfProtection: false,
  crossOrigin: {
    allowedOrigins: ['*'],
    allowedMethods: 'GET,POST,PUT,DELETE,OPTIONS',
    allowedHeaders:
      'X-Requested-With,Content-Type,Accept,Origin,Cookie,authorization,ssid,surl,ContactCenterId,X-CSRF-TOKEN',
    exposedHeaders: 'X-CSRF-HEADER,X-CSRF-TOKEN',
    preflightKeptS: 120,
  },
  sessionIdleMs: 30 * 60_000,
  sessionsMax: 50_000,
  passwordCharsMin: 8,
  channelsDown: [],
  cometdHoldMs: 30_000,
  cometdAwayMs: 30_000,
  cometdResumesMs: 5_000,
};
