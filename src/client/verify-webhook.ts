/**
 * For receivers of webhooks: whether a message is what Ledgerline sent. Works with any library of Standard Webhooks just
 * as well; this one needs none. Web Crypto alone, so it runs at the edge, too.
 */

/** The headers of a webhook, by their lower-case names, as Node and most servers give them. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const PREFIX = 'whsec_';
const TOLERANCE_S = 300;

/** `body`: the text as it came, not parsed and printed again. `nowMs`: ms since 1970. */
export async function isGenuineWebhook(
  headers: WebhookHeaders,
  body: string,
  secret: string,
  nowMs: number,
): Promise<boolean> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (!(Math.abs(nowMs / 1000 - Number(timestamp)) <= TOLERANCE_S) || timestamp === '') return false;
  const { subtle } = globalThis.crypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', bytesOf(secret.replace(PREFIX, '')), algorithm, false, ['verify']);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const one of (signatures ?? '').split(' ')) {
    const [version, given = ''] = one.split(',');
    if (version === 'v1' && (await subtle.verify('HMAC', key, bytesOf(given), signed))) return true;
  }
  return false;
}

/** What is no base64 is no bytes. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
