/**
 * The OpenAPI 3.1 document of the native API, made of the route table: the same zod schemas that refuse a body describe it,
 * the table of errors says what each request can be refused with, and tests hold every answer against its schema.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../model/json.ts';
import { codesOf } from './errors.ts';
import type { Parameter, RouteDescription, Success } from './route.ts';

const ABOUT = `Administers a Ledgerline installation, and tells what happens in it, now and at any past moment.

**Who asks**: \`Authorization: Bearer <token>\`, made by \`ledgerline init\` or \`ledgerline token create\`; each operation names the
scope it needs, and \`admin\` includes the others. The demo asks nobody who sits at the machine. A tenant that the caller may not enter looks like one that is not there.

**Commands** (everything but GET) may carry an \`Idempotency-Key\`: the same key has one effect and gives the same receipt, for seven days.
After a 503 with \`"retry": "same"\` send the identical request again.

**The past**: a GET that lists the header \`As-Of\` answers as of a log position or an RFC 3339 time.
A command with it is refused: the past can be read, not changed.

**Errors** are RFC 9457 problem documents. \`code\` says what it is, \`detail\` the same for people.`;

const AS_OF = {
  name: 'As-Of',
  in: 'header',
  required: false,
  description: 'Answer as of a past moment: a log position or an RFC 3339 time. `as_of` in the query says the same.',
  schema: { type: 'string' },
  example: '2026-11-21T10:15:00Z',
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Command id: the same key has one effect and one receipt, for seven days.',
  schema: { type: 'string', pattern: '^[!#-~]{1,128}$' },
};

/** The status of an answer that goes on in another protocol. */
const SWITCHING = 101;

const IN_PATH: Readonly<Record<string, string>> = {
  tenant: 'Id of the tenant; `GET /v1/tenants` lists them.',
  kind: 'Kind of actor, such as `agent`, `call` or `queue`.',
  id: 'Its id, as the list has it.',
  user: 'Id of the user.',
  queue: 'Id of the queue.',
  agent: 'Id of the agent.',
  number: 'Number of the line.',
  name: 'Its name, as the list has it.',
};

