/**
 * What nobody outside may see: the records of private kinds. Passwords and tokens are kept as hashes only.
 */
import { z } from 'zod';
import { dialect, id, name, text, time } from '../../fields.ts';

/** A way for a user to prove who he is in one dialect. The login name is a claim of this record. */
export const credential = z.strictObject({
  user: id,
  dialect,
  name: name.describe('The login name.'),
  /** Argon2id or scrypt in PHC form, `$scheme$parameters$salt$hash`; absent when there is no password. */
  hash: text(512).exactOptional(),
  /** Only then does an empty password sign in. */
  allowEmpty: z.boolean().exactOptional(),
});

/** A bearer token. What it may do: what its user may, or the permissions and scopes listed here. */
export const token = z.strictObject({
  /** SHA-256 of the token, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  label: text(128).exactOptional(),
  user: id.exactOptional(),
  telco: id.exactOptional().describe('A telco’s token sees the tenants of that telco.'),
  extension: id.exactOptional().describe('Id of the extension record it stands for.'),
  permissions: z.array(text(64)).max(128).exactOptional(),
  scopes: z.array(text(64)).max(64).exactOptional(),
  expiresAt: time.exactOptional().describe('Absent: it does not expire.'),
});

/** An address that is told of events. Two secrets while one replaces the other. */
export const webhook = z.strictObject({
  url: z.url().max(2048),
  secrets: z.array(text(256)).max(2),
  types: z.array(text(128)).max(64).exactOptional().describe('Event types, with `*` for a rest; absent: all.'),
  kinds: z
    .array(name)
    .max(64)
    .exactOptional()
    .describe('Kinds of actors, and ids of actors, that it is told of; absent: all.'),
  ids: z.array(id).max(64).exactOptional(),
  description: text(1024).exactOptional(),
  enabled: z.boolean().exactOptional(),
});

export type Webhook = z.infer<typeof webhook>;
