/**
 * The demo tenant `genesys`: the agent of the GWS document and her peers, and the services of the Service API.
 */
import { type DemoRecord, type DemoTenant, gws, members, person } from './demo-tenant.ts';

/** Services that give out an access number. */
const REACHABLE = { ttlSeconds: 3600, resourceGroup: 'DNIS', accessCodeLength: 4 } as const;

export const genesys: DemoTenant = {
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
        ['request-interaction', REACHABLE],
        ['match-interaction', {}],
        // Group and length of the code are its requests' to say.
        ['request-access', {}],
        ['request-chat', { ttlSeconds: 3600 }],
        ['app-to-connect-basic', { ...REACHABLE, service: 'request-interaction' }],
        ['short-lived', { ...REACHABLE, service: 'request-interaction', ttlSeconds: 3 }],
      ] as const
    ).map(([name, options]): DemoRecord => ['service-configuration', name, { name, type: 'builtin', ...options }]),
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
