/**
 * What answers of the native API hold, as far as several routes share it. Descriptions only: an answer is not checked
 * against them where it is given, but by the tests, each of theirs.
 */
import { z } from 'zod';
import type { Success } from './route.ts';

const time = z.iso.datetime();
const position = z.int().min(0).describe('Position in the log.');
const actor = { tenant: z.string(), kind: z.string(), id: z.string() };

export const receipt = z
  .object({
    command: z
      .string()
      .describe(
        'Id of the command: the Idempotency-Key, where there was one; behind `key:` where that begins with a word and a colon.',
      ),
    position: position.describe('Of its last record. Reads with this `As-Of` show the command’s effect.'),
    time,
    records: z.array(z.object({ ...actor, version: z.int(), position })),
  })
  .meta({ id: 'Receipt', description: 'What a command recorded.' });

/** A record of the log; records.md has its fields, `/schemas/record.json` its schema. */
export const record = z
  .object({ specversion: z.literal('1.0'), id: z.string(), type: z.string(), data: z.looseObject({}) })
  .loose()
  .meta({ id: 'Record', description: 'A CloudEvent; its schema is served at `/schemas/record.json`.' });

export const located = z.object({ ...actor, position, record });

/** Of something that is recorded with attributes. */
export function stored<Attributes extends z.ZodRawShape>(attributes: Attributes) {
  return z.object({
    id: z.string(),
    ...attributes,
    meta: z.object({ version: z.int(), createdAt: time, modifiedAt: time }),
  });
}

/** Of a command: what it is about, and the receipt. */
export function settling(shape: z.ZodRawShape, status = 200): Success {
  return { status, body: z.object({ ...shape, receipt }) };
}

export const settlingId: Success = settling({ id: z.string() });

/** Of a list that is told page by page. */
export function paging(item: z.ZodType): Success {
  const next = z.string().exactOptional().describe('The `cursor` of the next page; absent on the last.');
  return { body: z.object({ items: z.array(item), next, position }) };
}

/** Of a body whose fields are named in words. */
export function loosely(description: string, shape: z.ZodRawShape = {}): Success {
  return { description, body: z.looseObject(shape) };
}

/** Of a deed of the simulated network. */
export const did: Success = { description: 'It is in the log.', body: z.object({ done: z.literal(true) }) };
