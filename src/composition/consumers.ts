/**
 * Those who subscribe rather than ask: webhooks, and NATS consumers outside. (Event streams and sockets belong to the
 * native API; they end with their connection.) Composition only.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import type { SharedValues } from '../log/shared-values.ts';
import { formatActor } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import type { Runtime } from '../model/runtime.ts';
import { OutsideConsumers } from '../subscribers/outside/outside-consumers.ts';
import { addressGuard } from '../subscribers/webhook/address-guard.ts';
import { fileKeeper, sharedKeeper, sharedName } from '../subscribers/webhook/place.ts';
import { createPoster } from '../subscribers/webhook/poster.ts';
import { Webhooks } from '../subscribers/webhook/webhooks.ts';
import type { Ledger } from './ledger.ts';

export interface Consumers {
  readonly webhooks: Webhooks;
  readonly outside: OutsideConsumers;
  /** Tells the webhooks, from where each was told to last, and lets consumers outside have their sessions. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConsumerParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly logger: Logger;
  /** With the other servers on the same log, where there may be others. */
  readonly shared: SharedValues | undefined;
}

/** Throws `unavailable`. */
export async function openConsumers(
  config: Config,
  { servers, seed, access, log }: Ledger,
  { runtime, clock, logger, shared }: ConsumerParts,
): Promise<Consumers> {
  const folder = join(config.dataDir, 'webhooks');
  const keeperOf = (tenant: string, id: string) => {
    const own = fileKeeper(folder, tenant, id);
    return shared === undefined ? own : sharedKeeper(own, shared.at(sharedName(tenant, id)));
  };
  const webhooks = new Webhooks({
    runtime,
    clock,
    poster: createPoster(addressGuard(config.webhookAllow)),
    keeperOf,
    report: (endpoint, what, problem) => logger.warn({ webhook: formatActor(endpoint), problem }, `a webhook ${what}`),
  });
  const outside = new OutsideConsumers(await OutsideConsumerAdmin.open(servers, seed), access, log.generation.seam);
  return {
    webhooks,
    outside,
    begin: async () => {
      if (shared !== undefined) await access.share(shared.at('consumers'));
      outside.start();
      await webhooks.start();
    },
    stop: async () => {
      await webhooks.stop();
      await outside.close();
    },
  };
}
