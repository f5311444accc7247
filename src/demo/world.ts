/**
 * The demo contact centre (shared/contracts/demo.md), as data: four tenants in which every example of the four published
 * documents works as printed. The order of records is the order in which the documents list them.
 * Passwords and tokens stand here in clear, which is why this is loaded on loopback only.
 */
import { PERMISSIONS } from '../identity/permissions.ts';
import type { JsonObject } from '../model/json.ts';

/** A directory record: kind, id, attributes. */
export type DemoRecord = readonly [kind: string, id: string, attributes: JsonObject];

export interface DemoPassword {
  readonly user: string;
  readonly dialect: 'gws' | 'xuc';
  readonly name: string;
  /** Empty: an empty password signs in. */
  readonly password: string;
}

export interface DemoToken {
  /** The bearer token itself. */
  readonly token: string;
  readonly telco?: string;
  readonly extension?: string;
  readonly permissions: readonly string[];
}

export interface DemoAgent {
  readonly id: string;
  readonly line: string;
  readonly presence?: 'ready';
}

/** A call of the past. Times are RFC 3339. */
export interface DemoCall {
  readonly id: string;
  readonly direction: 'inbound' | 'internal';
  readonly from: { readonly number: string; readonly line?: string; readonly agent?: string };
  readonly to: { readonly number: string; readonly line: string; readonly agent: string };
  readonly startedAt: string;
  readonly answeredAt?: string;
  readonly endedAt: string;
  readonly cause: 'hangup' | 'noAnswer';
}

/** A service that lives for ever, with what it keeps. */
export interface DemoService {
  readonly id: string;
  readonly configuration: string;
  readonly texts: Readonly<Record<string, string>>;
}

export interface DemoTenant {
  readonly tenant: string;
  readonly records: readonly DemoRecord[];
  readonly agents: readonly DemoAgent[];
  readonly passwords: readonly DemoPassword[];
  readonly tokens: readonly DemoToken[];
  readonly calls: readonly DemoCall[];
  readonly services?: readonly DemoService[];
}

const ccs = (...ids: readonly string[]) => ids.map((id) => ({ dialect: 'ccs', id }));
const xuc = (id: string | number) => ({ dialect: 'xuc', id: String(id) });
const gws = (id: string) => ({ dialect: 'gws', id });
const at = (time: string) => Date.parse(time);

/** A person with a line of his own, and what goes with him. */
interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly line: string;
  readonly extensionAliases?: readonly JsonObject[];
  readonly aliases?: readonly JsonObject[];
  readonly logins?: readonly { readonly dialect: 'gws' | 'xuc'; readonly name: string }[];
  readonly agentNumber?: string;
  readonly device?: string;
}

function person(given: Person): readonly DemoRecord[] {
  const { id, firstName, lastName, line, device } = given;
  const extension: DemoRecord = [
    'extension',
    line,
    {
      number: line,
      ...(given.extensionAliases === undefined ? {} : { aliases: given.extensionAliases }),
      user: id,
      firstName,
      lastName,
      isAgent: true,
      recording: 'none',
      monitored: false,
      chatsMax: 3,
      multimedia: false,
    },
  ];
  const user: DemoRecord = [
    'user',
    id,
    {
      firstName,
      lastName,
      ...(given.aliases === undefined ? {} : { aliases: given.aliases }),
      enabled: true,
      changePasswordOnFirstLogin: false,
      ...(given.logins === undefined ? {} : { logins: given.logins }),
      roles: ['agent'],
      agent: id,
      ...(given.agentNumber === undefined ? {} : { agentNumber: given.agentNumber }),
      extensions: [line],
      ...(device === undefined ? {} : { devices: [device] }),
      skills: [],
    },
  ];
  return [extension, user, ...(device === undefined ? [] : [deviceOf(device, line, id)])];
}

