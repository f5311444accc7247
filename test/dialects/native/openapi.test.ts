import { describe, expect, test } from 'vitest';
import { kinds } from '../../../machines/index.ts';
import { createNative } from '../../../src/dialects/native/routes.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { countingBytes } from '../../support/identities.ts';
import { givenWorld } from '../../support/world.ts';

describe('the OpenAPI document', () => {
  test('describes every route with its parameters, its scope and the schema that its body is checked with', async () => {
    const world = await givenWorld();
    const { openapi } = createNative({
      ...world,
      kinds,
      random: countingBytes,
      mintId: () => 'x',
      openOnLoopback: false,
      version: '1.2.3',
    });
    await world.close();
    const paths = openapi().paths as Record<string, Record<string, JsonObject>>;
    expect(openapi().info).toEqual({ title: 'Ledgerline native API', version: '1.2.3' });
    const create = paths['/v1/tenants/{tenant}/skills']?.post as JsonObject;
    expect(create).toMatchObject({
      description: 'Needs the scope `admin`.',
      parameters: [{ name: 'tenant', in: 'path', required: true }, { name: 'Idempotency-Key' }],
      requestBody: {
        content: {
          'application/json': { schema: { required: ['name'], additionalProperties: false, properties: { id: {} } } },
        },
      },
    });
    expect(paths['/v1/tenants/{tenant}/agents/{id}/setReady']?.post).toMatchObject({
      description: 'Needs the scope `write`.',
    });
    for (const [path, operations] of Object.entries(paths)) {
      for (const operation of Object.values(operations)) {
        const named = (operation.parameters as JsonObject[]).filter((one) => one.in === 'path').map(({ name }) => name);
        expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    }
  });
});
