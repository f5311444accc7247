/** The attributes are wide enough for what the API documents print, and keep out what no dialect could have meant. */
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../machines/index.ts';
import type { Tenant } from '../../../machines/record/attributes/organisation.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Queue } from '../../../machines/record/attributes/queues.ts';
import type { Extension } from '../../../machines/record/attributes/telephony.ts';

function fits(kind: string, attributes: object): boolean {
  return kinds.get(kind)?.events.create?.safeParse({ type: 'create', attributes }).success === true;
}

/** CCS §4.3 and §4.4 as printed. */
const CCSLAB15: Tenant = {
  name: 'CCSLab15',
  aliases: [
    { dialect: 'ccs', id: 'az123456-53d6-48e2-85cd-f8d6bde10fd9' },
    { dialect: 'ccs', id: '327241fd-1234-46fe-9276-cc65dac6feae' },
  ],
  enabled: true,
  telco: 'az123456-eee4-46f5-baf9-a9d661bfa92a',
  timezone: 'US/Eastern',
  products: ['az123456-7a90-4e41-a91d-19c8e35e81ef', 'az123456-8cd5-4f06-9b23-af8c1283c4c6'],
  productName: 'Call Center Services',
  agentsMax: 100,
  groupAgentsMax: 1,
  groupAgentCount: 5,
  elsewhere: { agents: 5, queues: 27, recorded: 7, monitored: 2, multimedia: 5 },
  queuesMax: 45,
  recordedExtensionsMax: 10,
  monitoredExtensionsMax: 3,
  recordingDownloadsMax: 100,
  chatLicensesMax: 6,
  chatLicenseCount: 5,
  multimediaLicensesMax: 6,
  libraryMax: 600,
  campaignContactsMax: 99,
  smsCount: 12,
  mmsCount: 3,
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
  createdAt: Date.UTC(2020, 3, 17, 1, 48, 2),
  createdBy: 'root',
  modifiedAt: Date.UTC(2021, 2, 12, 7, 23, 2),
  modifiedBy: [],
  crossReferences: [],
};

const REESE: User = {
  firstName: 'Reese',
  lastName: 'Nath',
  roles: ['agent'],
  logins: [
    { dialect: 'gws', name: 'rnath' },
    { dialect: 'xuc', name: 'rnath' },
  ],
  agent: 'rnath',
  agentNumber: '8114',
  extensions: ['az123456-7c49-49a8-80fc-ae173a422a36'],
  skills: [{ skill: 'K1', level: 5 }],
};

const EXTENSION_114: Extension = {
  number: '114',
  user: 'rnath',
  isAgent: true,
  recording: 'none',
  monitored: false,
  chatsMax: 3,
  multimedia: false,
};

const CALLBACK: Queue = {
  name: 'callback',
  extension: '8000',
  accessNumbers: ['8003449999'],
  aliases: [{ dialect: 'xuc', id: '387' }],
  members: [{ agent: 'ksippo' }, { agent: 'peer', penalty: 1 }],
};

describe('attributes', () => {
  it.each([
    ['tenant', CCSLAB15],
    ['user', REESE],
    ['extension', EXTENSION_114],
    ['queue', CALLBACK],
    ['credential', { user: 'ksippo', dialect: 'gws', name: 'ksippo', allowEmpty: true }],
    ['token', { sha256: 'a'.repeat(64), telco: 'broadview', permissions: ['API', 'Agent Control'] }],
    ['conditional-route', { name: 'Out of hours', extension: '390', leadsTo: '387' }],
    ['vrq', { name: 'VRQ1', extension: '391', alternateExtensions: ['392'], leadsTo: '19735552109' }],
    ['presence-option', { name: 'Lunch Break', kind: 'away' }],
    ['qualification', { name: 'General Questions', queues: ['q'], subQualifications: [{ id: 14, name: 'Common' }] }],
    [
      'service-configuration',
      { name: 'request-interaction', ttlSeconds: 3600, resourceGroup: 'DNIS', accessCodeLength: 4 },
    ],
    ['resource-group', { name: 'DNIS', numbers: ['8003449999'] }],
    ['device', { phoneNumber: '15000', aliases: [{ dialect: 'gws', id: '7542eb95-8f1c-4b90-bb2a-1b34578a4627' }] }],
  ])('of a %s take what the documents print', (kind, attributes) => {
    expect(fits(kind, attributes)).toBe(true);
  });

  it.each([
    ['a password', 'user', { ...REESE, password: 'secret' }],
    ['a token in clear', 'token', { sha256: 'demo-telco' }],
    ['more chats than there can be', 'extension', { ...EXTENSION_114, chatsMax: 7 }],
    ['a negative counter', 'tenant', { ...CCSLAB15, groupAgentCount: -1 }],
    ['an unknown role', 'user', { ...REESE, roles: ['ROLE_AGENT'] }],
  ])('refuse %s', (_, kind, attributes) => {
    expect(fits(kind, attributes)).toBe(false);
  });
});
