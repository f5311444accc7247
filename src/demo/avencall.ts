/**
 * The demo tenant `avencall`: the people, contacts, qualifications and past calls of the examples of the XUC document.
 */
import { type DemoTenant, members, person, xuc } from './demo-tenant.ts';

const ALICE = { number: '1058', line: '1058', agent: 'alicej' };
const BRUCE = { number: '1059', line: '1059', agent: 'bruce' };
const CQUEFIA = { number: '1060', line: '1060', agent: 'cquefia' };

export const avencall: DemoTenant = {
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
