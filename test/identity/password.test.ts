import { describe, expect, test } from 'vitest';
import { createPasswordHasher } from '../../src/identity/password.ts';
import { CHEAP, countingBytes } from '../support/identities.ts';

const hasher = createPasswordHasher(countingBytes, CHEAP);

describe('password hashes', () => {
  test('a hash opens to its password and to no other', async () => {
    const phc = await hasher.hash('pw é');
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hasher.verify('pw é', phc)).toBe(true);
    expect(await hasher.verify('pw e', phc)).toBe(false);
    expect(await hasher.verify('', phc)).toBe(false);
  });

  test('the same password never hashes the same twice', async () => {
    expect(await hasher.hash('pw')).not.toBe(await hasher.hash('pw'));
  });

  test('a hash made at another cost still opens', async () => {
    const dear = createPasswordHasher(countingBytes, { memoryKib: 64, passes: 2, lanes: 1 });
    expect(await hasher.verify('pw', await dear.hash('pw'))).toBe(true);
  });

  test.each([
    undefined,
    '',
    'pw',
    '$argon2id$v=19$m=9999999,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$c2FsdHNhbHRzYWx0c2FsdA',
    '$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$c2FsdHNhbHRzYWx0c2FsdA',
  ])('what is no usable hash (%s) opens to nothing', async (phc) => {
    expect(await hasher.verify('pw', phc)).toBe(false);
  });

  test('too many at once are refused and the others still answered', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.hash('pw')));
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(60 - 2 - 50);
    expect(refused[0]?.reason).toMatchObject({ code: 'overloaded', retry: 'same' });
  });
});
