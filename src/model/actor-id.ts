/**
 * Who an actor is: tenant, kind and id, and the one text form each of them has.
 * Ids are free text; on the wire of the log each becomes one token (see `encodeToken`), never the other way round.
 */

/** Identity of one actor. `tenant` and `kind` are plain tokens ([A-Za-z0-9_-]+), `id` is any non-empty text. */
export interface ActorId {
  readonly tenant: string;
  readonly kind: string;
  readonly id: string;
}

/** `<tenant>.<kind>.<encoded id>`: unique per actor, usable as a map key and as the tail of its subject. */
export type ActorKey = string;

/** What belongs to no single tenant (tenants themselves, telcos, products, administrators) lives under this one. */
export const INSTALLATION = 'installation';

export const ID_BYTES_MAX = 256;

/** A name that can stand in a subject as it is. */
export const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

const PLAIN = /^[A-Za-z0-9_-]+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * One subject token for any text: [A-Za-z0-9_-] stay, every other byte of its UTF-8 form becomes `=XX`.
 * Reversible, and injective: two ids never share a subject.
 */
export function encodeToken(text: string): string {
  if (PLAIN.test(text)) return text;
  let token = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += byte < 128 && PLAIN.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** The text that `encodeToken` was given; undefined when the token is not of its making. */
export function decodeToken(token: string): string | undefined {
  if (PLAIN.test(token)) return token;
  if (!/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/.test(token)) return undefined;
  const text = Buffer.from(
    token.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
  return encodeToken(text) === token ? text : undefined;
}

export function keyOf(actor: ActorId): ActorKey {
  return `${actor.tenant}.${actor.kind}.${encodeToken(actor.id)}`;
}

export function actorOfKey(key: ActorKey): ActorId | undefined {
  const [tenant, kind, token, ...rest] = key.split('.');
  if (tenant === undefined || kind === undefined || token === undefined || rest.length > 0) return undefined;
  const id = decodeToken(token);
  return id === undefined || !isToken(tenant) || !isToken(kind) ? undefined : { tenant, kind, id };
}

/** `tenant/kind/id`, the form people read and type. The id may hold slashes; it is the rest of the text. */
export function formatActor(actor: ActorId): string {
  return `${actor.tenant}/${actor.kind}/${actor.id}`;
}

/** Reads `tenant/kind/id`; undefined when a part is missing or could not name an actor. */
export function parseActor(text: string): ActorId | undefined {
  const match = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, tenant = '', kind = '', id = ''] = match;
  return isToken(tenant) && isToken(kind) && isUsableId(id) ? { tenant, kind, id } : undefined;
}

/** An id may be any text without control characters, of 1 to 256 UTF-8 bytes. */
export function isUsableId(id: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return id.length > 0 && !/[\u0000-\u001f\u007f\ud800-\udfff]/u.test(id) && Buffer.byteLength(id) <= ID_BYTES_MAX;
}
