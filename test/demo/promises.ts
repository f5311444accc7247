/**
 * What the demo contact centre promises, as data: who may do what, and what each printed example finds. Only what no
 * conformance case asks for by its own example is repeated here.
 */

const CCSLAB15 = '/6/v2/api/tenants/327241fd-1234-46fe-9276-cc65dac6feae';
const LUNCHLAB = '/6/v2/api/tenants/c255052e-c560-4340-b73e-675eabc3aed3';
const EXTENSIONS = {
  reese: { uuid: 'az123456-7c49-49a8-80fc-ae173a422a36', extension: '114', firstname: 'Reese', lastname: 'Nath' },
  sonny: { uuid: 'az123456-57be-4919-aa73-b2e6341fe461', extension: '113', firstname: 'Sonny', lastname: 'Patel' },
  rob: { uuid: 'az123456-7bee-4351-bcd6-ecc2d8620b83', extension: '112', firstname: 'Rob', lastname: 'Masters' },
};

/** Every access token of CCS: where it is at home, its extension, and its permissions; `all` stands for each there is. */
export const TOKENS: readonly (readonly [
  token: string,
  home: string,
  extension: string | undefined,
  permissions: readonly string[] | 'all' | 'all but API',
])[] = [
  ['demo-telco', 'broadview', undefined, 'all'],
  ['demo-telco-north', 'northline', undefined, 'all'],
  ['demo-tenant', 'ccslab15', '114', 'all'],
  ['demo-tenant-lunch', 'lunchlab', '101', 'all'],
  ['demo-api-only', 'ccslab15', '113', ['API']],
  ['demo-no-api', 'ccslab15', '113', 'all but API'],
  ['demo-tenants-view', 'broadview', undefined, ['API', 'Tenants View']],
  ['demo-tenant-edit', 'broadview', undefined, ['API', 'Tenant Edit']],
  ['demo-oq-view', 'lunchlab', '103', ['API', 'Voice OQs View']],
  ['demo-iq-view', 'ccslab15', '112', ['API', 'Voice IQs View']],
  ['demo-calls-view', 'ccslab15', '112', ['API', 'Calls View']],
  ['demo-agent-control', 'northline', undefined, ['API', 'Agent Control']],
  ['demo-no-extension', 'ccslab15', undefined, 'all'],
  ['demo-agent-events', 'lunchlab', undefined, ['Agent Events']],
  ['demo-call-events', 'lunchlab', undefined, ['Call Events']],
  ['demo-queue-events', 'lunchlab', undefined, ['Inbound Queue Events']],
  ['demo-no-events', 'lunchlab', undefined, ['API']],
];

/** Dialect, name, password, and the tenant one is in then. */
export const PASSWORDS: readonly (readonly [dialect: string, name: string, password: string, tenant: string])[] = [
  ['gws', 'rnath', '', 'ccslab15'],
  ['gws', 'spatel', '', 'ccslab15'],
  ['xuc', 'rnath', 'rnath', 'ccslab15'],
  ['xuc', 'spatel', 'spatel', 'ccslab15'],
  ['xuc', 'alicej', 'pw', 'avencall'],
  ['xuc', 'bruce', 'bruce', 'avencall'],
  ['xuc', 'cquefia', 'cquefia', 'avencall'],
  ['xuc', 'john', 'john', 'avencall'],
  ['xuc', 'vmachin', 'vmachin', 'avencall'],
  ['gws', 'ksippo', '', 'genesys'],
  ['gws', 'peer', '', 'genesys'],
  ['gws', 'third', '', 'genesys'],
  ['gws', 'admin', 'admin1', 'genesys'],
];

export interface PromisedLine {
  readonly tenant: string;
  readonly line: string;
  /** Who sits there; absent for a line that is nobody's. */
  readonly agent?: string;
  /** His agent number in XUC, if he has one. */
  readonly agentNumber?: string;
}

