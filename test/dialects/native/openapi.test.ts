import { describe, expect, test } from 'vitest';
import { kinds } from '../../../machines/index.ts';
import { createNative } from '../../../src/dialects/native/routes.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { countingBytes } from '../../support/identities.ts';
import { givenWorld } from '../../support/world.ts';

describe('the OpenAPI document', () => {
  const documented = async (): Promise<JsonObject> => {
    const world = await givenWorld();
    const parts = { kinds, random: countingBytes, mintId: () => 'x', openOnLoopback: () => false, version: '1.2.3' };
    const { openapi } = createNative({ ...world, ...parts });
    await world.close();
    return openapi();
  };
  const operationsOf = (document: JsonObject) =>
    Object.values(document.paths as Record<string, Record<string, JsonObject>>).flatMap((one) => Object.values(one));

  test('refers to nothing that is not in it, and calls no two operations the same', async () => {
    const document = await documented();
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = '']) => ref);
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of new Set(refs)) {
      const steps = ref.replace(/^#\//, '').split('/');
      expect(
        steps.reduce<unknown>((found, step) => (found as JsonObject)?.[step], document),
        ref,
      ).toBeDefined();
    }
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says of every operation what it answers, and what it can be refused with', async () => {
    for (const { operationId, responses } of operationsOf(await documented())) {
      const statuses = Object.keys(responses as JsonObject);
      expect(statuses, String(operationId)).toEqual(expect.arrayContaining(['400', '401', '403', '404', '500', '503']));
      expect(
        statuses.filter((status) => status < '400'),
        String(operationId),
      ).toHaveLength(1);
    }
    const { responses } = operationsOf(await documented()).find(({ operationId }) => operationId === 'postUsers') ?? {};
    expect(Object.keys(responses as JsonObject)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '410',
      '413',
      '415',
      '422',
      '500',
      '503',
    ]);
  });

  test('names what a moment can be refused with, wherever one is taken', async () => {
    const takes = operationsOf(await documented()).filter(({ responses }) =>
      JSON.stringify(responses).includes('`momentUnavailable`'),
    );
    expect(takes.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['getAgents', 'postForks', 'getEvents', 'getEventsWs']),
    );
    expect(takes.map(({ operationId }) => operationId)).not.toContain('postAgents');
  });

  test('says in words what every collection holds', async () => {
    for (const { name, description } of (await documented()).tags as JsonObject[])
      expect(description, String(name)).toMatch(/^[A-Z].*\.$/);
  });

  test('describes every route with its parameters, its scope and the schema that its body is checked with', async () => {
    const document = await documented();
    const paths = document.paths as Record<string, Record<string, JsonObject>>;
    expect(document.info).toMatchObject({ title: 'Ledgerline native API', version: '1.2.3' });
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
