import { describe, expect, test } from 'vitest';
import { basicOf, bearerOf } from '../../src/identity/authorization.ts';
import { mintToken } from '../../src/identity/token.ts';
import { digestOf } from '../../src/model/digest.ts';
import { countingBytes } from '../support/identities.ts';

describe('tokens', () => {
  test('are 256 bits and stored only as their digest', () => {
    const { secret, digest } = mintToken(countingBytes);
    expect(secret).toMatch(/^ll_[A-Za-z0-9_-]{43}$/);
    expect(digest).toBe(digestOf(secret));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(mintToken(countingBytes).secret).not.toBe(secret);
  });
});

describe('Authorization headers', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Basic abc', undefined],
    [`Bearer ${'x'.repeat(600)}`, undefined],
    [undefined, undefined],
  ])('%j carries the token %s', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });

  test.each([
    ['ksippo:', { name: 'ksippo', password: '' }],
    ['a:b:c', { name: 'a', password: 'b:c' }],
    ['é:ü', { name: 'é', password: 'ü' }],
    [':pw', undefined],
    ['nothing', undefined],
  ])('Basic of %j is read', (text, read) => {
    expect(basicOf(`Basic ${Buffer.from(text).toString('base64')}`)).toEqual(read);
  });
});
