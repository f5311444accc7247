import { describe, expect, test } from 'vitest';
import { isGenuineWebhook } from '../../src/client/verify-webhook.ts';
import { mintWebhookSecret, signerOf } from '../../src/subscribers/webhook/signature.ts';

const secret = mintWebhookSecret((count) => Buffer.alloc(count, 1));
const other = mintWebhookSecret((count) => Buffer.alloc(count, 2));
const message = { id: 'msg', timestamp: 1_700_000_000, body: '{"grüße":1}' };
const headers = {
  'webhook-id': message.id,
  'webhook-timestamp': String(message.timestamp),
  'webhook-signature': signerOf([other, secret])(message),
};
const nowMs = message.timestamp * 1000;

describe('a receiver', () => {
  test('believes what Ledgerline signed, under either of two secrets', async () => {
    expect(await isGenuineWebhook(headers, message.body, secret, nowMs)).toBe(true);
    expect(await isGenuineWebhook(headers, message.body, other, nowMs + 299_000)).toBe(true);
  });

  test.each([
    ['another body', headers, '{}', secret, nowMs],
    ['another secret', headers, message.body, mintWebhookSecret((count) => Buffer.alloc(count, 3)), nowMs],
    ['no secret', headers, message.body, '', nowMs],
    ['an old message', headers, message.body, secret, nowMs + 301_000],
    ['no headers', {}, message.body, secret, nowMs],
    ['no time', { ...headers, 'webhook-timestamp': '' }, message.body, secret, nowMs],
    ['a broken signature', { ...headers, 'webhook-signature': 'v1,% v1' }, message.body, secret, nowMs],
  ] as const)('does not believe %s', async (_, given, body, key, at) => {
    expect(await isGenuineWebhook(given, body, key, at).catch(() => false)).toBe(false);
  });
});
