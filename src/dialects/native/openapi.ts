/**
 * The OpenAPI 3.1 document of the native API, made of the route table: the same zod schemas that refuse a body describe it.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../model/json.ts';
import type { NativeRoute, Parameter } from './route.ts';

const PROBLEM = { $ref: '#/components/responses/Problem' };

const AS_OF = {
  name: 'As-Of',
  in: 'header',
  required: false,
  description: 'Answer as of a past moment: a log position or an RFC 3339 time. `as_of` in the query says the same.',
  schema: { type: 'string' },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Command id: the same key has one effect and one receipt, for seven days.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

export function openapiOf(routes: readonly NativeRoute[], version: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Ledgerline native API', version },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: {
        Problem: {
          description: 'RFC 9457 problem document',
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      },
    },
  };
}

const problemSchema: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
  },
};

function operationOf({ method, path, summary, scope, asOf, query = [], body }: NativeRoute): JsonObject {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const headers = asOf ? [AS_OF] : method === 'GET' ? [] : [IDEMPOTENCY_KEY];
  return {
    summary,
    description: `Needs the scope \`${scope}\`.`,
    parameters: [...inPath, ...query.map(queryParameter), ...headers],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: { '2XX': { description: 'Done' }, default: PROBLEM },
  };
}

function queryParameter({ name, description }: Parameter): JsonObject {
  return { name, in: 'query', required: false, description, schema: { type: 'string' } };
}

function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as JsonObject;
}
