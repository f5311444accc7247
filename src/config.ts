/**
 * Environment -> one frozen Config. The only reader of the environment; every bound carries its unit in its name.
 * A value that cannot be used is refused by name, before anything starts.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { LedgerlineError, messageOf } from './errors.ts';
import { isToken } from './model/actor-id.ts';
import { addressRanges } from './model/addresses.ts';

export interface Config {
  readonly host: string;
  readonly ports: readonly number[];
  /** Somebody chose them: each must be free. A default one that is taken is skipped with a warning. */
  readonly portsAsked: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly dataDir: string;
  /** Older generations of the log. */
  readonly archiveDir: string;
  /** An outside NATS server or cluster; undefined: run our own. */
  readonly natsUrl: string | undefined;
  readonly natsPort: number;
  readonly natsPortAsked: boolean;
  /** File with the nkey seed to sign in to an outside server with. */
  readonly natsKeyFile: string | undefined;
  /** Servers of an outside cluster that keep a copy each of what is made there. */
  readonly natsReplicas: number;
  /** How long the right to write a log there lasts without being renewed, where nobody had it before. */
  readonly natsLeaseS: number;
  /** While another process writes the log there: follow it and wait, instead of ending; and whether to answer reads meanwhile. */
  readonly standsBy: 'no' | 'idle' | 'reading';
  /** Where browsers reach the embedded server; undefined: nowhere. */
  readonly natsWebSocket: { readonly port: number; readonly origins: readonly string[] } | undefined;
  readonly natsBinary: string | undefined;
  readonly natsReleaseBase: string | undefined;
  /** A folder on a tmpfs; undefined: on disk, too. */
  readonly natsStaging: string | undefined;
  /** The switch; undefined: a simulated telephone network. */
  readonly asterisk:
    | {
        readonly url: string;
        /** File with `user:password`. */
        readonly loginFile: string;
        readonly tenant: string;
        readonly app: string;
        readonly lines: string;
        readonly outside: string | undefined;
      }
    | undefined;
  readonly demo: boolean;
  readonly clock: 'system' | 'manual';
  readonly jwtSecret: string | undefined;
  /** Of the tokens of XUC. */
  readonly jwtLifetimeS: number;
  readonly uriBase: string | undefined;
  /** XUC 1.0 allow-list; empty: nobody. */
  readonly deprecatedApiHosts: readonly string[];
  readonly eventUrl: string | undefined;
  /** XUC events are posted once and forgotten, instead of until the receiver has them. */
  readonly eventsForgotten: boolean;
  /** What is posted of them: phone events, the status of the telephone as a number, or both. */
  readonly eventKind: 'event' | 'status' | 'both';
  /** Such as `HTTP@host`; undefined: no single sign-on by Kerberos. */
  readonly kerberosService: string | undefined;
  readonly casUrl: string | undefined;
  readonly oidc:
    | { readonly issuer: string; readonly jwksUrl: string; readonly clientId: string; readonly loginClaim: string }
    | undefined;
  readonly gwsProfile: 'seed' | 'ext';
  readonly gwsCallForm: '8.5.2' | '8.5.0';
  readonly gwsVersion: string;
  readonly gwsOrigins: readonly string[];
  readonly gwsCsrf: boolean;
  readonly gwsAuthFailure: 401 | 403;
  /** The Service API; undefined: it is not served. `open`: without signing in. */
  readonly gms:
    | {
        readonly tenant: string;
        readonly open: boolean;
        readonly origins: readonly string[];
        readonly queryOneKey: 'json' | 'raw';
      }
    | undefined;
  readonly logLevel: string;
  /** Addresses and ranges that webhooks may go to though they are not public. */
  readonly webhookAllow: readonly string[];
  /** Addresses and ranges of proxies whose word for who asks is believed. */
  readonly proxies: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
const DEMO_URI_BASE = 'http://127.0.0.1/cloud-web/api/v2';

/** True where what is served is plain to see for whoever is between: other machines get it, without TLS here or in a proxy. */
export function isPlainToOthers({ host, tls, proxies }: Pick<Config, 'host' | 'tls' | 'proxies'>): boolean {
  return !LOOPBACK.includes(host) && tls === undefined && proxies.length === 0;
}

