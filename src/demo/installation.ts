/**
 * What belongs to the whole installation of the demo: the two telcos of the CCS document, its products and roles, and the
 * tokens of those who look after all tenants of a telco.
 */
import { PERMISSIONS } from '../identity/permissions.ts';
import { ccs, type DemoTenant } from './demo-tenant.ts';

export const installation: DemoTenant = {
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