export const LINES: readonly PromisedLine[] = [
  { tenant: 'ccslab15', line: '114', agent: 'rnath', agentNumber: '8114' },
  { tenant: 'ccslab15', line: '113', agent: 'spatel', agentNumber: '8113' },
  { tenant: 'ccslab15', line: '112', agent: 'rmasters' },
  { tenant: 'lunchlab', line: '101', agent: 'aarcher' },
  { tenant: 'lunchlab', line: '102', agent: 'bbaker' },
  { tenant: 'lunchlab', line: '103', agent: 'ccole' },
  { tenant: 'avencall', line: '1058', agent: 'alicej', agentNumber: '8000' },
  { tenant: 'avencall', line: '1059', agent: 'bruce', agentNumber: '8001' },
  { tenant: 'avencall', line: '1060', agent: 'cquefia', agentNumber: '8002' },
  { tenant: 'avencall', line: '1101', agent: 'john' },
  { tenant: 'avencall', line: '1002' },
  { tenant: 'avencall', line: '1102' },
  { tenant: 'avencall', line: '3000' },
  { tenant: 'genesys', line: '15000', agent: 'ksippo' },
  { tenant: 'genesys', line: '15001', agent: 'peer' },
  { tenant: 'genesys', line: '15002', agent: 'third' },
];

/** Tenant, number dialled, queue it leads to, who answers its calls. */
export const QUEUES: readonly (readonly [tenant: string, number: string, name: string, members: readonly string[]])[] =
  [
    ['ccslab15', '387', 'Q3878', ['rnath', 'spatel', 'rmasters']],
    ['ccslab15', '386', 'Q386', ['rnath', 'spatel', 'rmasters']],
    ['lunchlab', '200', 'Q200', ['aarcher', 'bbaker', 'ccole']],
    ['lunchlab', '210', 'Q210', ['aarcher', 'bbaker', 'ccole']],
    ['avencall', '2001', 'support', ['alicej', 'bruce']],
    ['avencall', '2005', 'sales', ['alicej', 'bruce']],
    ['genesys', '8000', 'callback', ['ksippo', 'peer', 'third']],
    ['genesys', '8003449999', 'callback', ['ksippo', 'peer', 'third']],
  ];

export interface Found {
  /** A sentence's end: "… finds <what>". */
  readonly what: string;
  readonly request: string;
  /** A token of CCS, or `name:password` of GWS. */
  readonly as?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly has: object;
}