export function readConfig(env: Environment, cwd: string): Config {
  const text = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);
  const word = <const Word extends string>(name: string, fallback: NoInfer<Word>, words: readonly Word[]) =>
    oneOf(name, text(name) ?? fallback, words);
  const yes = (name: string, fallback: boolean) => word(name, fallback ? '1' : '0', ['0', '1']) === '1';
  const host = text('LEDGERLINE_HOST') ?? '127.0.0.1';
  const demo = yes('LEDGERLINE_DEMO', true) && LOOPBACK.includes(host);
  const dataDir = resolve(cwd, text('LEDGERLINE_DATA') ?? 'data');
  const natsUrl = text('LEDGERLINE_NATS_URL');
  const clock = word('LEDGERLINE_CLOCK', 'system', ['system', 'manual']);
  return Object.freeze({
    host,
    ports: (text('LEDGERLINE_PORT') ?? '8080,8090').split(',').map((port) => portOf('LEDGERLINE_PORT', port.trim())),
    portsAsked: text('LEDGERLINE_PORT') !== undefined,
    tls: tlsOf(text('LEDGERLINE_TLS_CERT'), text('LEDGERLINE_TLS_KEY')),
    dataDir,
    archiveDir: resolve(cwd, text('LEDGERLINE_ARCHIVE') ?? join(dataDir, 'archive')),
    natsUrl,
    natsPort: portOf('LEDGERLINE_NATS_PORT', text('LEDGERLINE_NATS_PORT') ?? '4222'),
    natsPortAsked: text('LEDGERLINE_NATS_PORT') !== undefined,
    natsKeyFile: text('LEDGERLINE_NATS_KEY'),
    natsReplicas: Number(word('LEDGERLINE_NATS_REPLICAS', '1', ['1', '3', '5'])),
    natsLeaseS: secondsOf('LEDGERLINE_NATS_LEASE_S', text('LEDGERLINE_NATS_LEASE_S') ?? '20', LEASE_S),
    standsBy: standbyOf(word('LEDGERLINE_STANDBY', '0', ['0', '1', 'reads']), { natsUrl, clock }),
    natsWebSocket: webSocketOf(text('LEDGERLINE_NATS_WS_PORT'), text('LEDGERLINE_NATS_WS_ORIGINS')),
    natsBinary: text('LEDGERLINE_NATS_BIN'),
    natsReleaseBase: text('LEDGERLINE_NATS_RELEASES'),
    natsStaging: stagingOf(text('LEDGERLINE_NATS_STAGING')),
    asterisk: asteriskOf({
      url: urlOf('LEDGERLINE_ASTERISK_URL', text('LEDGERLINE_ASTERISK_URL')),
      loginFile: text('LEDGERLINE_ASTERISK_LOGIN'),
      tenant: text('LEDGERLINE_ASTERISK_TENANT'),
      app: text('LEDGERLINE_ASTERISK_APP'),
      lines: text('LEDGERLINE_ASTERISK_LINES'),
      outside: text('LEDGERLINE_ASTERISK_OUTSIDE'),
    }),
    demo,
    clock,
    jwtSecret: secretOf(text('LEDGERLINE_JWT_SECRET')),
    jwtLifetimeS: secondsOf('LEDGERLINE_JWT_LIFETIME_S', text('LEDGERLINE_JWT_LIFETIME_S') ?? '3600', LIFETIME_S),
    uriBase: urlOf('LEDGERLINE_URI_BASE', text('LEDGERLINE_URI_BASE')) ?? (demo ? DEMO_URI_BASE : undefined),
    // Set but empty means nobody, also in the demo.
    deprecatedApiHosts: listOf(env.DEPRECATED_API_HOST ?? (demo ? '127.0.0.1,::1' : '')),
    eventUrl: urlOf('LEDGERLINE_EVENT_URL', text('LEDGERLINE_EVENT_URL')),
    eventsForgotten: yes('LEDGERLINE_EVENT_FORGET', false),
    eventKind: word('LEDGERLINE_EVENT_KIND', 'event', ['event', 'status', 'both']),
    kerberosService: text('LEDGERLINE_KERBEROS_SERVICE'),
    casUrl: urlOf('LEDGERLINE_CAS_URL', text('LEDGERLINE_CAS_URL')),
    oidc: oidcOf({
      issuer: text('LEDGERLINE_OIDC_ISSUER'),
      jwksUrl: text('LEDGERLINE_OIDC_JWKS_URL'),
      clientId: text('LEDGERLINE_OIDC_CLIENT_ID'),
      loginClaim: text('LEDGERLINE_OIDC_LOGIN_CLAIM'),
    }),
    gwsProfile: word('LEDGERLINE_GWS_PROFILE', 'seed', ['seed', 'ext']),
    gwsCallForm: word('LEDGERLINE_GWS_CALL_FORM', '8.5.2', ['8.5.2', '8.5.0']),
    gwsVersion: text('LEDGERLINE_GWS_VERSION') ?? '8.5.200.50',
    gwsOrigins: listOf(text('LEDGERLINE_GWS_ORIGINS') ?? '*'),
    gwsCsrf: yes('LEDGERLINE_GWS_CSRF', false),
    gwsAuthFailure: word('LEDGERLINE_GWS_AUTH_FAILURE', '403', ['401', '403']) === '401' ? 401 : 403,
    gms: gmsOf(text('LEDGERLINE_GMS_TENANT') ?? (demo ? 'genesys' : undefined), {
      open: yes('LEDGERLINE_GMS_OPEN', demo),
      origins: listOf(text('LEDGERLINE_GMS_ORIGINS') ?? ''),
      queryOneKey: word('LEDGERLINE_GMS_QUERY_ONE_KEY', 'json', ['json', 'raw']),
    }),
    webhookAllow: rangesOf('LEDGERLINE_WEBHOOK_ALLOW', text('LEDGERLINE_WEBHOOK_ALLOW')),
    proxies: rangesOf('LEDGERLINE_PROXIES', text('LEDGERLINE_PROXIES')),
    logLevel: word('LEDGERLINE_LOG_LEVEL', 'info', LOG_LEVELS),
  });
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

