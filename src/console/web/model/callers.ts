/** Numbers that called, of every wall and record that was read: a call is shown under its number wherever it is met. */
import type { Row } from '../../row.ts';

export const callers = new Map<string, string>();

export function learnCallers(rows: readonly Row[]): void {
  for (const { kind, id, name } of rows)
    if (kind === 'call' && name !== undefined) callers.set(id, name.split(' ')[0] ?? id);
}