function deviceOf(id: string, line: string, user: string): DemoRecord {
  const channels = ['voice'];
  return ['device', id, { phoneNumber: line, extension: line, user, active: true, network: 'private', channels }];
}

function members(...agents: readonly string[]): readonly JsonObject[] {
  return agents.map((agent) => ({ agent }));
}

const installation: DemoTenant = {
  tenant: 'installation',
  records: [
    ['telco', 'broadview', { name: 'Broadview', aliases: ccs('az123456-eee4-46f5-baf9-a9d661bfa92a') }],
    ['telco', 'northline', { name: 'Northline', aliases: ccs('az123456-0000-4000-8000-000000000001') }],
    ['product', 'ag', { name: '+AG', notes: 'R7.3 Feature', aliases: ccs('az123456-d7ef-4638-9cff-ef6aaba3e77f') }],
    [
      'product',
      'all-permissions',
      { name: 'AllPermissions-Product', notes: '', aliases: ccs('az123456-e76e-440c-8d9a-970015b8b533') },
    ],
    ['product', 'jerin', { name: 'Jerin_product', notes: '', aliases: ccs('az123456-c58d-48c1-90b9-4b3c65c22875') }],
    [
      'product',
      'cca-em-ph',
      { name: 'CCA,EM ph', notes: 'R6.3 Version', aliases: ccs('az123456-b08e-467d-87e0-8763bce63892') },
    ],
    ['product', 'campaign', { name: 'Campaign', notes: '', aliases: ccs('az123456-7a90-4e41-a91d-19c8e35e81ef') }],
    ['product', 'ecr-acp', { name: 'ECR,ACP', notes: '', aliases: ccs('az123456-8cd5-4f06-9b23-af8c1283c4c6') }],
    [
      'product',
      'recording',
      {
        name: 'Recording',
        notes: '',
        aliases: ccs('c4389d99-1434-42ca-98ab-b5803b9b608d', 'az123456-1434-42ca-98ab-b5803b9b608d'),
      },
    ],
    [
      'role',
      'tenant-admin',
      { name: 'Tenant Admin', permissions: PERMISSIONS, aliases: ccs('az123456-a5f9-488c-9bb6-e947f3f33d2b') },
    ],
    [
      'role',
      'telco-admin',
      { name: 'Telco Admin', permissions: PERMISSIONS, aliases: ccs('az123456-9817-4964-86ff-d2c4f11b67d0') },
    ],
    ['role', 'api', { name: 'API', permissions: ['API'], aliases: ccs('az123456-ef95-44b7-afc8-54ce4cdb67f1') }],
  ],
  agents: [],
  passwords: [],
  tokens: [
    { token: 'demo-telco', telco: 'broadview', permissions: PERMISSIONS },
    { token: 'demo-telco-north', telco: 'northline', permissions: PERMISSIONS },
    { token: 'demo-tenants-view', telco: 'broadview', permissions: ['API', 'Tenants View'] },
    { token: 'demo-tenant-edit', telco: 'broadview', permissions: ['API', 'Tenant Edit'] },
    { token: 'demo-agent-control', telco: 'northline', permissions: ['API', 'Agent Control'] },
  ],
  calls: [],
};

