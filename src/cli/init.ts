/**
 * `ledgerline init`: the first administrator, his token and the first tenant, as one command into an empty log. It runs
 * without a server, because nobody has a token yet; a log that holds anything is refused.
 */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Ledger } from '../composition/ledger.ts';
import { readConfig } from '../config.ts';
import { describeRejection } from '../dialects/native/rejection-words.ts';
import { mintToken } from '../identity/token.ts';
import { INSTALLATION, isToken } from '../model/actor-id.ts';
import type { Delivery } from '../model/command.ts';
import type { JsonObject } from '../model/json.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { onLedger } from './offline.ts';
import { programName, type Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly name?: string;
  readonly admin: string;
}

const COMMAND_ID = 'init';
const ADMINISTRATOR = 'administrator';
const TOKEN = 'first';

export function addInit(program: Command, terminal: Terminal): void {
  const command = program
    .command('init <tenant>')
    .description('make the first administrator and tenant of an empty installation; no server may be running on it')
    .option('--name <text>', 'what people call the tenant (default: as it is called here)')
    .option('--admin <name>', 'first and last name of the administrator', 'First Administrator')
    .action((tenant: string, flags: Flags) => init(terminal, tenant, flags));
  explained(withJson(command), [
    ['init acme --name "Acme Ltd" --admin "Ada Archer"', 'in ./data, or in LEDGERLINE_DATA'],
    ['init acme --json | jq -r .token', 'the token alone'],
  ]);
}

async function init(terminal: Terminal, tenant: string, { name, admin, json }: Flags): Promise<void> {
  if (!isToken(tenant) || tenant === INSTALLATION) {
    throw wrongUse(`"${tenant}" cannot be a tenant: write 1 to 64 letters, digits, - or _, and not "${INSTALLATION}"`);
  }
  const { secret, digest } = mintToken(randomBytes);
  const deliveries = firstRecords({ tenant, name: name ?? tenant, admin, digest });
  const begin = async ({ runtime }: Ledger): Promise<void> => {
    if (runtime.live.position > 0) {
      const message = `this installation is not empty: its log holds ${runtime.live.position} records. Nothing was changed`;
      throw new CliFailure(EXIT.failed, message, { code: 'notEmpty', position: runtime.live.position });
    }
    const command = { id: COMMAND_ID, tenant, by: 'system:init', via: 'cli', deliveries };
    const outcome = await runtime.submit(command);
    if (outcome.kind === 'rejected') {
      const { rejection } = outcome;
      throw new CliFailure(EXIT.failed, `refused: ${describeRejection(rejection)}`, { code: rejection.code });
    }
  };
  await onLedger(terminal, begin, { where: 'begins' });
  const { dataDir } = readConfig(terminal.env, terminal.cwd);
  if (json === true) return terminal.out(JSON.stringify({ tenant, user: ADMINISTRATOR, token: secret, dataDir }));
  terminal.err(`made tenant ${tenant} and its administrator in ${dataDir}; this token is shown only now:`);
  terminal.out(secret);
  terminal.err(
    [
      'Go on with:',
      `  ${startOf(terminal, dataDir)}`,
      '  export LEDGERLINE_TOKEN=<the token>',
      `  ${programName(terminal)} create users --tenant ${tenant} --help`,
    ].join('\n'),
  );
}

/** With what it was told itself, since the server has to find the same folder. */
function startOf(terminal: Terminal, dataDir: string): string {
  const { env } = terminal;
  const folder = env.LEDGERLINE_DATA ? `LEDGERLINE_DATA=${/^[\w./-]+$/.test(dataDir) ? dataDir : `'${dataDir}'`} ` : '';
  return `${folder}LEDGERLINE_DEMO=0 ${programName(terminal)} start`;
}

interface First {
  readonly tenant: string;
  readonly name: string;
  readonly admin: string;
  /** Of the token. */
  readonly digest: string;
}

function firstRecords({ tenant, name, admin, digest }: First): readonly Delivery[] {
  const [firstName = '', ...rest] = admin.trim().split(/\s+/);
  const person = { firstName, lastName: rest.join(' '), roles: ['admin'], enabled: true };
  const token = { sha256: digest, label: 'made by init', user: ADMINISTRATOR, scopes: ['admin'] };
  return [
    created(INSTALLATION, 'user', ADMINISTRATOR, person),
    created(INSTALLATION, 'token', TOKEN, token),
    created(tenant, 'tenant', tenant, { name }),
  ];
}

function created(tenant: string, kind: string, id: string, attributes: JsonObject): Delivery {
  return { to: { tenant, kind, id }, event: { type: 'create', attributes } };
}
