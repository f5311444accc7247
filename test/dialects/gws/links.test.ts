import { describe, expect, it } from 'vitest';
import { belowRoot, idOfReference, path, rootsOf } from '../../../src/dialects/gws/links.ts';

describe('links', () => {
  it('a path encodes what it is made of', () => {
    expect(path('users', 'a/b c')).toBe('/users/a%2Fb%20c');
  });

  it.each([
    [undefined, ['/api/v2']],
    ['http://127.0.0.1/cloud-web/api/v2', ['/cloud-web/api/v2', '/api/v2']],
    ['http://host/api/v2/', ['/api/v2']],
    ['http://host', ['/api/v2']],
  ])('with the base %s the roots are %j', (uriBase, roots) => {
    expect(rootsOf(uriBase)).toEqual(roots);
  });

  it.each([
    ['/api/v2/me', '/me'],
    ['/api/v2/me/', '/me'],
    ['/cloud-web/api/v2/me', '/me'],
    ['/api/v2', ''],
    ['/api/v22/me', undefined],
    ['/v1/me', undefined],
  ])('%s is %s below its root', (asked, below) => {
    expect(belowRoot(rootsOf('http://h/cloud-web/api/v2'), asked)).toBe(below);
  });

  it.each([
    ['http://any/where/api/v2/skills/K1', 'K1'],
    ['/skills/K1', 'K1'],
    ['/skills/K1/', 'K1'],
    ['/skills/K1/?fields=*', 'K1'],
    ['/skills/a%2Fb?x=/users/1', 'a/b'],
    ['/users/K1', undefined],
    ['K1', undefined],
    ['/skills/', undefined],
    ['/skills//', undefined],
    ['/skills/%ff', undefined],
  ])('%s refers to the skill %s', (reference, id) => {
    expect(idOfReference(reference, 'skills')).toBe(id);
  });
});
