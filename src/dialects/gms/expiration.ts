/**
 * `PUT /genesys/1/cs/services/{id}`: a service, with its storage, lives for `ttl` seconds from now, or until
 * `expiration_time`; `ttl` wins.
 */
import { z } from 'zod';
import { TTL_MS_MAX } from '../../../machines/service/events.ts';
import { service } from '../../../projections/services.ts';
import { parseFields } from '../../http/fields.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { Json } from '../../model/json.ts';
import type { Answer } from './answers.ts';
import { type Ask, changed, param } from './ask.ts';
import { inputAnswer, unknownService } from './errors.ts';

const SECONDS_MAX = TTL_MS_MAX / 1000;
const SECONDS = `must be a whole number of seconds, from 1 to ${SECONDS_MAX}`;

/** Seconds as a number or in digits. */
const ttl = z
  .union([z.int(), z.string().regex(/^\d{1,10}$/, SECONDS)], SECONDS)
  .transform(Number)
  .refine((seconds) => seconds >= 1 && seconds <= SECONDS_MAX, SECONDS);

/** The documented `…SSSZ` is Java's, whose zone is `+0000`; clients also send `Z` and `+00:00`. */
const expirationTime = z
  .string()
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => Date.parse(text));

const body = z
  .looseObject({ ttl: ttl.exactOptional(), expiration_time: expirationTime.exactOptional() })
  .refine((fields) => fields.ttl !== undefined || fields.expiration_time !== undefined, 'give ttl or expiration_time');

export function updateExpiration(ask: Ask, given: Json | undefined): Answer | Promise<Answer> {
  const fields = parseFields(body, given ?? {});
  if (!fields.ok) return inputAnswer(fields.problem);
  const id = param(ask, 'service');
  if (service(ask.live, ask.tenant, id) === undefined) return unknownService();
  const { ttl: seconds, expiration_time: expiresAt } = fields.value;
  const event: MachineEvent = {
    type: 'setExpiration',
    ...(seconds === undefined ? {} : { ttlMs: seconds * 1000 }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return changed(ask, id, event, { kind: 'empty' });
}
