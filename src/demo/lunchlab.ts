/**
 * The demo tenant `lunchlab`, of telco Northline: the other tenant of the CCS document, with queues that serve and a call
 * of the past.
 */
import { PERMISSIONS } from '../identity/permissions.ts';
import { ccs, type DemoTenant, members, person } from './demo-tenant.ts';

export const lunchlab: DemoTenant = {
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
        groupAgentCount: 0,
        chatLicenseCount: 0,
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
