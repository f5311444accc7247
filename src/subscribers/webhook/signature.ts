/**
 * Signatures as Standard Webhooks has them (symmetric, `v1`): HMAC-SHA256 over id, time and body. While a secret is being
 * replaced a message carries one signature per secret, and either is good.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../../model/random.ts';

export interface SignedMessage {
  /** `webhook-id`: of the record, the same whenever it is sent again. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970, of this attempt. */
  readonly timestamp: number;
  readonly body: string;
}

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** A message older or newer than this is not believed: it may be a replay. */
const TOLERANCE_S = 300;

export function mintWebhookSecret(random: RandomBytes): string {
  return PREFIX + Buffer.from(random(SECRET_BYTES)).toString('base64');
}

/** Makes values of `webhook-signature`. Keys are prepared once: that is half of what a signature costs. */
export function signerOf(secrets: readonly string[]): (message: SignedMessage) => string {
  const keys = secrets.map(keyOf);
  return (message) => keys.map((key) => `v1,${signature(message, key)}`).join(' ');
}

/** Whether one of the signatures is this secret's, and the time is about `nowS` (seconds since 1970). */
export function isSigned(message: SignedMessage, signatures: string, secret: string, nowS: number): boolean {
  if (!(Math.abs(nowS - message.timestamp) <= TOLERANCE_S)) return false;
  const expected = Buffer.from(`v1,${signature(message, keyOf(secret))}`);
  return signatures.split(' ').some((given) => {
    const bytes = Buffer.from(given);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

function keyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64'));
}

function signature({ id, timestamp, body }: SignedMessage, key: KeyObject): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}
