import { expect, test } from 'vitest';
import { failureAnswer, type Refusal, refusalAnswer } from '../../../src/dialects/gws/errors.ts';
import { LedgerlineError } from '../../../src/errors.ts';

const seed = { profile: 'seed', authFailureHttp: 403 } as const;
const ext = { profile: 'ext', authFailureHttp: 403 } as const;

/** genesys.md §1.0.1: HTTP status, code in `seed`, code in `ext`. */
test.each<[refusal: Refusal, http: number, inSeed: number, inExt: number]>([
  [{ kind: 'missing', parameter: 'lastName' }, 400, 1, 1],
  [{ kind: 'input', problem: { code: 'bodyNotJson', reason: '' } }, 400, 1, 1],
  [{ kind: 'notNow', message: 'Not now' }, 400, 2, 2],
  [{ kind: 'unsupported', operation: 'Fly' }, 400, 2, 2],
  [{ kind: 'invalid', message: 'No number' }, 400, 2, 10],
  [{ kind: 'urlTooLong' }, 414, 3, 3],
  [{ kind: 'noMethod', allow: ['GET'] }, 405, 3, 3],
  [{ kind: 'readOnly', property: 'id' }, 403, 3, 11],
  [{ kind: 'exists', message: 'There' }, 403, 3, 18],
  [{ kind: 'inUse', message: 'In use' }, 403, 3, 19],
  [{ kind: 'passwordChange' }, 403, 3, 8],
  [{ kind: 'backendDown', message: 'Down' }, 500, 4, 4],
  [{ kind: 'forbidden' }, 403, 5, 5],
  [{ kind: 'unauthenticated' }, 403, 5, 20],
  [{ kind: 'tooManyTries', retryMs: 1_500 }, 429, 5, 20],
  [{ kind: 'notFound', resource: 'User', id: 'x' }, 404, 6, 6],
  [{ kind: 'noRoute' }, 404, 6, 6],
])('%j is HTTP %i, %i in seed and %i in ext', (refusal, http, inSeed, inExt) => {
  expect(refusalAnswer(refusal, seed)).toMatchObject({ http, code: inSeed, message: expect.stringMatching(/./) });
  expect(refusalAnswer(refusal, ext)).toMatchObject({ http, code: inExt });
});

test('missing credentials may be told by 401, without asking for any', () => {
  const told = refusalAnswer({ kind: 'unauthenticated' }, { ...seed, authFailureHttp: 401 });
  expect(told).toEqual({ http: 401, code: 5, message: 'Access denied', headers: {} });
});

test('a failure of the house is code 4, and one whose outcome is not known is 9 in ext', () => {
  const unknown = new LedgerlineError('outcomeUnknown', 'it is not known yet');
  expect(failureAnswer(unknown, seed)).toMatchObject({ http: 503, code: 4, headers: { 'Retry-After': '1' } });
  expect(failureAnswer(unknown, ext)).toMatchObject({ http: 503, code: 9 });
  const broken = { http: 500, code: 4, message: 'Internal error', headers: {} };
  expect(failureAnswer(new Error('a secret'), ext)).toEqual(broken);
});
