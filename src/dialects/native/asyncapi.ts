/**
 * The AsyncAPI 3 document: every way to be told of records, and every event there is. Made of the schemas that check the
 * events at the door and of the published schema of a record, so it cannot say anything else than they do.
 */
import { z } from 'zod';
import { RECORD_SCHEMA } from '../../log/record-schema.ts';
import type { ActorKind, ActorKinds } from '../../model/actor-kind.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { WEBHOOK_TEST } from '../../subscribers/webhook/endpoint.ts';
import { EVENT_QUERY } from './events.ts';

/** What a message of the socket is. */
const LOCATED: JsonObject = {
  name: 'located',
  title: 'A record and its position in the log',
  payload: {
    type: 'object',
    required: ['position', 'record'],
    properties: { position: { type: 'integer' }, record: { $ref: '#/components/schemas/record' } },
  },
};

/** What `POST …/webhooks/{id}/test` sends: an event like the others, but no record. */
const TEST: JsonObject = {
  name: WEBHOOK_TEST,
  title: 'A trial of a webhook',
  payload: {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data'],
    properties: { type: { const: WEBHOOK_TEST }, data: { type: 'object' } },
  },
};

/** Of the machines that set timers: one of theirs was due. Fed by the timers alone, so no kind names it among its events. */
const timerEvent = z.strictObject({
  type: z.literal('timer'),
  timer: z.string().describe('Name of the delay in the machine.'),
  armed: z.int().describe('Version of the actor that armed it.'),
});

/** Of every kind: an operator had the actor be again what it was. No machine takes it, so no kind names it either. */
const setBackEvent = z.strictObject({
  type: z.literal('setBack'),
  version: z.int().describe('Version of the actor that it was set back to.'),
  position: z.int().describe('Where the record of that version stands in the log.'),
  to: z.json().describe('The state value that it had then.'),
  state: z.record(z.string(), z.json()).describe('All the rest of its state then.'),
  reason: z.string().describe('Why, in the words of the operator.'),
});

/** Public kinds only: private ones are never told of. */
export function asyncapiOf(kinds: ActorKinds, version: string): JsonObject {
  const told = [...kinds.values()].filter(isPublic).map(toldOf);
  const records: JsonObject = Object.assign({}, ...told.map((one) => one.messages));
  const channels = channelsOf(Object.keys(records));
  const { $schema: _, $defs, ...record } = RECORD_SCHEMA;
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ledgerline events',
      version,
      description:
        'Every transition of every actor, as CloudEvents 1.0. Everywhere: in order per actor, at least once, without gaps; ' +
        'the same `id` is the same record. Every channel can be resumed at a log position.',
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      http: { host: 'localhost:8080', protocol: 'http', security: [{ $ref: '#/components/securitySchemes/bearer' }] },
      nats: { host: 'localhost:4222', protocol: 'nats', security: [{ $ref: '#/components/securitySchemes/nkey' }] },
    },
    channels,
    operations: Object.fromEntries(
      Object.keys(channels).map((name) => [
        name,
        { action: 'send', channel: { $ref: `#/channels/${name}` }, summary: `Records, to readers of ${name}` },
      ]),
    ),
    components: {
      messages: { ...records, located: LOCATED, [WEBHOOK_TEST]: TEST },
      schemas: Object.assign(
        { record: withRefs(record as JsonObject), ...withRefs(($defs ?? {}) as JsonObject) },
        ...told.map(({ schemas }) => schemas),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        nkey: { type: 'userPassword', description: 'An nkey, made by `ledgerline consumer add`.' },
      },
    },
  };
}

function isPublic({ visibility }: ActorKind): boolean {
  return visibility === 'public';
}

/** Its machine names delays. */
function setsTimers({ machine }: ActorKind): boolean {
  const { implementations } = machine as { readonly implementations: { readonly delays: object } };
  return Object.keys(implementations.delays).length > 0;
}

function messageRefs(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function channelsOf(names: readonly string[]): Record<string, JsonObject> {
  const messages = messageRefs(names);
  const http = { servers: [{ $ref: '#/servers/http' }], messages };
  const nats = { servers: [{ $ref: '#/servers/nats' }], messages };
  const query = {
    type: 'object',
    properties: Object.fromEntries(
      EVENT_QUERY.map(({ name, description }) => [name, { type: 'string', description }]),
    ) as JsonObject,
  };
  const parameters = (...named: readonly string[]): JsonObject =>
    Object.fromEntries(named.map((name) => [name, { description: `The ${name} of the record, one token.` }]));
  return {
    eventStream: {
      ...http,
      address: '/v1/events',
      description: 'Server-sent events: `id` is the log position, `data` the record. Resume with `Last-Event-ID`.',
      bindings: { http: { query } },
    },
    eventSocket: {
      ...http,
      messages: messageRefs(['located']),
      address: '/v1/events/ws',
      description: 'One text message per record: `{"position": …, "record": …}`. Resume with `since`.',
      bindings: { ws: { method: 'GET', query } },
    },
    webhook: {
      ...http,
      servers: [],
      messages: messageRefs([...names, WEBHOOK_TEST]),
      address: null,
      description:
        'POST to an address of yours, signed as Standard Webhooks has it; the position is in `ledgerline-position`.',
    },
    live: {
      ...nats,
      address: 'live.evt.{tenant}.{kind}.{id}',
      parameters: parameters('tenant', 'kind', 'id'),
      description: 'As it happens; what happens while nobody listens is not told again.',
    },
    deliver: {
      ...nats,
      address: 'deliver.{tenant}={name}.{session}',
      parameters: {
        ...parameters('tenant'),
        name: { description: 'The name of the consumer.' },
        session: {
          description:
            'Of one connection: a request to `resume.{tenant}={name}` answers `{"deliver": this address, "after": position, "inFlight": records}`.',
        },
      },
      description:
        'A durable consumer of yours: in order, after the last record that was acknowledged; `+ACK` in answer to one stands for all before it.',
    },
  };
}

interface Told {
  readonly messages: JsonObject;
  /** Definitions that the messages refer to. */
  readonly schemas: JsonObject;
}

/** One message per event that is recorded of the kind. */
function toldOf(kind: ActorKind): Told {
  const { name, checks = [] } = kind;
  const timers = setsTimers(kind) ? { timer: timerEvent } : {};
  const events = { ...kind.events, ...timers, setBack: setBackEvent };
  const messages: Record<string, Json> = {};
  const schemas: Record<string, Json> = {};
  for (const [event, schema] of Object.entries(events)) {
    if (checks.includes(event)) continue;
    const type = `ledgerline.${name}.${event}`;
    // The words know a schema by what they ask of it; every one in the roster is zod's.
    const {
      $schema: _,
      $defs = {},
      ...fed
    } = z.toJSONSchema(schema as unknown as z.ZodType, { unrepresentable: 'any' });
    for (const [key, definition] of Object.entries($defs))
      schemas[`${type}.${key}`] = withRefs(definition as JsonObject, `${type}.`);
    const data = { type: 'object', properties: { event: withRefs(fed as JsonObject, `${type}.`) } };
    const own = { type: 'object', properties: { type: { const: type }, data } };
    const payload = { allOf: [{ $ref: '#/components/schemas/record' }, own] };
    messages[type] = { name: type, title: `${name}: ${event}`, payload };
  }
  return { messages, schemas };
}

/** Definitions of a schema are found among the components here, under their names with `prefix` before them. */
function withRefs(schema: JsonObject, prefix = ''): JsonObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', `#/components/schemas/${prefix}`)) as JsonObject;
}
