import { describe, expect, it } from 'vitest';
import { isSelected, parseQuery, wanted, withFields } from '../../../src/dialects/gws/query.ts';

const query = (text: string) => parseQuery(new URLSearchParams(text));

describe('query strings', () => {
  it('fields may come as a list, several times, or as a star', () => {
    expect(query('').fields).toBeUndefined();
    expect(query('fields=a,b&fields=c').fields).toEqual(new Set(['a', 'b', 'c']));
    expect(query('fields=a,*').fields).toBe('all');
    expect(query('fields=').fields).toEqual(new Set());
  });

  it('only the fields asked for are left, and unknown ones do not matter', () => {
    expect(withFields({ a: 1, b: 2 }, query('fields=b,c'))).toEqual({ b: 2 });
    expect(withFields({ a: 1 }, query(''))).toEqual({ a: 1 });
  });

  it('sub-resources that are asked for stay beside the fields', () => {
    const user = { id: '1', name: 'x', skills: [], devices: [] };
    expect(withFields(user, query('fields=id&subresources=skills'))).toEqual({ id: '1', skills: [] });
    expect(withFields(user, query('fields=id&subresources=*'))).toEqual({ id: '1', skills: [], devices: [] });
    expect(withFields(user, query('fields=id,skills'))).toEqual({ id: '1', skills: [] });
  });

  it('sub-resources are selected by name or all at once', () => {
    expect(isSelected(query('subresources=skills').subresources, 'devices')).toBe(false);
    expect(isSelected(query('subresources=*').subresources, 'devices')).toBe(true);
    expect(isSelected(query('').subresources, 'devices')).toBe(false);
  });

  it.each([
    ['name=x', ['1']],
    ['name=x&_=17', ['1']],
    ['_=17', ['1', '2', '3']],
    ['roles=B', ['2']],
    ['note=n', ['3']],
    ['enabled=true&name=y', ['2']],
    ['constructor=x', ['1', '2', '3']],
  ])('%s leaves %j', (text, ids) => {
    const resources = [
      { id: '1', name: 'x', enabled: true, roles: ['A'] },
      { id: '2', name: 'y', enabled: true, roles: ['A', 'B'] },
      { id: '3', name: 'z', enabled: false, roles: [], note: 'n' },
    ];
    expect(wanted('things', resources, query(text).others).map(({ id }) => id)).toEqual(ids);
  });

  it('a property that no skill has at present is a filter all the same', () => {
    const skills = [{ id: 'K1' }, { id: 'K2' }];
    expect(wanted('skills', skills, query('description=x').others)).toEqual([]);
    expect(wanted('devices', skills, query('description=x').others)).toEqual([]);
    expect(wanted('users', skills, query('description=x').others)).toEqual(skills);
  });
});
