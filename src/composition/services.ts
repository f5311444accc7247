/**
 * The service side of the centre: the file store with its keeper, and the Service API before it. Composition only.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { BlobKeeper } from '../blobs/keeper.ts';
import { serviceFiles } from '../blobs/service-files.ts';
import type { Config } from '../config.ts';
import { createGms } from '../dialects/gms/routes.ts';
import type { Dialect } from '../http/dialect.ts';
import type { Identity } from '../identity/identity.ts';
import { openObjectStore } from '../log/object-store.ts';
import type { Runtime } from '../model/runtime.ts';

export interface Services {
  /** None where no tenant is served. */
  readonly dialects: readonly Dialect[];
  /** Sweeps the files, and from now on removes those that nobody refers to any more. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceParts {
  readonly runtime: Runtime;
  readonly identity: Identity;
  /** Of the NATS server whose object store keeps the files. */
  readonly servers: string;
  readonly seed: string | undefined;
  readonly mintId: () => string;
  readonly logger: Logger;
}

const SWEEP_TOLD_EVERY = 1_000;

export async function openServices(
  { gms, gwsProfile, natsReplicas: replicas }: Config,
  parts: ServiceParts,
): Promise<Services> {
  const { runtime, identity, servers, seed, mintId, logger } = parts;
  const store = await openObjectStore({ servers, seed, replicas, mintId, now: () => runtime.live.now });
  const keeper = new BlobKeeper({
    store,
    runtime,
    references: serviceFiles,
    failed: (digest, error) => logger.error({ digest, err: error }, 'a file could not be removed'),
  });
  const dialects =
    gms === undefined
      ? []
      : [
          createGms({
            runtime,
            keeper,
            random: randomBytes,
            mintId,
            tenant: gms.tenant,
            profile: gwsProfile,
            queryOneKey: gms.queryOneKey,
            origins: gms.origins,
            ...(gms.open ? {} : { identity }),
          }),
        ];
  return {
    dialects,
    begin: async () => {
      const removed = await keeper.start((done, total) => {
        if (done % SWEEP_TOLD_EVERY === 0) logger.info({ done, total }, 'sweeping files');
      });
      if (removed > 0) logger.info({ removed }, 'swept files that nobody refers to');
    },
    stop: async () => {
      await keeper.stop();
      await store.close();
    },
  };
}
