/**
 * Bayeux messages as clients send them, checked before the library sees them: it trusts names and numbers it is given.
 * An array, or a single message; all of one client.
 */
import { z } from 'zod';
import { parseFields } from '../fields.ts';
import { type Parsed, parsed, refused } from '../parsed.ts';

/** A channel or a pattern of one, as Bayeux writes them: `*` for one segment, `**` for any number, at the end. */
const CHANNEL = /^(?:\/[A-Za-z0-9\-_!~()$@]+)*\/(?:[A-Za-z0-9\-_!~()$@]+|\*{1,2})$/;
const CHANNEL_CHARS_MAX = 200;
const MESSAGES_MAX = 100;
const SUBSCRIPTIONS_MAX = 50;

const channel = z.string().max(CHANNEL_CHARS_MAX).regex(CHANNEL, 'no channel');
const subscription = z.union([channel, z.array(channel).max(SUBSCRIPTIONS_MAX)]);

const message = z.looseObject({
  channel,
  id: z.union([z.string().max(64), z.number()]).optional(),
  clientId: z.string().max(64).optional(),
  subscription: subscription.optional(),
  advice: z.looseObject({ timeout: z.number().min(0).optional(), interval: z.number().min(0).optional() }).optional(),
  ext: z.record(z.string(), z.unknown()).nullish(),
});

export type BayeuxMessage = z.infer<typeof message>;

export interface WireBounds {
  /** Longest a connect is held, whatever the client asks for; also the longest pause it may announce. */
  readonly holdMs: number;
}

export function parseMessages(body: unknown, { holdMs }: WireBounds): Parsed<BayeuxMessage[]> {
  const list = Array.isArray(body) ? body : [body];
  const checked = parseFields(z.array(message).min(1).max(MESSAGES_MAX), list);
  if (!checked.ok) return checked;
  const clients = new Set(checked.value.map(({ clientId }) => clientId));
  if (clients.size > 1) {
    return refused({ code: 'badFields', problems: [{ field: 'clientId', message: 'more than one in a request' }] });
  }
  // The library refuses it with its session made, and kept for ever.
  if (checked.value.length > 1 && checked.value.some((each) => each.channel === '/meta/handshake')) {
    return refused({ code: 'badFields', problems: [{ field: 'channel', message: 'a handshake comes alone' }] });
  }
  for (const { advice } of checked.value) {
    if (advice?.timeout !== undefined) advice.timeout = Math.min(advice.timeout, holdMs);
    if (advice?.interval !== undefined) advice.interval = Math.min(advice.interval, holdMs);
  }
  return parsed(checked.value);
}

/** The log position in a message's `ext.since`: what came after it is to be told. */
export function sinceOf({ ext }: Pick<BayeuxMessage, 'ext'>): number | undefined {
  const since = ext?.since;
  return typeof since === 'number' && Number.isSafeInteger(since) && since >= 0 ? since : undefined;
}
