/**
 * The telephone side of the centre: the connector between the switch and the log, the distributor, what ties late access
 * codes to their services, and what brings supervisors into calls. Composition only.
 */
import type { Logger } from 'pino';
import { allLiveCalls } from '../../projections/calls.ts';
import { beginningOf } from '../distributor/beginning.ts';
import { Distributor } from '../distributor/distributor.ts';
import { ReservationLinks } from '../distributor/reservations.ts';
import { Supervision } from '../distributor/supervision.ts';
import type { Clock } from '../model/clock.ts';
import type { Runtime } from '../model/runtime.ts';
import { Connector } from '../switch/connector.ts';
import { projectedDirectory } from '../switch/projected-directory.ts';
import { serviceAccess } from '../switch/service-access.ts';
import type { Switch } from '../switch/switch.ts';

export interface Telephony {
  /** Takes up the calls that are alive, and distributes those that wait. */
  begin(): Promise<void>;
  /** Resolves when nothing is ringing, reporting or deciding that is not recorded. */
  atRest(): Promise<void>;
  stop(): Promise<void>;
}

export interface TelephonyParts {
  readonly runtime: Runtime;
  /** Closed with all the rest. */
  readonly telephones: Switch;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RETRY_MS = 1_000;

export function openTelephony({ runtime, telephones, clock, logger }: TelephonyParts): Telephony {
  const directory = projectedDirectory(runtime.live, serviceAccess);
  const connector = new Connector({
    runtime,
    clock,
    switch: telephones,
    directory,
    allLiveCalls,
    retryMs: RETRY_MS,
    report: (what, problem) => logger.error({ problem }, `the switch connector: ${what}`),
  });
  const distributor = new Distributor({
    runtime,
    clock,
    beginning: () => beginningOf(runtime.live),
    directory,
    retryMs: RETRY_MS,
    report: (command, problem) => logger.error({ command: command.id, problem }, 'the distributor could not do it'),
  });
  const links = new ReservationLinks({
    runtime,
    directory,
    report: ({ tenant, id }, problem) =>
      logger.error({ tenant, call: id, problem }, 'a call could not be tied to its service'),
  });
  const supervision = new Supervision({
    runtime,
    report: (command, problem) =>
      logger.error({ command: command.id, problem }, 'a supervisor could not be brought into a call'),
  });
  const ended = (what: string) => (error: unknown) => logger.error({ err: error }, `${what} follows no more`);
  return {
    begin: async () => {
      await connector.start();
      distributor.start().catch(ended('the distributor'));
      links.start().catch(ended('what ties calls to services'));
      supervision.start().catch(ended('what brings supervisors into calls'));
    },
    atRest: async () => {
      await connector.atRest();
      await distributor.atRest();
      await links.atRest();
      await supervision.atRest();
    },
    stop: async () => {
      await supervision.stop();
      await links.stop();
      await distributor.stop();
      await connector.stop();
      await telephones.close();
    },
  };
}
