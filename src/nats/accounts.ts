/**
 * Accounts of the NATS server, as configuration text (JSON, which is a part of the server's own language). The log lives in
 * the account `LEDGER`, whose user is Ledgerline itself. Every consumer outside has an account of its own, into which its
 * records and the way back, for its acknowledgements and for asking to go on, are exported: allow-lists only, and no grant on
 * `$JS.API`.
 */
import {
  ackSubjectsOf,
  consumerNameOf,
  deliverSubjectOf,
  liveSubjectsOf,
  type OutsideScope,
  resumeSubjectOf,
} from '../log/outside-subjects.ts';

export interface AccountGrant extends OutsideScope {
  readonly publicKey: string;
}

export interface WebSocketListener {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Of the pages that may connect; none: only pages of the same origin. */
  readonly origins: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

export interface ServerConf {
  /** The repository's nats.conf, relative to the file this becomes. */
  readonly base: string;
  /** Public key of Ledgerline's own user. */
  readonly ledgerKey: string;
  readonly grants: readonly AccountGrant[];
  /** Password of the user that stands for everybody who gives no name; nobody needs to know it. Absent: a name is needed. */
  readonly openPassword?: string;
  readonly webSocket?: WebSocketListener;
}

export const LEDGER_ACCOUNT = 'LEDGER';
const OPEN_USER = 'anybody';

export function serverConfOf({ base, ledgerKey, grants, openPassword, webSocket }: ServerConf): string {
  const open = openPassword === undefined ? [] : [{ user: OPEN_USER, password: openPassword }];
  const ledger = { jetstream: 'enabled', users: [{ nkey: ledgerKey }, ...open], exports: grants.flatMap(exportsOf) };
  const accounts = {
    [LEDGER_ACCOUNT]: ledger,
    ...Object.fromEntries(grants.map((one) => [nameOf(one), accountOf(one)])),
  };
  return [
    '# Written by Ledgerline whenever its consumers change: do not edit.',
    `include ${JSON.stringify(base)}`,
    `accounts: ${JSON.stringify(accounts, null, 2)}`,
    ...(openPassword === undefined ? [] : [`no_auth_user: ${OPEN_USER}`]),
    ...(webSocket === undefined ? [] : [`websocket: ${JSON.stringify(webSocketOf(webSocket), null, 2)}`]),
    '',
  ].join('\n');
}

/** What a server that is not ours must have for one consumer, beside what it has for the log's own account. */
export function accountsTextOf(grant: AccountGrant): string {
  return [
    `# Add to the exports of the account of the log, which is called ${LEDGER_ACCOUNT} here:`,
    ...exportsOf(grant).map((one) => JSON.stringify(one)),
    '# Add to the accounts:',
    `${JSON.stringify(nameOf(grant))}: ${JSON.stringify(accountOf(grant), null, 2)}`,
  ].join('\n');
}

function nameOf(grant: AccountGrant): string {
  return `OUTSIDE=${consumerNameOf(grant)}`;
}

function streamsOf(grant: AccountGrant): readonly string[] {
  return [...liveSubjectsOf(grant), deliverSubjectOf(grant, '*')];
}

function servicesOf(grant: AccountGrant): readonly string[] {
  return [resumeSubjectOf(grant), ...ackSubjectsOf(grant)];
}

/** Where a consumer gets the answers to its own requests; nobody else publishes in its account. */
const REPLIES = '_INBOX.*.*';

function exportsOf(grant: AccountGrant): readonly object[] {
  const accounts = [nameOf(grant)];
  return [
    ...streamsOf(grant).map((stream) => ({ stream, accounts })),
    ...servicesOf(grant).map((service) => ({ service, accounts })),
  ];
}

function accountOf(grant: AccountGrant): object {
  const account = LEDGER_ACCOUNT;
  const permissions = {
    publish: { allow: servicesOf(grant) },
    subscribe: { allow: [...streamsOf(grant), REPLIES] },
  };
  return {
    users: [{ nkey: grant.publicKey, permissions }],
    imports: [
      ...streamsOf(grant).map((subject) => ({ stream: { account, subject } })),
      ...servicesOf(grant).map((subject) => ({ service: { account, subject } })),
    ],
  };
}

function webSocketOf({ host, port, origins, tls }: WebSocketListener): object {
  return {
    host,
    port: port === 0 ? -1 : port,
    ...(tls === undefined ? { no_tls: true } : { tls: { cert_file: tls.certFile, key_file: tls.keyFile } }),
    ...(origins.length === 0 ? { same_origin: true } : { allowed_origins: origins }),
  };
}
