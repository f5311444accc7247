import { describe, expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { KEYS, type KeyOf } from '../../projections/directory/keys.ts';
import {
  directory,
  entriesBy,
  entriesByAlias,
  entriesByLogin,
  entriesOf,
  entry,
  newestEntry,
  secretEntriesBy,
  secretEntriesByLogin,
  secretEntriesOf,
  secretEntry,
} from '../../projections/directory.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { Chains, projected, type RecordDraft, START_MS } from '../support/given.ts';

const ksippo = { tenant: 'genesys', kind: 'user', id: '63630bbebf4840d7a0bffd6312bc29ff' };
const reese = { tenant: 'ccslab15', kind: 'user', id: 'reese' };
const queue = { tenant: 'genesys', kind: 'queue', id: 'callback' };
const password = { tenant: 'genesys', kind: 'credential', id: 'ksippo' };

function having(attributes: JsonObject, more: RecordDraft = {}): RecordDraft {
  return { to: 'present', state: { context: { attributes } }, ...more };
}

function secret(attributes: JsonObject): RecordDraft {
  return having(attributes, { visibility: 'private' });
}

describe('records', () => {
  test('a record is shown with its newest attributes and both its times', () => {
    const { stored } = new Chains()
      .add(ksippo, having({ firstName: 'K' }))
      .add(ksippo, having({ firstName: 'Kristi' }));
    expect(entry(projected(stored, [directory]).view, ksippo)).toEqual({
      actor: ksippo,
      attributes: { firstName: 'Kristi' },
      version: 2,
      position: 2,
      created: 1,
      createdAt: START_MS + 1000,
      modifiedAt: START_MS + 2000,
    });
  });

  test('a list is in the order of creation, page by page, of one tenant and kind', () => {
    const chains = new Chains();
    for (const id of ['c', 'a', 'b']) chains.add({ ...ksippo, id }, having({ firstName: id }));
    chains
      .add(reese, having({}))
      .add(queue, having({}))
      .add({ ...ksippo, id: 'c' }, having({ firstName: 'C' }));
    const { view } = projected(chains.stored, [directory]);
    const page = { tenant: 'genesys', kind: 'user' };
    expect(entriesOf(view, { ...page, limit: 9 }).map(({ actor }) => actor.id)).toEqual(['c', 'a', 'b']);
    expect(entriesOf(view, { ...page, after: 1, limit: 1 }).map(({ actor }) => actor.id)).toEqual(['a']);
    expect(newestEntry(view, 'genesys', 'user')?.actor.id).toBe('b');
  });

  test('a removed record is in no list and found by no key', () => {
    const attributes = { agentNumber: '8000', aliases: [{ dialect: 'xuc', id: '9' }] };
    const { stored } = new Chains()
      .add(ksippo, having(attributes))
      .add(ksippo, { to: 'removed', state: { context: { attributes }, done: true } });
    const { view } = projected(stored, [directory]);
    expect(entry(view, ksippo)).toBeUndefined();
    expect(newestEntry(view, 'genesys', 'user')).toBeUndefined();
    expect(entriesBy(view, { kind: 'user', key: 'agentNumber', value: '8000' })).toEqual([]);
    expect(entriesByAlias(view, { kind: 'user', dialect: 'xuc', id: '9' })).toEqual([]);
  });
});

describe('keys', () => {
  test('records are found by alias and by sign-in name, each within its dialect, in any tenant or in one', () => {
    const named = (id: string, name: string) => ({
      aliases: [{ dialect: 'ccs', id }],
      logins: [{ dialect: 'gws', name }],
    });
    const { stored } = new Chains().add(ksippo, having(named('u1', 'ksippo'))).add(reese, having(named('u1', 'rnath')));
    const { view } = projected(stored, [directory]);
    const ids = (found: readonly { readonly actor: { readonly id: string } }[]) => found.map(({ actor }) => actor.id);
    expect(ids(entriesByLogin(view, { kind: 'user', dialect: 'gws', name: 'rnath' }))).toEqual([reese.id]);
    expect(entriesByLogin(view, { kind: 'user', dialect: 'xuc', name: 'rnath' })).toEqual([]);
    expect(ids(entriesByAlias(view, { kind: 'user', dialect: 'ccs', id: 'u1' }))).toEqual([ksippo.id, reese.id]);
    expect(ids(entriesByAlias(view, { kind: 'user', dialect: 'ccs', id: 'u1', tenant: 'ccslab15' }))).toEqual([
      reese.id,
    ]);
  });

  test('a key finds the value of now only, and each value of a list', () => {
    const { stored } = new Chains()
      .add(queue, having({ extension: '8000', accessNumbers: ['1', '2'], members: [{ agent: 'ksippo' }] }))
      .add(queue, having({ extension: '8001', accessNumbers: ['2', '2', 3], members: [{ agent: 'peer' }] }));
    const { view } = projected(stored, [directory]);
    const count = (key: KeyOf<'queue'>, value: string | number) =>
      entriesBy(view, { kind: 'queue', key, value }).length;
    expect([count('extension', '8000'), count('extension', '8001')]).toEqual([0, 1]);
    expect([count('accessNumbers', '1'), count('accessNumbers', '2'), count('accessNumbers', 3)]).toEqual([0, 1, 1]);
    expect([count('members.agent', 'ksippo'), count('members.agent', 'peer')]).toEqual([0, 1]);
  });

  test('keys are declared for kinds that exist', () => {
    for (const kind of Object.keys(KEYS)) expect(kinds.has(kind), kind).toBe(true);
  });
});

test('private records are returned by the queries for secrets and by no other', () => {
  const attributes = { user: ksippo.id, dialect: 'gws', name: 'ksippo', hash: '$scrypt$…' };
  const { view } = projected(new Chains().add(password, secret(attributes)).stored, [directory]);
  const byUser = { kind: 'credential', key: 'user', value: ksippo.id } as const;
  const byLogin = { kind: 'credential', dialect: 'gws', name: 'ksippo' };
  for (const found of [
    secretEntriesBy(view, byUser),
    secretEntriesByLogin(view, byLogin),
    [secretEntry(view, password)],
  ])
    expect(found.map((each) => each?.attributes)).toEqual([attributes]);
  const page = { tenant: 'genesys', kind: 'credential', limit: 9 };
  expect(secretEntriesOf(view, page)).toHaveLength(1);
  expect(entry(view, password)).toBeUndefined();
  expect(entriesBy(view, byUser)).toEqual([]);
  expect(entriesByLogin(view, byLogin)).toEqual([]);
  expect(entriesOf(view, page)).toEqual([]);
  expect(newestEntry(view, 'genesys', 'credential')).toBeUndefined();
});
