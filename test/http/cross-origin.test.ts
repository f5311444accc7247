import { describe, expect, it } from 'vitest';
import { crossOriginHeaders } from '../../src/http/cross-origin.ts';

describe('CORS', () => {
  const allowing = (...allowedOrigins: string[]) =>
    crossOriginHeaders({
      allowedOrigins,
      allowedMethods: 'GET',
      allowedHeaders: 'Accept',
      exposedHeaders: 'Retry-After',
      preflightKeptS: 1,
    });

  it.each([
    ['*', 'http://any.where:1', true],
    ['https://*.example.com', 'https://desk.example.com', true],
    ['https://*.example.com', 'https://desk.example.com.evil.org', false],
    ['https://*.example.com', 'https://evil.org/.example.com', false],
    ['https://*.example.com', 'http://desk.example.com', false],
    ['https://desk.example.com', 'https://desk.example.com', true],
    ['https://desk.example.com', 'https://deskXexample.com', false],
    ['http://localhost:*', 'http://localhost:3000', true],
    ['https://*.*.example.com', `https://${'a.'.repeat(100)}example.com`, true],
    ['https://*.*.example.com', `https://${'a.'.repeat(200)}example.com`, false],
  ])('%s answers %s: %s', (allowed, origin, expected) => {
    expect(allowing(allowed)(origin)['Access-Control-Allow-Origin']).toBe(expected ? origin : undefined);
  });

  it('an origin that is not allowed, or none, is told nothing', () => {
    expect(allowing('https://desk.example.com')('https://other.example.com')).toEqual({ Vary: 'Origin' });
    expect(allowing('*')(undefined)).toEqual({ Vary: 'Origin' });
  });

  it('answers do not depend on the origin where none is allowed', () => {
    expect(allowing()('https://desk.example.com')).toEqual({});
  });
});
