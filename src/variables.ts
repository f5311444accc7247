/**
 * The variables of the environment in words, one row each: the source of `--help`, of `config print` and of
 * docs/configuration.md. What is made of them is config.ts.
 */
export interface Variable {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

export const VARIABLES: readonly Variable[] = [
  {
    name: 'LEDGERLINE_PORT',
    fallback: '8080,8090',
    meaning: 'HTTP ports, each serving everything; a default that is taken is skipped',
  },
  { name: 'LEDGERLINE_HOST', fallback: '127.0.0.1', meaning: 'address to bind' },
  {
    name: 'LEDGERLINE_TLS_CERT',
    fallback: 'unset',
    meaning: 'PEM certificate file; with LEDGERLINE_TLS_KEY: https and wss instead',
  },
  { name: 'LEDGERLINE_TLS_KEY', fallback: 'unset', meaning: 'PEM key file' },
  {
    name: 'LEDGERLINE_PROXIES',
    fallback: 'unset',
    meaning: 'addresses or ranges of proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed',
  },
  { name: 'LEDGERLINE_DATA', fallback: './data', meaning: 'everything kept on disk' },
  {
    name: 'LEDGERLINE_ARCHIVE',
    fallback: 'archive in the data folder',
    meaning: 'older generations of the log; may lie on a slower disk',
  },
  {
    name: 'LEDGERLINE_NATS_URL',
    fallback: 'unset',
    meaning: 'use this NATS server instead of the embedded one; of a cluster, its servers separated by commas',
  },
  {
    name: 'LEDGERLINE_NATS_PORT',
    fallback: '4222',
    meaning: 'port of the embedded server; 0: any free one; a default that is taken gives way to any free one',
  },
  {
    name: 'LEDGERLINE_NATS_KEY',
    fallback: 'unset',
    meaning: 'file with the nkey seed to sign in to LEDGERLINE_NATS_URL with',
  },
  {
    name: 'LEDGERLINE_NATS_REPLICAS',
    fallback: '1',
    meaning: 'servers of an outside cluster that keep a copy each of the log, when it is created: 1, 3 or 5',
  },
  {
    name: 'LEDGERLINE_NATS_LEASE_S',
    fallback: '20',
    meaning: 'seconds after which a writer that died is succeeded, on an outside server that had none before: 2 to 300',
  },
  {
    name: 'LEDGERLINE_STANDBY',
    fallback: '0',
    meaning:
      '1: while another server writes the log of LEDGERLINE_NATS_URL, follow it, and take over when that one ends; reads: and answer reads meanwhile',
  },
  {
    name: 'LEDGERLINE_NATS_WS_PORT',
    fallback: 'unset',
    meaning: 'port on which the embedded server speaks WebSocket, on LEDGERLINE_HOST and with its certificate',
  },
  {
    name: 'LEDGERLINE_NATS_WS_ORIGINS',
    fallback: 'the same origin',
    meaning: 'origins of the pages that may use it, separated by commas',
  },
  { name: 'LEDGERLINE_NATS_BIN', fallback: 'found or fetched', meaning: 'nats-server to run, 2.12.1 or newer' },
  {
    name: 'LEDGERLINE_NATS_RELEASES',
    fallback: "the project's release page",
    meaning: 'where release archives of nats-server are fetched from',
  },
  {
    name: 'LEDGERLINE_NATS_STAGING',
    fallback: '/dev/shm',
    meaning:
      'folder in memory (tmpfs) where the embedded server stages batches before it writes them; disk: in the data folder',
  },
  {
    name: 'LEDGERLINE_ASTERISK_URL',
    fallback: 'unset: a simulated network',
    meaning: 'HTTP server of the Asterisk whose telephones are used, such as http://127.0.0.1:8088',
  },
  { name: 'LEDGERLINE_ASTERISK_LOGIN', fallback: 'unset', meaning: 'file with user:password of its ari.conf' },
  { name: 'LEDGERLINE_ASTERISK_TENANT', fallback: 'unset', meaning: 'the tenant whose telephones it has' },
  {
    name: 'LEDGERLINE_ASTERISK_APP',
    fallback: 'ledgerline',
    meaning: 'name of the Stasis application that its dialplan sends calls to',
  },
  {
    name: 'LEDGERLINE_ASTERISK_LINES',
    fallback: 'PJSIP/{number}',
    meaning: 'where the telephone of a line is in it',
  },
  {
    name: 'LEDGERLINE_ASTERISK_OUTSIDE',
    fallback: 'unset: nobody outside is reached',
    meaning: 'where it reaches a number outside, such as PJSIP/{number}@trunk',
  },
  { name: 'LEDGERLINE_DEMO', fallback: '1', meaning: 'load the demo data into an empty log (loopback only)' },
  { name: 'LEDGERLINE_CLOCK', fallback: 'system', meaning: 'manual: time moves only by POST /v1/clock/advance' },
  {
    name: 'LEDGERLINE_JWT_SECRET',
    fallback: 'random, kept in the data folder',
    meaning: 'HS256 key of the XUC dialect, at least 32 bytes',
  },
  {
    name: 'LEDGERLINE_JWT_LIFETIME_S',
    fallback: '3600',
    meaning: 'seconds that a token of the XUC dialect is good for',
  },
  {
    name: 'LEDGERLINE_URI_BASE',
    fallback: 'derived from the request; fixed in the demo',
    meaning: 'base of absolute GWS uris',
  },
  {
    name: 'DEPRECATED_API_HOST',
    fallback: 'unset; 127.0.0.1,::1 in the demo',
    meaning: 'addresses that may use the XUC 1.0 API',
  },
  { name: 'LEDGERLINE_EVENT_URL', fallback: 'unset', meaning: 'XUC event webhook' },
  {
    name: 'LEDGERLINE_EVENT_FORGET',
    fallback: '0',
    meaning: '1: XUC events are posted once and forgotten; 0: until the receiver has them',
  },
  {
    name: 'LEDGERLINE_EVENT_KIND',
    fallback: 'event',
    meaning:
      'event: phone events are posted; status: the state of the telephone as a number; both: each after the other',
  },
  {
    name: 'LEDGERLINE_KERBEROS_SERVICE',
    fallback: 'unset',
    meaning: 'service of the XUC single sign-on, such as HTTP@host',
  },
  { name: 'LEDGERLINE_CAS_URL', fallback: 'unset', meaning: 'CAS server of the XUC dialect' },
  { name: 'LEDGERLINE_OIDC_ISSUER', fallback: 'unset', meaning: 'OpenID Connect issuer of the XUC dialect' },
  { name: 'LEDGERLINE_OIDC_JWKS_URL', fallback: 'unset', meaning: 'its key set' },
  { name: 'LEDGERLINE_OIDC_CLIENT_ID', fallback: 'unset', meaning: 'our client id there' },
  {
    name: 'LEDGERLINE_OIDC_LOGIN_CLAIM',
    fallback: 'preferred_username',
    meaning: 'claim of its tokens that holds the XUC login',
  },
  {
    name: 'LEDGERLINE_GWS_PROFILE',
    fallback: 'seed',
    meaning: 'seed: codes 0-6 and keys as documented; ext: codes 7-20 and extra keys, those of GMS too',
  },
  {
    name: 'LEDGERLINE_GWS_CALL_FORM',
    fallback: '8.5.2',
    meaning:
      '8.5.2: participants of a GWS call are objects; 8.5.0: numbers, and participantsInfo, for clients of that time',
  },
  { name: 'LEDGERLINE_GWS_VERSION', fallback: '8.5.200.50', meaning: 'version that /diagnostics/version tells' },
  {
    name: 'LEDGERLINE_GWS_ORIGINS',
    fallback: '*',
    meaning: 'origins whose pages may call GWS, separated by commas; * is any, or any part of a host name',
  },
  {
    name: 'LEDGERLINE_GWS_CSRF',
    fallback: '0',
    meaning: '1: GWS requests that change something need the X-CSRF-TOKEN that reads answer with, and the session',
  },
  {
    name: 'LEDGERLINE_GWS_AUTH_FAILURE',
    fallback: '403',
    meaning: '403 or 401: what GWS answers to missing or wrong credentials',
  },
  {
    name: 'LEDGERLINE_GMS_TENANT',
    fallback: 'unset; genesys in the demo',
    meaning: 'tenant that the GMS Service API serves; unset: the API is off',
  },
  {
    name: 'LEDGERLINE_GMS_OPEN',
    fallback: '0; 1 in the demo',
    meaning: '1: the Service API asks nobody to sign in, as its document has it',
  },
  {
    name: 'LEDGERLINE_GMS_ORIGINS',
    fallback: 'unset',
    meaning: 'origins whose pages may call the Service API, written as those of GWS; unset: none',
  },
  {
    name: 'LEDGERLINE_GMS_QUERY_ONE_KEY',
    fallback: 'json',
    meaning: 'json: {"key":"value"}; raw: the bare value',
  },
  {
    name: 'LEDGERLINE_WEBHOOK_ALLOW',
    fallback: 'unset',
    meaning: 'addresses or ranges (10.0.0.0/8) that webhooks may go to though they are not public, also by http',
  },
  { name: 'LEDGERLINE_LOG_LEVEL', fallback: 'info', meaning: 'fatal, error, warn, info, debug or trace' },
];
