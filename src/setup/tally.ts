/**
 * Counts a test run: the checks that are no tests of their own (types, lint) count as one each.
 */

export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** The part of vitest's JSON report that is counted. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * `report` is undefined when the test runner did not get as far as writing one. A runner that failed without a failed
 * test (a file that does not load, an error outside of any test) counts as one failure: it never looks like success.
 */
export function tally(checks: readonly Check[], report: TestReport | undefined, runnerOk: boolean): Tally {
  const failedTests = report?.numFailedTests ?? 0;
  const silent = failedTests === 0 && (!runnerOk || report === undefined) ? 1 : 0;
  return {
    passed: (report?.numPassedTests ?? 0) + checks.filter(({ ok }) => ok).length,
    failed: failedTests + silent + checks.filter(({ ok }) => !ok).length,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

/** `12 passed, 0 failed`, with `, 3 skipped` where there are any. */
export function format({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
