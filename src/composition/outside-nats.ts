/**
 * A NATS server or cluster that is not ours: the key to sign in with, and the lease by which one process at a time writes
 * the log there.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Lease, takeLease } from '../log/lease.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';
import { lockFolder } from '../nats/folder-lock.ts';
import { readSeed } from '../nats/key-file.ts';

/** A standby would wait so long for a writer that died. Long enough for a cluster to elect who keeps the lease: some 10 s. */
const LEASE_MS = 20_000;

export function seedOf({ natsKeyFile }: Config): Promise<string> | undefined {
  return natsKeyFile === undefined ? undefined : readSeed(natsKeyFile);
}

/** Resolves when the data folder is ours alone, and so is the writing of the log; until it is released. */
export async function outsideLease(
  config: Config,
  { servers, seed, logger }: { readonly servers: string; readonly seed: string | undefined; readonly logger: Logger },
): Promise<Lease> {
  const { dataDir, natsReplicas: replicas } = config;
  const lock = await lockFolder(dataDir);
  try {
    const lease = await takeLease({
      servers,
      seed,
      replicas,
      holder: await installationOf(dataDir),
      ttlMs: LEASE_MS,
      monotonicMs: () => performance.now(),
      onWait: (other) =>
        logger.warn(`the log is being written by ${other}: waiting to see whether that process is still there`),
      onLapse(lapsed) {
        if (lapsed === undefined) logger.info('the right to write the log is held again: commands are taken');
        else logger.error(`${lapsed.message}: commands are refused until it is`);
      },
    });
    return {
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
