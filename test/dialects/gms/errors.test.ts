import { describe, expect, it } from 'vitest';
import { failureAnswer } from '../../../src/dialects/gms/errors.ts';
import { LedgerlineError } from '../../../src/errors.ts';

describe('a failure', () => {
  it('of the house says what it is, and when to come again', () => {
    const failure = new LedgerlineError('outcomeUnknown', 'it is not known yet');
    expect(failureAnswer(failure)).toMatchObject({
      code: 'unavailable',
      message: 'it is not known yet',
      headers: { 'Retry-After': '1' },
    });
  });

  it('that is the fault of the server says nothing of it', () => {
    for (const error of [new LedgerlineError('logBehind', 'of /secret/place'), new Error('/secret/place')])
      expect(failureAnswer(error)).toMatchObject({ code: 'serverError', message: 'The server failed' });
  });
});
