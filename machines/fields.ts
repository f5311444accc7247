/**
 * zod schemas of the fields that events and attributes of several kinds share. Every text has a bound, so that states
 * stay far below their size limit.
 */
import { z } from 'zod';
import { ID_BYTES_MAX, isUsableId } from '../src/model/actor-id.ts';

/** Free text of at most `charsMax` characters. */
export const text = (charsMax: number) => z.string().max(charsMax);

/** Id of an actor or of an object outside. */
export const id = z.string().max(ID_BYTES_MAX).refine(isUsableId, 'not usable as an id');

/** What people read. */
export const name = z.string().min(1).max(128);

/** Anything that can be dialled: an extension, a number, a feature code. */
export const dialled = z.string().min(1).max(64);

export const ms = z.int().min(0).max(86_400_000).describe('A duration in milliseconds, up to a day.');

export const time = z.int().min(0).describe('Milliseconds since 1970.');

export const count = z.int().min(0).max(1_000_000_000);

/** The published interfaces by which people and programs come in. */
export const dialect = z.enum(['ccs', 'xuc', 'gws', 'gms', 'native']);

/** How one dialect calls an object. Its id there is never derived from another one. */
export const alias = z.strictObject({ dialect, id });

export const aliases = z
  .array(alias)
  .max(32)
  .describe('What the APIs call it. In order: reads print the first of their dialect, requests may use any.');

/** Something outside that is known by id and name only. */
export const reference = z.strictObject({ id, name });

/** Why a presence was chosen: an option of the tenant by its id and name, or a name alone. */
export const reason = z.strictObject({ id: id.exactOptional(), name });

export type Alias = z.infer<typeof alias>;
export type Reason = z.infer<typeof reason>;
