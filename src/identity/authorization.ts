/**
 * The two Authorization schemes every dialect shares, read and not yet believed.
 */

const SECRET_CHARS_MAX = 512;

/** The token of an `Authorization: Bearer …` header; undefined when there is none. */
export function bearerOf(authorization: string | undefined): string | undefined {
  const token = /^bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
  return token !== undefined && token.length <= SECRET_CHARS_MAX ? token : undefined;
}

/** User and password of an `Authorization: Basic …` header; undefined when there is none or it cannot be read. */
export function basicOf(authorization: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/_-]*={0,2}) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