function bad(name: string, problem: string): LedgerlineError {
  return new LedgerlineError('badConfiguration', `${name}: ${problem}`, { variable: name });
}

function oneOf<const Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw bad(name, `"${value}" is not one of ${words.join(', ')}`);
  return word;
}

function gmsOf(tenant: string | undefined, options: Omit<NonNullable<Config['gms']>, 'tenant'>): Config['gms'] {
  if (tenant !== undefined && !isToken(tenant))
    throw bad('LEDGERLINE_GMS_TENANT', `"${tenant}" is no name of a tenant`);
  return tenant === undefined ? undefined : { tenant, ...options };
}

function portOf(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw bad(name, `"${value}" is not a port`);
  return port;
}

function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Addresses and ranges of them, as they were written. */
function rangesOf(name: string, value = ''): readonly string[] {
  const ranges = listOf(value);
  try {
    addressRanges(ranges);
  } catch (error) {
    throw bad(name, messageOf(error));
  }
  return ranges;
}

function tlsOf(certFile: string | undefined, keyFile: string | undefined): Config['tls'] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw bad('LEDGERLINE_TLS_CERT', 'is needed with LEDGERLINE_TLS_KEY');
  if (keyFile === undefined) throw bad('LEDGERLINE_TLS_KEY', 'is needed with LEDGERLINE_TLS_CERT');
  return { certFile, keyFile };
}

function webSocketOf(port: string | undefined, origins: string | undefined): Config['natsWebSocket'] {
  if (port !== undefined) return { port: portOf('LEDGERLINE_NATS_WS_PORT', port), origins: listOf(origins ?? '') };
  if (origins !== undefined) throw bad('LEDGERLINE_NATS_WS_PORT', 'is needed with LEDGERLINE_NATS_WS_ORIGINS');
  return undefined;
}

