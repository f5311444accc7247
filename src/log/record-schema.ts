/**
 * The stored record as a schema, for everybody outside who reads one: published at `/schemas/record.json`, explained
 * field by field in docs/records.md. Inside, codec.ts checks the same by hand, for speed; whatever this accepts, it does.
 * Unknown fields are allowed everywhere: the format changes by adding only.
 */
import { z } from 'zod';
import type { JsonObject } from '../model/json.ts';
import type { StateValue } from '../model/transition.ts';

const stateValue: z.ZodType<StateValue> = z
  .union([
    z.string(),
    z.record(
      z.string(),
      z.lazy(() => stateValue),
    ),
  ])
  .meta({ id: 'StateValue', description: 'Where the actor stands: a name, or per parallel region a value.' });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const json = z.record(z.string(), z.json());

const timer = z.looseObject({
  name: z.string().describe('Name of the delay in the machine.'),
  due: z.int().describe('When it fires, ms since 1970.'),
  armed: z.int().min(1).describe('Version of the actor that armed it; a firing with another one is stale.'),
});

const state = z.looseObject({
  context: json.describe('Everything the machine remembers.'),
  timers: z.array(timer).exactOptional().describe('Delays that are running; absent when none is.'),
  done: z.literal(true).exactOptional().describe('True once the actor has ended; absent before.'),
});

const cause = z.looseObject({
  command: z.string().describe('Id of the command, unique within the tenant.'),
  tenant: z
    .string()
    .exactOptional()
    .describe('Tenant of the command, where its id is unique; absent when it is the actor’s own.'),
  by: z.string().describe('Who asked: `user:<id>`, `token:<id>`, `timer`, `system:<part>`.'),
  via: z.string().describe('The way in: `gws`, `gms`, `ccs`, `xuc`, `native`, `cli`, `timers`, …'),
  trace: z.string().exactOptional().describe('W3C traceparent of the request; absent when it had none.'),
  told: z
    .string()
    .exactOptional()
    .describe('The record whose step told this actor, `<tenant>/<kind>/<id>@<version>`; absent on the command’s own.'),
});

const data = z.looseObject({
  version: z.int().min(1).describe('1, 2, 3 … per actor, without gaps.'),
  event: z.looseObject({ type: z.string() }).describe('What the machine was fed: `type` and its fields.'),
  from: stateValue.nullable().describe('State value before; null on the first record of an actor.'),
  to: stateValue.describe('State value after.'),
  state: state.describe('The whole state after: with `to`, all that is needed to go on.'),
  cause: cause.describe('Why it happened.'),
  part: z
    .looseObject({
      number: z.int().min(1).describe('Place of this record in its command, from 1.'),
      of: z.int().min(1).describe('How many records the command made.'),
    })
    .describe('Place within the command; a command is all or nothing.'),
  machine: z.string().describe('The machine that took the step, `<kind>@<machine version>`.'),
  prev: sha256
    .nullable()
    .describe('SHA-256 (hex) of the stored bytes of the actor’s previous record; null on the first.'),
});

export const recordSchema = z
  .looseObject({
    specversion: z.literal('1.0').describe('CloudEvents version.'),
    id: z.uuid().describe('uuid, version 7.'),
    source: z.string().describe('The actor: `/tenants/<tenant>/<kind>s/<id>`, id percent-encoded.'),
    type: z.string().describe('`ledgerline.<kind>.<event type>`.'),
    time: z.iso.datetime({ precision: 3 }).describe('Time of the turn, RFC 3339 in UTC with milliseconds.'),
    datacontenttype: z.literal('application/json').describe('Always this.'),
    data: data.describe('The transition.'),
  })
  .meta({ title: 'Ledgerline record', description: 'One step of one actor, a CloudEvents 1.0 JSON object.' });

/** JSON Schema (2020-12) of a stored record. */
export const RECORD_SCHEMA: JsonObject = z.toJSONSchema(recordSchema) as JsonObject;
