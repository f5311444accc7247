/**
 * What every benchmark gives, and how it is printed: a figure, the baseline it is compared with, and what we mean to reach.
 * Ratios count; absolute numbers are for orientation, for the machines are shared.
 */

export interface Row {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  readonly baseline?: string;
  /** Figure to baseline, and what it should be at least or at most. */
  readonly ratio?: number;
  readonly aim?: string;
}

export type Bench = (say: (line: string) => void) => Promise<readonly Row[]>;

const HEADINGS = ['what', 'figure', 'baseline', 'ratio', 'aim'] as const;

export function printTable(rows: readonly Row[]): void {
  const cells = rows.map(({ what, figure, baseline = '', ratio, aim = '' }) => [
    what,
    figure,
    baseline,
    ratio === undefined ? '' : ratio.toFixed(2),
    aim,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  process.stdout.write(
    `${[line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')}\n`,
  );
}

export function perSecond(count: number, ms: number): string {
  return `${Math.round((count / ms) * 1000).toLocaleString('en')}/s`;
}

/** The middle of three or more: what is left when a neighbour was loud once. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Wall time of `work`, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** `workers` at once take numbers 0 to count - 1 until there are none left. */
export async function inParallel(
  count: number,
  workers: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** Processor time of all threads: on a shared machine it says more than the clock. */
export async function cpuMs(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
