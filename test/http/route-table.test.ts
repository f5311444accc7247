import { describe, expect, test } from 'vitest';
import { compileRoutes } from '../../src/http/route-table.ts';

const find = compileRoutes([
  { method: 'GET', path: '/v1/things' },
  { method: 'POST', path: '/v1/things' },
  { method: 'GET', path: '/v1/things/:id' },
  { method: 'GET', path: '/v1/things/special' },
  { method: 'GET', path: '/v1/:kind/:id/parts/' },
]);

describe('the route table', () => {
  test('finds a route and its decoded parameters', () => {
    expect(find('GET', '/v1/things/a%2Fb%20%C3%A9.*')).toMatchObject({ kind: 'found', params: { id: 'a/b é.*' } });
  });

  test('a static segment wins over a name', () => {
    expect(find('GET', '/v1/things/special')).toMatchObject({ route: { path: '/v1/things/special' } });
    expect(find('GET', '/v1/things/special/parts/')).toMatchObject({ params: { kind: 'things', id: 'special' } });
  });

  test('a trailing slash is a path of its own', () => {
    expect(find('GET', '/v1/things/')).toEqual({ kind: 'none' });
    expect(find('GET', '/v1/a/b/parts')).toEqual({ kind: 'none' });
  });

  test('GET answers HEAD, and another method learns what is allowed', () => {
    expect(find('HEAD', '/v1/things')).toMatchObject({ kind: 'found', route: { method: 'GET' } });
    expect(find('PUT', '/v1/things')).toEqual({ kind: 'noMethod', allow: ['GET', 'POST'] });
  });

  test.each(['%00', '%E0%A4', '%0a', 'a%7f', '%', '%zz', 'x'.repeat(300)])('the segment %j is refused', (segment) => {
    expect(find('GET', `/v1/things/${segment}`)).toMatchObject({ kind: 'badPath' });
  });

  test('names of Object.prototype are nothing special', () => {
    expect(find('GET', '/v1/things/__proto__')).toMatchObject({ kind: 'found', params: { id: '__proto__' } });
    expect(find('constructor', '/v1/things')).toMatchObject({ kind: 'noMethod' });
    expect(find('GET', '/__proto__/x')).toEqual({ kind: 'none' });
  });

  test('the same question again gets the same answer', () => {
    expect(find('GET', '/v1/things/again')).toMatchObject({ params: { id: 'again' } });
    expect(find('GET', '/v1/things/again')).toMatchObject({ kind: 'found', params: { id: 'again' } });
    expect(find('POST', '/v1/things/again')).toMatchObject({ kind: 'noMethod' });
  });

  test('the same route twice is a mistake of the table', () => {
    const twice = { method: 'GET', path: '/a' };
    expect(() => compileRoutes([twice, twice])).toThrow('two routes GET /a');
  });
});
