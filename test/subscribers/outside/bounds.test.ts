/** What one tenant may have, without a server: who signs in where is made up. */
import { expect, test } from 'vitest';
import type { OutsideConsumerAdmin } from '../../../src/log/outside-consumers.ts';
import {
  CONSUMERS_MAX,
  type Grant,
  type OutsideAccess,
  OutsideConsumers,
} from '../../../src/subscribers/outside/outside-consumers.ts';

function given(): OutsideConsumers {
  let grants: readonly Grant[] = [];
  const access: OutsideAccess = {
    get grants() {
      return grants;
    },
    mintKey: () => ({ publicKey: 'U', seed: 'S' }),
    grant: async (grant) => {
      grants = [...grants, grant];
    },
    revoke: async (grant) => {
      grants = grants.filter((one) => one !== grant);
    },
    accountsOf: () => '',
  };
  const admin = { answer: () => undefined, begin: async () => undefined, end: async () => undefined };
  return new OutsideConsumers(admin as unknown as OutsideConsumerAdmin, access, 0);
}

test('a tenant has so many consumers and no more, until one goes', async () => {
  const consumers = given();
  const add = (name: string, tenant = 'acme') =>
    consumers.add({ tenant, name, kinds: [], createdAt: 0 }, { after: 0, inFlight: 1 });
  for (let count = 1; count <= CONSUMERS_MAX; count += 1) expect(await add(`c${count}`)).toHaveProperty('seed');
  expect(await add('c1')).toBe('taken');
  expect(await add('more')).toBe('full');
  expect(await add('more', 'other')).toHaveProperty('seed');
  await consumers.remove('acme', 'c1');
  expect(await add('more')).toHaveProperty('seed');
});
