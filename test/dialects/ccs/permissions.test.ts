/**
 * Who may do what: every request of the document, asked with each permission alone (beside `API`) by users of both levels.
 * The table is the contract's (1.3), written down a second time.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERMISSIONS, type Permission } from '../../../src/identity/permissions.ts';
import { digestOf } from '../../../src/model/digest.ts';
import { EXTENSION_101, type GivenCcs, givenCcs, LUNCHLAB } from './given.ts';

type Level = 'telco' | 'tenant';
/** What a user who holds the permission is answered: something, nothing, or that he has no tenant or extension. */
type Verdict = 'served' | 'refused' | 'Tenant not specified' | 'No extension for user';

interface Row {
  readonly section: string;
  readonly line: string;
  readonly body?: object;
  readonly permissions: readonly Permission[];
  readonly telco: Verdict;
  readonly tenant: Verdict;
}

const VIEW: readonly Permission[] = ['Tenants View', 'Tenant Edit'];
const EDIT: readonly Permission[] = ['Tenant Edit'];
const ACDS: readonly Permission[] = ['Voice IQs View', 'Voice OQs View', 'Conditional Routes View', 'VRQs View'];
const AGENTS: readonly Permission[] = ['Agent Control'];
const CALLS: readonly Permission[] = ['Call Control'];
const ANN = `${LUNCHLAB}/extensions/${EXTENSION_101}`;
const both = { telco: 'served', tenant: 'served' } as const;
const telcoOnly = { telco: 'served', tenant: 'refused' } as const;
const tenantOnly = { telco: 'refused', tenant: 'served' } as const;
const ofAccount = { telco: 'Tenant not specified', tenant: 'served' } as const;
const row = (section: string, line: string, permissions: readonly Permission[], levels: Pick<Row, Level>): Row => ({
  section,
  line,
  permissions,
  ...levels,
});
const asking = (request: string, base: Row): Row => ({ ...base, body: { request } });

const ROWS: readonly Row[] = [
  row('4.1', 'GET /products/', EDIT, telcoOnly),
  row('4.2', 'GET /roles/', EDIT, telcoOnly),
  row('4.3', 'GET /tenants', VIEW, both),
  row('4.4', `GET ${LUNCHLAB}`, VIEW, both),
  row('4.5', `GET ${LUNCHLAB}/roles`, VIEW, both),
  row('4.6', 'GET /acds', ACDS, ofAccount),
  row('4.6', `GET ${LUNCHLAB}/acds`, ACDS, both),
  row('4.7', `GET ${LUNCHLAB}/presence_options`, VIEW, both),
  row('4.8', `GET ${LUNCHLAB}/extensions`, VIEW, both),
  row('4.8', 'GET /extensions', VIEW, ofAccount),
  row('4.9', `GET ${LUNCHLAB}/text_count`, VIEW, telcoOnly),
  asking('reset_counter', row('4.10', `POST ${LUNCHLAB}/text_count`, VIEW, telcoOnly)),
  asking('add_product', row('4.11', `POST ${LUNCHLAB}`, EDIT, telcoOnly)),
  asking('delete_product', row('4.12', `POST ${LUNCHLAB}`, EDIT, telcoOnly)),
  { ...row('4.13', `PUT ${LUNCHLAB}`, EDIT, telcoOnly), body: {} },
  { ...row('4.14', `PUT ${ANN}/`, EDIT, both), body: {} },
  row('4.15', `GET ${ANN}/agent_state`, AGENTS, telcoOnly),
  asking('updateAgentState', row('4.16', `POST ${ANN}`, AGENTS, telcoOnly)),
  asking(
    'updateAgentState',
    row('4.17', 'POST /agent_state', AGENTS, { telco: 'No extension for user', tenant: 'served' }),
  ),
  asking('updateAgentState', row('4.18', `POST /extensions/${EXTENSION_101}`, AGENTS, ofAccount)),
  row('4.19', 'GET /calls', ['Calls Listing View'], tenantOnly),
  row('4.20', 'GET /calls/NOSUCHCALL', ['Calls View'], tenantOnly),
  row('4.21', 'GET /calls/filter', ['Calls View'], tenantOnly),
  ...['startSuppression', 'stopSuppression', 'kill', 'wait_transfer', 'wait_redirect', 'wait_kill'].map(
    (request, index) => asking(request, row(`4.${22 + index}`, 'POST /calls/NOSUCHCALL', CALLS, tenantOnly)),
  ),
  asking('dial', row('4.28', `POST ${ANN}`, CALLS, tenantOnly)),
];

let ccs: GivenCcs;
beforeAll(async () => {
  ccs = await givenCcs();
  for (const level of ['telco', 'tenant'] as const)
    for (const permissions of [
      ...PERMISSIONS.map((one) => ['API', one]),
      ['API'],
      PERMISSIONS.filter((one) => one !== 'API'),
    ])
      await token(level, permissions);
});
afterAll(() => ccs.stop());

const nameOf = (level: Level, permissions: readonly string[]): string =>
  `${level} ${permissions.join()}`.replaceAll(' ', '-');

async function token(level: Level, permissions: readonly string[]): Promise<void> {
  const name = nameOf(level, permissions);
  const tenant = level === 'telco' ? 'installation' : 'lunchlab';
  const reach = level === 'telco' ? { telco: 'northline' } : { extension: '101' };
  await ccs.world.record(tenant, {
    to: { tenant, kind: 'token', id: name },
    event: { type: 'create', attributes: { sha256: digestOf(name), permissions, ...reach } },
  });
}

async function verdictOf({ line, body }: Row, as: string): Promise<Verdict> {
  const answer = await ccs.ask(line, { as, ...(body === undefined ? {} : { body }) });
  if (answer.status !== 401) {
    const { reason } = answer.body;
    return reason === 'Tenant not specified' || reason === 'No extension for user' ? reason : 'served';
  }
  expect(answer.body).toEqual({ status: 401, reason: 'Unauthorized' });
  return 'refused';
}

describe.each(['telco', 'tenant'] as const)('a %s user', (level) => {
  test.each(ROWS.map((one) => [one.section, one.line, one] as const))('of %s, %s', async (_section, _line, one) => {
    const verdicts = new Map<string, Verdict>();
    for (const permission of PERMISSIONS)
      verdicts.set(permission, await verdictOf(one, nameOf(level, ['API', permission])));
    const expected = PERMISSIONS.map((permission): [string, Verdict] => [
      permission,
      one.permissions.includes(permission) ? one[level] : 'refused',
    ]);
    expect([...verdicts]).toEqual(expected);
  });

  test.each(ROWS.map((one) => [one.section, one.line, one] as const))('needs API for %s, %s', async (_s, _l, one) => {
    const all = PERMISSIONS.filter((permission) => permission !== 'API');
    expect(await verdictOf(one, nameOf(level, all))).toBe('refused');
  });
});
