/**
 * Command ids at the door, and the ids of what a command creates. A caller who may repeat sends `Idempotency-Key`; the
 * same key (per tenant) has one effect, because everything minted for it derives from it.
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { keyOf } from '../model/actor-id.ts';
import type { Command, Outcome } from '../model/command.ts';
import type { Runtime } from '../model/runtime.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

/** Printable ASCII without blanks; the quotes of a structured-field string are taken off. */
const KEY = /^"?([\x21\x23-\x7e]{1,128})"?$/;

/**
 * How the parts of this server begin the ids of their own commands (`offer:…`, `timer:…`, `switch:…`). A caller whose key
 * began so would take the id of a command that is still to come, and keep its call or timer from moving on.
 */
const OWN = /^[a-z-]+:/i;

/** The caller's key, behind `key:` where it could be an id of our own; else a fresh id from `mint`. */
export function commandIdOf(headers: IncomingHttpHeaders, mint: () => string): Parsed<string> {
  const header = headers['idempotency-key'];
  if (header === undefined) return parsed(mint());
  const key = KEY.exec(String(header))?.[1];
  if (key !== undefined) return parsed(OWN.test(key) ? `key:${key}` : key);
  const reason = 'must be 1 to 128 printable ASCII characters without blanks or quotes';
  return refused({ code: 'badParameter', name: 'Idempotency-Key', reason });
}

/** `keyReused`: the command id was used before, for other actors. Nothing was recorded now. */
export type Submitted = Outcome | { readonly kind: 'keyReused' };

/** A command is about the actor of its first delivery: a repeated id whose receipt says nothing of it was another request's. */
export async function submitOnce(runtime: Pick<Runtime, 'submit'>, command: Command): Promise<Submitted> {
  const outcome = await runtime.submit(command);
  if (outcome.kind === 'rejected' || !outcome.repeated) return outcome;
  const { records } = outcome.receipt;
  const [about] = command.deliveries.map(({ to }) => keyOf(to));
  const isSame = records.length === 0 || records.some(({ actor }) => keyOf(actor) === about);
  return isSame ? outcome : { kind: 'keyReused' };
}

/** A uuid (version 8) that is the same whenever the same command mints its `nth` id. */
export function derivedId(tenant: string, command: string, nth = 0): string {
  const digest = createHash('sha256').update(`${tenant}\0${command}\0${nth}`).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
