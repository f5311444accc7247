/**
 * A NATS server or cluster that is not ours: the key to sign in with, and the lease by which one process at a time writes
 * the log there.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Lease, takeLease } from '../log/lease.ts';
import { queueForLease } from '../log/lease-queue.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';
import { lockFolder } from '../nats/folder-lock.ts';
import { readSeed } from '../nats/key-file.ts';

export interface OutsideIo {
  readonly servers: string;
  readonly seed: string | undefined;
  readonly logger: Logger;
  /** While another process has the lease: wait for it for as long as it takes. */
  readonly standsBy: boolean;
}

export function seedOf({ natsKeyFile }: Config): Promise<string> | undefined {
  return natsKeyFile === undefined ? undefined : readSeed(natsKeyFile);
}

/**
 * Resolves when the data folder is ours alone, and so is the writing of the log, unless this process stands by for another;
 * until it is released.
 */
export async function outsideLease(config: Config, { servers, seed, logger, standsBy }: OutsideIo): Promise<Lease> {
  const { dataDir, natsReplicas: replicas, natsLeaseS } = config;
  const lock = await lockFolder(dataDir);
  try {
    const lease = await (standsBy ? queueForLease : takeLease)({
      servers,
      seed,
      replicas,
      holder: await installationOf(dataDir),
      name: `${hostname()}, process ${process.pid}`,
      ttlMs: natsLeaseS * 1000,
      monotonicMs: () => performance.now(),
      onWait: (other) =>
        logger.warn(`the log is being written by ${other}: waiting to see whether that process is still there`),
      onLapse(lapsed) {
        if (lapsed === undefined) logger.info('the right to write the log is held again: commands are taken');
        else logger.error(`${lapsed.message}: commands are refused until it is`);
      },
    });
    return {
      get holder() {
        return lease.holder;
      },
      held: lease.held,
      get lapsed() {
        return lease.lapsed;
      },
      lost: lease.lost,
      release: async () => {
        await lease.release();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A name for this data folder, made when it is first used. */
async function installationOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'installation');
  const known = await readWhole(file);
  if (known) return known;
  const made = randomUUID();
  await writeWhole(file, made);
  return made;
}