const ccslab15: DemoTenant = {
  tenant: 'ccslab15',
  records: [
    [
      'tenant',
      'ccslab15',
      {
        name: 'CCSLab15',
        aliases: ccs(
          'az123456-53d6-48e2-85cd-f8d6bde10fd9',
          '327241fd-1234-46fe-9276-cc65dac6feae',
          '81bf95ea-53d6-48e2-85cd-f8d6bde10fd9',
        ),
        enabled: true,
        telco: 'broadview',
        timezone: 'US/Eastern',
        products: ['campaign', 'ecr-acp'],
        productName: 'Call Center Services',
        agentsMax: 100,
        groupAgentsMax: 1,
        queuesMax: 45,
        recordedExtensionsMax: 10,
        monitoredExtensionsMax: 3,
        recordingDownloadsMax: 100,
        chatLicensesMax: 6,
        multimediaLicensesMax: 6,
        libraryMax: 600,
        campaignContactsMax: 99,
        agentCount: 8,
        groupAgentCount: 5,
        queueCount: 29,
        recordedExtensionCount: 7,
        monitoredExtensionCount: 2,
        chatLicenseCount: 5,
        multimediaLicenseCount: 5,
        smsCount: 12,
        mmsCount: 3,
        textsResetAt: at('2021-03-12T07:23:02Z'),
        callRecordRetentionDays: 365,
        recordingRetentionDays: 30,
        recordingQuality: 'mono',
        nightlyCallDetails: true,
        sftpExport: false,
        sftpCleanUp: false,
        sftpDirectoryConfigured: true,
        platform: { id: 'az123456-bd5e-480c-aeca-fb726cde928f', name: 'nvlab180-1' },
        platformTenant: {
          id: '500900355',
          name: 'CCSLab15',
          url: '/ccsl06',
          authentication: true,
          authenticationEditable: true,
          reportsEnabled: true,
        },
        sid: '500900355',
        siteAddress: '58.00.231.32',
        defaultGateway: { id: 'az123456-ca8a-42e3-a432-ecc0c4479daa', name: 'Metaswitch' },
        defaultSignInMethod: 'Phone',
        defaultCallerId: '2677318044',
        serviceExtension: '536',
        ivr: true,
        createdAt: at('2020-04-17T01:48:02Z'),
        createdBy: 'root',
        modifiedAt: at('2021-03-12T07:23:02Z'),
        modifiedBy: [],
        crossReferences: [],
      },
    ],
    [
      'role',
      'voice-help',
      { name: 'US1398 (Voice Help)', permissions: ['API'], aliases: ccs('az123456-ac4e-4caf-922b-52ef715da6c7') },
    ],
    [
      'role',
      'chat-help',
      { name: 'US1398 (Chat Help)', permissions: ['API'], aliases: ccs('az123456-c173-43ae-b0f8-139e8eccab5f') },
    ],
    [
      'presence-option',
      'holiday-in-bahamas',
      { name: 'Holiday In Bahamas', kind: 'signOut', aliases: ccs('az123456-a751-4bcd-a8d8-8c1c9d48186e') },
    ],
    [
      'presence-option',
      'sign-out',
      { name: 'Sign Out', kind: 'signOut', aliases: ccs('az123456-2aa9-4aa3-aa9d-cc8513e95a6d') },
    ],
    [
      'presence-option',
      'coffee-break',
      { name: 'Coffee Break', kind: 'away', aliases: ccs('az123456-6227-4ddc-9204-bd3cb9496e23') },
    ],
    ...person({
      id: 'rnath',
      firstName: 'Reese',
      lastName: 'Nath',
      line: '114',
      extensionAliases: ccs('az123456-7c49-49a8-80fc-ae173a422a36'),
      aliases: [gws('1d0a6f2c4b8e4f7a9c3d5e6f70811401'), xuc(14)],
      logins: [
        { dialect: 'gws', name: 'rnath' },
        { dialect: 'xuc', name: 'rnath' },
      ],
      agentNumber: '8114',
      device: '0c1b7e52-5f0e-4c58-9a2d-3f6f0b8a0114',
    }),
    ...person({
      id: 'spatel',
      firstName: 'Sonny',
      lastName: 'Patel',
      line: '113',
      extensionAliases: ccs('az123456-57be-4919-aa73-b2e6341fe461'),
      aliases: [gws('1d0a6f2c4b8e4f7a9c3d5e6f70811301'), xuc(15)],
      logins: [
        { dialect: 'gws', name: 'spatel' },
        { dialect: 'xuc', name: 'spatel' },
      ],
      agentNumber: '8113',
      device: '0c1b7e52-5f0e-4c58-9a2d-3f6f0b8a0113',
    }),
    ...person({
      id: 'rmasters',
      firstName: 'Rob',
      lastName: 'Masters',
      line: '112',
      extensionAliases: ccs('az123456-7bee-4351-bcd6-ecc2d8620b83'),
    }),
    [
      'queue',
      'q3878',
      {
        name: 'Q3878',
        aliases: [...ccs('az123456-0817-40a5-86aa-0f43becbd6f6'), xuc(387)],
        extension: '387',
        alternateExtensions: [],
        members: members('rnath', 'spatel', 'rmasters'),
      },
    ],
    [
      'queue',
      'q386',
      {
        name: 'Q386',
        aliases: [...ccs('az123456-d988-4239-ab9c-c393eeb2d217'), xuc(386)],
        extension: '386',
        alternateExtensions: [],
        members: members('rnath', 'spatel', 'rmasters'),
      },
    ],
  ],
  agents: [
    { id: 'rnath', line: '114' },
    { id: 'spatel', line: '113' },
    { id: 'rmasters', line: '112' },
  ],
  passwords: [
    { user: 'rnath', dialect: 'gws', name: 'rnath', password: '' },
    { user: 'rnath', dialect: 'xuc', name: 'rnath', password: 'rnath' },
    { user: 'spatel', dialect: 'gws', name: 'spatel', password: '' },
    { user: 'spatel', dialect: 'xuc', name: 'spatel', password: 'spatel' },
  ],
  tokens: [
    { token: 'demo-tenant', extension: '114', permissions: PERMISSIONS },
    { token: 'demo-api-only', extension: '113', permissions: ['API'] },
    { token: 'demo-no-api', extension: '113', permissions: PERMISSIONS.filter((name) => name !== 'API') },
    { token: 'demo-iq-view', extension: '112', permissions: ['API', 'Voice IQs View'] },
    { token: 'demo-calls-view', extension: '112', permissions: ['API', 'Calls View'] },
    { token: 'demo-no-extension', permissions: PERMISSIONS },
  ],
  calls: [],
};

