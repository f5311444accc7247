import { describe, expect, test } from 'vitest';
import { isSigned, mintWebhookSecret, signerOf } from '../../../src/subscribers/webhook/signature.ts';

/** The example of the Standard Webhooks specification. */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('a signature', () => {
  const { secret, message, signature } = EXAMPLE;
  const now = message.timestamp;

  test('is that of the specification', () => {
    expect(signerOf([secret])(message)).toBe(signature);
    expect(isSigned(message, signature, secret, now)).toBe(true);
  });

  test('holds under either secret while one replaces the other', () => {
    const next = mintWebhookSecret((count) => Buffer.alloc(count, 7));
    const both = signerOf([next, secret])(message);
    expect([next, secret].map((one) => isSigned(message, both, one, now))).toEqual([true, true]);
  });

  test.each([
    ['another body', { ...message, body: '{}' }, now],
    ['another id', { ...message, id: 'other' }, now],
    ['another time', { ...message, timestamp: now + 1 }, now],
    ['an old message', message, now + 301],
    ['a message of the future', message, now - 301],
    ['no time at all', { ...message, timestamp: Number.NaN }, now],
  ])('does not hold for %s', (_, changed, at) => {
    expect(isSigned(changed, signature, secret, at)).toBe(false);
  });

  test.each(['', 'v1,', 'v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='])('is not "%s"', (given) => {
    expect(isSigned(message, given, secret, now)).toBe(false);
  });
});
