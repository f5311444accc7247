import { describe, expect, test } from 'vitest';
import { format, tally } from '../../src/setup/tally.ts';

const REPORT = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
const TYPES = { name: 'types', ok: true };

describe('the count of a test run', () => {
  test('adds tests and checks', () => {
    expect(format(tally([TYPES, { name: 'lint', ok: true }], REPORT, true))).toBe('7 passed, 0 failed');
    expect(format(tally([TYPES, { name: 'lint', ok: false }], REPORT, true))).toBe('6 passed, 1 failed');
  });

  test('names skipped ones only where there are any', () => {
    expect(format(tally([], { ...REPORT, numPendingTests: 2, numTodoTests: 1 }, true))).toBe(
      '5 passed, 0 failed, 3 skipped',
    );
  });

  test('never shows a failed run as a success', () => {
    expect(tally([TYPES], REPORT, false).failed).toBe(1);
    expect(tally([TYPES], undefined, false).failed).toBe(1);
    expect(tally([TYPES], undefined, true).failed).toBe(1);
  });

  test('counts a failed test once', () => {
    expect(tally([], { ...REPORT, numFailedTests: 2 }, false).failed).toBe(2);
  });
});