const lunchlab: DemoTenant = {
  tenant: 'lunchlab',
  records: [
    [
      'tenant',
      'lunchlab',
      {
        name: 'LunchLab',
        aliases: ccs('c255052e-c560-4340-b73e-675eabc3aed3'),
        enabled: true,
        telco: 'northline',
        timezone: 'US/Eastern',
        products: [],
        productName: 'Call Center Services',
        agentsMax: 10,
        groupAgentsMax: 10,
        queuesMax: 10,
        recordedExtensionsMax: 3,
        monitoredExtensionsMax: 3,
        recordingDownloadsMax: 100,
        chatLicensesMax: 3,
        multimediaLicensesMax: 3,
        agentCount: 3,
        groupAgentCount: 0,
        queueCount: 2,
        recordedExtensionCount: 0,
        monitoredExtensionCount: 0,
        chatLicenseCount: 0,
        multimediaLicenseCount: 0,
        smsCount: 0,
        mmsCount: 0,
        createdBy: 'root',
      },
    ],
    [
      'presence-option',
      'lunch-break',
      { name: 'Lunch Break', kind: 'away', aliases: ccs('az123456-1b0c-4d5e-8f60-71a2b3c4d501') },
    ],
    [
      'presence-option',
      'coffee-break',
      { name: 'Coffee Break', kind: 'away', aliases: ccs('az123456-1b0c-4d5e-8f60-71a2b3c4d502') },
    ],
    [
      'presence-option',
      'sign-out',
      { name: 'Sign Out', kind: 'signOut', aliases: ccs('az123456-1b0c-4d5e-8f60-71a2b3c4d503') },
    ],
    ...person({
      id: 'aarcher',
      firstName: 'Ann',
      lastName: 'Archer',
      line: '101',
      extensionAliases: ccs('az123456-5cca-4ff1-874e-dc1c92d6de64'),
    }),
    ...person({
      id: 'bbaker',
      firstName: 'Ben',
      lastName: 'Baker',
      line: '102',
      extensionAliases: ccs('az123456-30b7-4b06-9d87-7607033e2712'),
    }),
    ...person({
      id: 'ccole',
      firstName: 'Cy',
      lastName: 'Cole',
      line: '103',
      extensionAliases: ccs('az123456-1b0c-4d5e-8f60-71a2b3c4d103'),
    }),
    [
      'queue',
      'q200',
      {
        name: 'Q200',
        aliases: ccs('az123456-1b0c-4d5e-8f60-71a2b3c4d200'),
        extension: '200',
        alternateExtensions: [],
        members: members('aarcher', 'bbaker', 'ccole'),
      },
    ],
    [
      'queue',
      'q210',
      {
        name: 'Q210',
        aliases: ccs('az123456-f645-47b6-bd71-e9f493ff8ac9'),
        extension: '210',
        alternateExtensions: [],
        members: members('aarcher', 'bbaker', 'ccole'),
      },
    ],
    ['outbound-queue', 'ob1', { name: 'OB1', aliases: ccs('az123456-c0ed-42b7-8e8c-d50c4991828c') }],
  ],
  agents: [
    { id: 'aarcher', line: '101', presence: 'ready' },
    { id: 'bbaker', line: '102', presence: 'ready' },
    { id: 'ccole', line: '103' },
  ],
  passwords: [],
  tokens: [
    { token: 'demo-tenant-lunch', extension: '101', permissions: PERMISSIONS },
    { token: 'demo-oq-view', extension: '103', permissions: ['API', 'Voice OQs View'] },
    { token: 'demo-agent-events', permissions: ['Agent Events'] },
    { token: 'demo-call-events', permissions: ['Call Events'] },
    { token: 'demo-queue-events', permissions: ['Inbound Queue Events'] },
    { token: 'demo-no-events', permissions: ['API'] },
  ],
  calls: [
    {
      id: '0AS9DD02LEMUI',
      direction: 'inbound',
      from: { number: '501' },
      to: { number: '101', line: '101', agent: 'aarcher' },
      startedAt: '2021-10-07T07:22:22Z',
      answeredAt: '2021-10-07T07:22:23Z',
      endedAt: '2021-10-07T07:22:53Z',
      cause: 'hangup',
    },
  ],
};

