/**
 * Ends a log of whose last records nobody knows enough: a record of the writer's own behind them, stored only if the log
 * still ends there. Acknowledged, it says that they are on disk. Behind an incomplete command it says, to this process, to
 * every later one and to whoever reads the records elsewhere, that it was never stored whole; and a server that kept the
 * missing parts completes nothing any more.
 */
import type { AppendOutcome } from '../log/log.ts';
import { subjectOf } from '../log/subjects.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import type { Position } from '../model/position.ts';
import { loadStanding, type Sources } from './load.ts';
import { turn } from './turn.ts';

export interface SealOptions extends Sources {
  readonly clock: Clock;
  readonly mintId: () => string;
}

const SEAL = { tenant: INSTALLATION, kind: 'seal', id: 'log' };

/** Answers `conflict` where a record stands behind `end` already, which does what a seal would do. Throws `unavailable`. */
export async function seal(end: Position, options: SealOptions): Promise<AppendOutcome> {
  const { log, kinds, clock, mintId } = options;
  const standing = await loadStanding(SEAL, options);
  const command = {
    id: `seal-${end}`,
    tenant: INSTALLATION,
    by: 'system:writer',
    via: 'writer',
    deliveries: [{ to: SEAL, event: { type: 'seal', after: end } }],
  };
  const result = turn(command, clock.now(), { kinds, mintId, standing: () => standing });
  if (result.kind !== 'moved') throw new Error(`the log cannot be sealed: ${JSON.stringify(result)}`);
  const entries = result.records.map(({ payload }) => ({
    subject: subjectOf(SEAL, standing.kind.visibility),
    payload,
    expected: standing.position ?? 0,
  }));
  return log.append(entries, end);
}
