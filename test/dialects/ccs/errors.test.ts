import { describe, expect, test } from 'vitest';
import { print } from '../../../src/dialects/ccs/answers.ts';
import { failureAnswer, rejectionAnswer } from '../../../src/dialects/ccs/errors.ts';
import { FAILURES, type FailureCode, LedgerlineError } from '../../../src/errors.ts';

const BROKEN = { success: true, reason: 'Internal Server Error' };
const actor = { tenant: 'lunchlab', kind: 'call', id: 'x' };

describe('a failure', () => {
  test('is a 500 as printed, whatever it is, unless the client asked for what cannot be shown', () => {
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const { status, headers, text } = print(failureAnswer(new LedgerlineError(code, 'secret words')), false);
      const body = JSON.parse(text);
      if (code === 'momentUnavailable') expect([status, body.success]).toEqual([400, false]);
      else expect([status, body]).toEqual([500, BROKEN]);
      expect(headers['Retry-After'] !== undefined).toBe(FAILURES[code] === 'same');
    }
  });

  test('of another kind tells nothing either (case 7)', () => {
    const { status, text } = print(failureAnswer(new Error('secret words')), false);
    expect([status, JSON.parse(text)]).toEqual([500, BROKEN]);
  });
});

describe('a rejection', () => {
  test.each([
    [{ code: 'unknownActor', actor, event: 'kill' } as const, 'Call not found'],
    [{ code: 'reason', actor, event: 'kill', reason: 'ended' } as const, 'Call not found'],
    [{ code: 'reason', actor, event: 'dropWaiting', reason: 'notWaiting' } as const, 'Call is not waiting'],
    [{ code: 'reason', actor, event: 'x', reason: 'of a machine to come' } as const, 'Not possible now'],
    [{ code: 'guard', actor, event: 'x', guards: [] } as const, 'Not possible now'],
  ])('%o says %s', (rejection, reason) => expect(rejectionAnswer(rejection)).toEqual({ kind: 'refused', reason }));
});