const ALICE = { number: '1058', line: '1058', agent: 'alicej' };
const BRUCE = { number: '1059', line: '1059', agent: 'bruce' };
const CQUEFIA = { number: '1060', line: '1060', agent: 'cquefia' };

const avencall: DemoTenant = {
  tenant: 'avencall',
  records: [
    ['tenant', 'avencall', { name: 'Avencall', domain: 'avencall.com', enabled: true, timezone: 'UTC' }],
    ...person({
      id: 'alicej',
      firstName: 'Alice',
      lastName: 'Johnson',
      line: '1058',
      aliases: [xuc(9)],
      logins: [{ dialect: 'xuc', name: 'alicej' }],
      agentNumber: '8000',
    }),
    ...person({
      id: 'bruce',
      firstName: 'Bruce',
      lastName: 'Wayne',
      line: '1059',
      aliases: [xuc(10)],
      logins: [{ dialect: 'xuc', name: 'bruce' }],
      agentNumber: '8001',
    }),
    ...person({
      id: 'cquefia',
      firstName: 'Charles',
      lastName: 'Quefia',
      line: '1060',
      aliases: [xuc(11)],
      logins: [{ dialect: 'xuc', name: 'cquefia' }],
      agentNumber: '8002',
    }),
    ...person({
      id: 'john',
      firstName: 'John',
      lastName: 'Doe',
      line: '1101',
      aliases: [xuc(12)],
      logins: [{ dialect: 'xuc', name: 'john' }],
    }),
    ['extension', '1002', { number: '1002', firstName: 'Hawkeye', lastName: 'Pierce' }],
    ['extension', '1102', { number: '1102' }],
    ['extension', '3000', { number: '3000' }],
    [
      'user',
      'vmachin',
      {
        firstName: 'Victor',
        lastName: 'Machin',
        aliases: [xuc(13)],
        enabled: true,
        logins: [{ dialect: 'xuc', name: 'vmachin' }],
        roles: [],
      },
    ],
    [
      'queue',
      'support',
      {
        name: 'support',
        displayName: 'Support',
        aliases: [xuc(1)],
        extension: '2001',
        members: members('alicej', 'bruce'),
      },
    ],
    [
      'queue',
      'sales',
      {
        name: 'sales',
        displayName: 'Sales',
        aliases: [xuc(5)],
        extension: '2005',
        members: members('alicej', 'bruce'),
      },
    ],
    [
      'qualification',
      'general-questions',
      {
        name: 'General Questions',
        aliases: [xuc(6)],
        queues: ['support'],
        subQualifications: [
          { id: 14, name: 'Common' },
          { id: 15, name: 'Technical' },
        ],
      },
    ],
    [
      'qualification',
      'support',
      {
        name: 'Support',
        aliases: [xuc(5)],
        queues: ['support'],
        subQualifications: [
          { id: 12, name: 'Technical' },
          { id: 13, name: 'General' },
        ],
      },
    ],
    [
      'contact',
      '28079dc0-2c6b-4332-9075-61da9229389f',
      {
        user: 'vmachin',
        firstName: 'doe',
        lastName: 'john',
        number: '1111',
        mobile: '2222',
        fax: '3333',
        email: 'j.doe@my.corp',
        company: 'corp',
      },
    ],
    [
      'contact',
      '6c1f1f0e-7e1c-4f1d-9d0a-2f4c5b6a7001',
      { user: 'john', firstName: 'hawkeye', lastName: 'pierce', number: '1002', mobile: '0761187406' },
    ],
    [
      'contact',
      '6c1f1f0e-7e1c-4f1d-9d0a-2f4c5b6a7002',
      { user: 'john', firstName: 'peter', lastName: 'pan', number: '1004' },
    ],
  ],
  agents: [
    { id: 'alicej', line: '1058' },
    { id: 'bruce', line: '1059' },
    { id: 'cquefia', line: '1060' },
    { id: 'john', line: '1101' },
  ],
  passwords: [
    { user: 'alicej', dialect: 'xuc', name: 'alicej', password: 'pw' },
    { user: 'bruce', dialect: 'xuc', name: 'bruce', password: 'bruce' },
    { user: 'cquefia', dialect: 'xuc', name: 'cquefia', password: 'cquefia' },
    { user: 'john', dialect: 'xuc', name: 'john', password: 'john' },
    { user: 'vmachin', dialect: 'xuc', name: 'vmachin', password: 'vmachin' },
  ],
  tokens: [],
  calls: [
    {
      id: '2018PAST00001',
      direction: 'internal',
      from: CQUEFIA,
      to: BRUCE,
      startedAt: '2018-09-20T17:14:16Z',
      endedAt: '2018-09-20T17:14:27Z',
      cause: 'noAnswer',
    },
    {
      id: '2018PAST00002',
      direction: 'internal',
      from: CQUEFIA,
      to: BRUCE,
      startedAt: '2018-09-20T17:15:00Z',
      endedAt: '2018-09-20T17:15:18Z',
      cause: 'noAnswer',
    },
    {
      id: '2018PAST00003',
      direction: 'internal',
      from: BRUCE,
      to: CQUEFIA,
      startedAt: '2018-09-20T17:19:40Z',
      answeredAt: '2018-09-20T17:19:40Z',
      endedAt: '2018-09-20T17:19:41Z',
      cause: 'hangup',
    },
    {
      id: '2018PAST00004',
      direction: 'internal',
      from: BRUCE,
      to: ALICE,
      startedAt: '2018-09-20T17:38:41Z',
      answeredAt: '2018-09-20T17:38:41Z',
      endedAt: '2018-09-20T17:38:43Z',
      cause: 'hangup',
    },
  ],
};