function stagingOf(folder = '/dev/shm'): string | undefined {
  if (folder === 'disk') return undefined;
  if (!isAbsolute(folder)) throw bad('LEDGERLINE_NATS_STAGING', `"${folder}" is neither disk nor an absolute path`);
  return folder;
}

function secretOf(secret: string | undefined): string | undefined {
  if (secret !== undefined && Buffer.byteLength(secret) < 32)
    throw bad('LEDGERLINE_JWT_SECRET', 'needs at least 32 bytes');
  return secret;
}

const LIFETIME_S: Bounds = { least: 1, most: 31_536_000 };
const LEASE_S: Bounds = { least: 2, most: 300 };

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function secondsOf(name: string, value: string, { least, most }: Bounds): number {
  const seconds = /^[1-9]\d{0,8}$/.test(value) ? Number(value) : Number.NaN;
  if (!(least <= seconds && seconds <= most))
    throw bad(name, `"${value}" is no number of seconds from ${least} to ${most}`);
  return seconds;
}

function standbyOf(
  asked: '0' | '1' | 'reads',
  { natsUrl, clock }: Pick<Config, 'natsUrl' | 'clock'>,
): Config['standsBy'] {
  if (asked === '0') return 'no';
  if (natsUrl === undefined) throw bad('LEDGERLINE_STANDBY', 'needs LEDGERLINE_NATS_URL');
  if (clock === 'manual') throw bad('LEDGERLINE_STANDBY', 'goes by no clock of its own: unset LEDGERLINE_CLOCK');
  return asked === '1' ? 'idle' : 'reading';
}

function urlOf(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw bad(name, `"${value}" is not an http(s) address`);
  return value;
}

type MaybeAsterisk = { readonly [Part in keyof NonNullable<Config['asterisk']>]: string | undefined };

function asteriskOf(given: MaybeAsterisk): Config['asterisk'] {
  const { url, loginFile, tenant, app = 'ledgerline', lines = 'PJSIP/{number}', outside } = given;
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  const needed = (name: string) => bad(name, 'is needed with the other LEDGERLINE_ASTERISK variables');
  if (url === undefined) throw needed('LEDGERLINE_ASTERISK_URL');
  if (loginFile === undefined) throw needed('LEDGERLINE_ASTERISK_LOGIN');
  if (tenant === undefined) throw needed('LEDGERLINE_ASTERISK_TENANT');
  if (!isToken(app)) throw bad('LEDGERLINE_ASTERISK_APP', `"${app}" is not made of letters, digits, - and _`);
  const patterns = { LEDGERLINE_ASTERISK_LINES: lines, LEDGERLINE_ASTERISK_OUTSIDE: outside };
  for (const [name, pattern] of Object.entries(patterns))
    if (pattern !== undefined && !ENDPOINTS.test(pattern)) throw bad(name, `"${pattern}" is not like PJSIP/{number}`);
  return { url, loginFile, tenant, app, lines, outside };
}

/** Technology and resource of an Asterisk, with the number's place in it. */
const ENDPOINTS = /^[A-Za-z]+\/[^{}\s]*\{number\}[^{}\s]*$/;

type MaybeOidc = { readonly [Part in keyof NonNullable<Config['oidc']>]: string | undefined };

function oidcOf(given: MaybeOidc): Config['oidc'] {
  const { issuer, jwksUrl, clientId, loginClaim = 'preferred_username' } = given;
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  if (issuer === undefined) throw bad('LEDGERLINE_OIDC_ISSUER', 'is needed with the other LEDGERLINE_OIDC variables');
  if (jwksUrl === undefined)
    throw bad('LEDGERLINE_OIDC_JWKS_URL', 'is needed with the other LEDGERLINE_OIDC variables');
  if (clientId === undefined)
    throw bad('LEDGERLINE_OIDC_CLIENT_ID', 'is needed with the other LEDGERLINE_OIDC variables');
  return { issuer, jwksUrl: urlOf('LEDGERLINE_OIDC_JWKS_URL', jwksUrl) ?? jwksUrl, clientId, loginClaim };
}