export const FOUND: readonly Found[] = [
  ...[
    'az123456-53d6-48e2-85cd-f8d6bde10fd9',
    '327241fd-1234-46fe-9276-cc65dac6feae',
    '81bf95ea-53d6-48e2-85cd-f8d6bde10fd9',
  ].map((uuid) => ({
    what: `the CCS tenant as ${uuid}`,
    request: `GET /6/v2/api/tenants/${uuid}`,
    as: 'demo-telco',
    has: {
      sil_tenant_name: 'CCSLab15',
      telco_id: { uuid: 'az123456-eee4-46f5-baf9-a9d661bfa92a', name: 'Broadview' },
    },
  })),
  {
    what: 'the telco of the other CCS tenant',
    request: `GET ${LUNCHLAB}`,
    as: 'demo-telco-north',
    has: { telco_id: { uuid: 'az123456-0000-4000-8000-000000000001', name: 'Northline' } },
  },
  {
    what: 'every product of the installation',
    request: 'GET /6/v2/api/products',
    as: 'demo-telco',
    has: {
      items: [
        { name: '+AG' },
        { name: 'AllPermissions-Product' },
        { name: 'Jerin_product' },
        { name: 'CCA,EM ph' },
        { name: 'Campaign', uuid: 'az123456-7a90-4e41-a91d-19c8e35e81ef' },
        { name: 'ECR,ACP', uuid: 'az123456-8cd5-4f06-9b23-af8c1283c4c6' },
        { name: 'Recording', uuid: 'c4389d99-1434-42ca-98ab-b5803b9b608d' },
      ],
    },
  },
  {
    what: 'the texts that were counted',
    request: `GET ${CCSLAB15}/text_count`,
    as: 'demo-telco',
    has: { sms_count: '12', mms_count: '3' },
  },
  {
    what: 'the extensions of the CCS examples, in their order',
    request: `GET ${CCSLAB15}/extensions`,
    as: 'demo-telco',
    has: { items: [EXTENSIONS.reese, EXTENSIONS.sonny, EXTENSIONS.rob] },
  },
  {
    what: 'the presence options of the other CCS tenant',
    request: `GET ${LUNCHLAB}/presence_options`,
    as: 'demo-telco-north',
    has: {
      items: [
        { name: 'Lunch Break', type: 'away' },
        { name: 'Coffee Break', type: 'away' },
        { name: 'Sign Out', type: 'sign_out' },
      ],
    },
  },
  {
    what: 'its queues, the outbound one too',
    request: `GET ${LUNCHLAB}/acds`,
    as: 'demo-telco-north',
    has: {
      items: [
        [
          { name: 'Q200', extension: '200' },
          { name: 'Q210', extension: '210', uuid: 'az123456-f645-47b6-bd71-e9f493ff8ac9' },
          { name: 'OB1', type: 'voice_outbound_queues', uuid: 'az123456-c0ed-42b7-8e8c-d50c4991828c' },
        ],
      ],
    },
  },
  {
    what: 'the CCS call of 2021',
    request:
      'GET /6/v2/api/calls/filter?calling_number=501&called_number=101&from_datetime=2021-10-07T07:22:21&to_datetime=2021-10-07T07:22:59',
    as: 'demo-tenant-lunch',
    has: {
      items: [
        {
          call_id: '0AS9DD02LEMUI',
          state: 'ended',
          start_time: '2021-10-07T07:22:22',
          end_time: '2021-10-07T07:22:53',
        },
      ],
    },
  },
  {
    what: 'the XUC calls of 2018',
    request: 'GET /xuc/api/1.0/historyByUsername/avencall.com/bruce?size=10',
    has: [
      { start: '2018-09-20 17:38:41', srcUsername: 'bruce', dstUsername: 'alicej' },
      { start: '2018-09-20 17:19:40', srcUsername: 'bruce', dstUsername: 'cquefia' },
      { start: '2018-09-20 17:15:00', srcUsername: 'cquefia', dstUsername: 'bruce' },
      { start: '2018-09-20 17:14:16', srcUsername: 'cquefia', dstUsername: 'bruce' },
    ],
  },
  {
    what: 'Kristi Sippola by her id',
    request: 'GET /api/v2/me?fields=*',
    as: 'ksippo:',
    has: { user: { id: '63630bbebf4840d7a0bffd6312bc29ff', firstName: 'Kristi', lastName: 'Sippola' } },
  },
  {
    what: 'her device',
    request: 'GET /api/v2/me/devices?fields=*',
    as: 'ksippo:',
    has: { devices: [{ id: '7542eb95-8f1c-4b90-bb2a-1b34578a4627', phoneNumber: '15000' }] },
  },
  {
    what: 'the extension of Reese Nath as his GWS device',
    request: 'GET /api/v2/me/devices?fields=*',
    as: 'rnath:',
    has: { devices: [{ phoneNumber: '114', userState: { displayName: 'Offline' } }] },
  },
  {
    what: 'no device of the administrator',
    request: 'GET /api/v2/me/devices?fields=*',
    as: 'admin:admin1',
    has: { devices: [] },
  },
  {
    what: 'the skills of GWS',
    request: 'GET /api/v2/skills?fields=*',
    as: 'admin:admin1',
    has: {
      skills: [
        { id: 'K1', name: 'English' },
        { id: 'K2', name: 'Billing' },
      ],
    },
  },
  {
    what: 'the version of GWS',
    request: 'GET /api/v2/diagnostics/version',
    has: { version: '8.5.200.50' },
  },
  {
    what: 'the stored GMS service',
    request: 'GET /genesys/1/service/efef8eb61-1f24-593d-90da-0034aca34b55/storage',
    has: { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8' },
  },
  ...['request-interaction', 'app-to-connect-basic', 'short-lived'].map((name) => ({
    what: `the access number behind ${name}`,
    request: `POST /genesys/1/service/${name}`,
    form: { _provide_code: 'true' },
    has: { _access_number: '8003449999' },
  })),
];