/** What each collection holds, in words for whoever has not met it. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  tenants: 'The centres of this installation. All else belongs to one of them.',
  texts: 'Counts of SMS and MMS.',
  actors: 'Anything that has a history, whatever its kind: its state, its records, and why it is as it is.',
  commands: 'What one request caused.',
  records: 'The log, as files.',
  forks: 'What would have happened otherwise.',
  users: 'People: names, roles, how they sign in, and which agent, telephones and skills they have.',
  contacts: 'Entries of personal address books (XUC).',
  preferences: 'Settings of users and tenants that GWS keeps for its clients.',
  extensions: 'Numbers inside.',
  devices: 'Telephones, as GWS shows them.',
  places: 'Desks with telephones on them (GWS).',
  'resource-groups': 'Access numbers that services give out (GMS).',
  queues: 'Where callers wait for agents.',
  'outbound-queues': 'Calls out on behalf of a queue (CCS).',
  'conditional-routes': 'Numbers in front of the queues, which lead to another number (CCS).',
  vrqs: 'Virtual routing queues: like conditional routes, under a permission of their own (CCS).',
  'presence-options': 'Named ways of being away or signed out.',
  'agent-states': 'Operations of GWS that set a presence, beside the built-in ones.',
  skills: 'What people are good at, and queues ask for.',
  qualifications: 'What a call may have been about, chosen by the agent after it (XUC).',
  'service-configurations': 'What can be started by name through the Service API (GMS).',
  roles: 'Permissions under one name (CCS).',
  products: 'What a tenant may have bought (CCS).',
  telcos: 'Carriers, whose people look after several tenants (CCS).',
  tokens: 'Bearer tokens of programs.',
  agents: 'Whom queues offer calls: presence, telephone, work.',
  calls: 'Calls, live and ended.',
  lines: 'Hands on desk phones; with the simulated telephone network only.',
  statistics: 'What queues and agents did, counted from the records.',
  chats: 'Chats of the Service API, from the agent’s end.',
  events: 'Records as they happen, or from any moment on.',
  webhooks: 'Addresses that are told of records.',
  consumers: 'Programs that read records from NATS.',
  clock: 'The clock, where it is moved by hand.',
};

export function openapiOf(routes: readonly RouteDescription[], version: string): JsonObject {
  const schemas: Record<string, Json> = { Problem: problemSchema };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ledgerline native API',
      version,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name, description: COLLECTIONS[name] ?? name })),
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas },
  };
}

const problemSchema: JsonObject = {
  type: 'object',
  description: 'RFC 9457 problem document.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', description: '`urn:ledgerline:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence for people.' },
    code: { type: 'string', description: 'What it is, for programs.' },
    retry: {
      type: 'string',
      enum: ['never', 'same', 'reload'],
      description: 'Of failures of the server: `same`, send the identical request again; `never`, somebody must look.',
    },
    actor: { type: 'string', description: 'Who refused, `tenant/kind/id`.' },
    event: { type: 'string', description: 'What was refused.' },
    reason: { type: 'string', description: 'Of the code `reason`: why, in one word of the machine.' },
    details: { type: 'object', description: 'Of the code `reason`: what it was decided on.' },
    problems: { type: 'array', items: {}, description: 'Of `badFields`: `field` and `message` of each.' },
    guards: { type: 'array', items: { type: 'string' }, description: 'Of `guard`: the conditions that did not hold.' },
  },
  example: {
    type: 'urn:ledgerline:problem:unknown',
    title: 'Unknown',
    status: 404,
    detail: 'There is no user ann.',
    code: 'unknown',
  },
};

function operationOf(route: RouteDescription, schemas: Record<string, Json>): JsonObject {
  const { method, path, summary, scope, asOf, takesMoment = false, query = [], body, answer } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: IN_PATH[name] ?? name,
    schema: { type: 'string' },
  }));
  const headers = asOf ? [AS_OF] : method === 'GET' ? [] : [IDEMPOTENCY_KEY];
  const { status = 200 } = answer;
  const isUpgrade = status === SWITCHING;
  const namesMoment = asOf || takesMoment;
  const refusable = { isCommand: method !== 'GET', hasBody: body !== undefined, namesMoment, isUpgrade };
  return {
    operationId: operationIdOf(route),
    tags: [tagOf(route)],
    summary,
    description: `Needs the scope \`${scope}\`.`,
    parameters: [...inPath, ...query.map(queryParameter), ...headers],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input', schemas) } },
          },
        }),
    responses: {
      [status]: successOf(answer, schemas),
      ...Object.fromEntries([...codesOf(refusable)].map(([status, codes]) => [status, refusalOf(codes)])),
    },
  };
}

function successOf({ description, body, types = [] }: Success, schemas: Record<string, Json>): JsonObject {
  const told = Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
  const json = body === undefined ? {} : { 'application/json': { schema: schemaOf(body, 'output', schemas) } };
  return { description: description ?? 'Done', content: { ...json, ...told } };
}

function refusalOf(codes: readonly string[]): JsonObject {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** `POST /v1/tenants/:tenant/agents/:id/setReady` -> `postAgentsIdSetReady`. */
function operationIdOf({ method, path }: RouteDescription): string {
  const words = path.replace(/^\/v1\/(tenants\/:tenant\/)?/, '').split(/[^A-Za-z0-9]+/);
  return [method.toLowerCase(), ...words.filter((word) => word !== '').map(capitalised)].join('');
}

/** The collection it belongs to. */
function tagOf({ path }: RouteDescription): string {
  return path.replace(/^\/v1\/(tenants\/:tenant\/)?/, '').split('/')[0] ?? path;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function queryParameter({ name, description, required = false, schema = { type: 'string' } }: Parameter): JsonObject {
  return { name, in: 'query', required, description, schema };
}

/** What several schemas share has a name, and its place among the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, Json>): JsonObject {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io });
  const placed = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs = {}, ...rest } = JSON.parse(placed) as JsonObject & { readonly $defs?: JsonObject };
  Object.assign(schemas, $defs);
  return rest;
}
