/**
 * How the process is, as it tells whoever asks: what it depends on, whether it is ready or stands by, and its own levels.
 */
import { LedgerlineError } from '../errors.ts';
import { quarantineCount } from '../projector/quarantine.ts';
import type { Dependency, HealthParts } from '../server/health.ts';
import type { Levels } from '../server/metrics.ts';
import type { Ledger } from './ledger.ts';

export interface ConditionParts {
  readonly ledger: Ledger;
  /** What is outside this process besides the log; nothing to do with while it stands by. */
  readonly switches: readonly Dependency[];
  readonly version: string;
  readonly ports: () => readonly number[];
  /** False until commands are taken: for as long as this process stands by. */
  readonly hasBegun: () => boolean;
}

/** Why no command is taken; undefined when they are. */
export function refusalOf({
  ledger,
  hasBegun,
}: Pick<ConditionParts, 'ledger' | 'hasBegun'>): LedgerlineError | undefined {
  const { refusal } = ledger.runtime;
  if (refusal !== undefined || hasBegun()) return refusal;
  return new LedgerlineError('unavailable', 'this server is taking over from the one it stood by for');
}

/** Whether commands are taken: no dependency of a process that stands by. */
const COMMANDS = 'commands';

export function healthOf(parts: ConditionParts): HealthParts {
  const { ledger, version, ports, hasBegun } = parts;
  const { nats, runtime, standby } = ledger;
  return {
    version,
    ready: () => refusalOf(parts) === undefined,
    position: () => runtime.live.position,
    ports: () => ({ http: ports(), ...(nats === undefined ? {} : { nats: nats.port }) }),
    get dependencies() {
      return dependenciesOf(parts);
    },
    standby: () => (standby === undefined || hasBegun() ? undefined : { of: standby.of, behind: standby.behind }),
  };
}

export function levelsOf(parts: ConditionParts): Levels {
  const { ledger, hasBegun } = parts;
  const { runtime, standby } = ledger;
  return {
    ledgerline_up: {
      help: '1 for each dependency that is up',
      labels: ['dependency'],
      read: () =>
        dependenciesOf(parts)
          .filter(({ name }) => hasBegun() || name !== COMMANDS)
          .map(({ name, state }) => ({ labels: { dependency: name }, value: state().up ? 1 : 0 })),
    },
    ledgerline_writer: { help: '1 where commands are taken, 0 while it stands by', read: () => (hasBegun() ? 1 : 0) },
    ledgerline_behind_records: {
      help: 'Records of the log that a standby has not projected yet',
      labels: [],
      read: () => {
        const behind = hasBegun() ? 0 : standby?.behind;
        return behind === undefined ? [] : [{ labels: {}, value: behind }];
      },
    },
    ledgerline_log_position: { help: 'Position of the live view', read: () => runtime.levels().position },
    ledgerline_commands_waiting: { help: 'Commands not answered yet', read: () => runtime.levels().waiting },
    ledgerline_actors_cached: { help: 'Actors whose state is in memory', read: () => runtime.levels().cached },
    ledgerline_quarantined_records: {
      help: 'Records of the log that are none',
      read: () => quarantineCount(runtime.live),
    },
  };
}

function dependenciesOf(parts: ConditionParts): readonly Dependency[] {
  const { ledger, switches, hasBegun } = parts;
  const { log, nats, runtime } = ledger;
  const embedded: Dependency = {
    name: 'nats',
    state: () => ({ up: nats?.status.kind === 'up', ...(nats === undefined ? {} : { detail: nats.status.kind }) }),
  };
  return [
    ...(nats === undefined ? [] : [embedded]),
    { name: 'log', state: () => ({ up: log.status === 'up' }) },
    {
      name: COMMANDS,
      state: () => {
        const refusal = refusalOf(parts);
        return refusal === undefined ? { up: true } : { up: false, detail: refusal.message };
      },
    },
    { name: 'projections', state: () => ({ up: runtime.following }) },
    ...(hasBegun() ? switches : []),
  ];
}