const genesys: DemoTenant = {
  tenant: 'genesys',
  records: [
    ['tenant', 'genesys', { name: 'Genesys', enabled: true, timezone: 'UTC' }],
    ['skill', 'K1', { name: 'English', aliases: [gws('K1')] }],
    ['skill', 'K2', { name: 'Billing', aliases: [gws('K2')] }],
    ...person({
      id: 'ksippo',
      firstName: 'Kristi',
      lastName: 'Sippola',
      line: '15000',
      aliases: [gws('63630bbebf4840d7a0bffd6312bc29ff')],
      logins: [{ dialect: 'gws', name: 'ksippo' }],
      device: '7542eb95-8f1c-4b90-bb2a-1b34578a4627',
    }),
    ...person({
      id: 'peer',
      firstName: 'Pat',
      lastName: 'Peer',
      line: '15001',
      aliases: [gws('63630bbebf4840d7a0bffd6312bc2901')],
      logins: [{ dialect: 'gws', name: 'peer' }],
      device: '7542eb95-8f1c-4b90-bb2a-1b34578a4601',
    }),
    ...person({
      id: 'third',
      firstName: 'Tia',
      lastName: 'Third',
      line: '15002',
      aliases: [gws('63630bbebf4840d7a0bffd6312bc2902')],
      logins: [{ dialect: 'gws', name: 'third' }],
      device: '7542eb95-8f1c-4b90-bb2a-1b34578a4602',
    }),
    [
      'user',
      'admin',
      {
        firstName: 'Ada',
        lastName: 'Admin',
        aliases: [gws('63630bbebf4840d7a0bffd6312bc2900')],
        enabled: true,
        changePasswordOnFirstLogin: false,
        logins: [{ dialect: 'gws', name: 'admin' }],
        roles: ['admin'],
      },
    ],
    [
      'queue',
      'callback',
      {
        name: 'callback',
        extension: '8000',
        accessNumbers: ['8003449999'],
        members: members('ksippo', 'peer', 'third'),
      },
    ],
    ['resource-group', 'DNIS', { name: 'DNIS', numbers: ['8003449999'], allocation: 'random' }],
    ...(
      [
        ['request-interaction', {}],
        ['match-interaction', {}],
        ['request-access', { accessCodeLength: 6 }],
        ['request-chat', {}],
        ['app-to-connect-basic', { service: 'request-interaction' }],
        ['short-lived', { service: 'request-interaction', ttlSeconds: 3 }],
      ] as const
    ).map(
      ([name, options]): DemoRecord => [
        'service-configuration',
        name,
        { name, type: 'builtin', ttlSeconds: 3600, resourceGroup: 'DNIS', accessCodeLength: 4, ...options },
      ],
    ),
  ],
  agents: [
    { id: 'ksippo', line: '15000' },
    { id: 'peer', line: '15001' },
    { id: 'third', line: '15002' },
  ],
  passwords: [
    { user: 'ksippo', dialect: 'gws', name: 'ksippo', password: '' },
    { user: 'peer', dialect: 'gws', name: 'peer', password: '' },
    { user: 'third', dialect: 'gws', name: 'third', password: '' },
    { user: 'admin', dialect: 'gws', name: 'admin', password: 'admin1' },
  ],
  tokens: [],
  calls: [],
  services: [
    {
      id: 'efef8eb61-1f24-593d-90da-0034aca34b55',
      configuration: 'request-interaction',
      texts: { Key2: 'Value7', Key1: 'Value6', Key3: 'Value8' },
    },
  ],
};

export const demoWorld: readonly DemoTenant[] = [installation, ccslab15, lunchlab, avencall, genesys];
