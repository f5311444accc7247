/**
 * Room left on the disks of the data folder. On a full one NATS hangs and stays unable to write, and what is made of the
 * log breaks; so commands are refused a little before, with the reason, and taken again once there is room.
 */
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LedgerlineError } from '../errors.ts';

export type Disk = Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>;

export interface DiskRoomOptions {
  /** Each may be on a disk of its own; one that is not there yet is left out. */
  readonly folders: readonly string[];
  /** What there is to know of the disk of a folder; absent: what the system says. */
  readonly diskOf?: (folder: string) => Promise<Disk>;
  /** Told when room runs out, with the reason, and when there is some again. */
  readonly onChange: (problem: LedgerlineError | undefined) => void;
}

/** Left over for what is under way: of a small disk a twentieth, but never less than the tables need for one more chunk. */
const RESERVE_BYTES_MAX = 64 * 1024 * 1024;
const RESERVE_BYTES_MIN = 4 * 1024 * 1024;
const RESERVE_SHARE = 0.05;
/** Once room was short, so much more must be free before it counts as enough: else it would change with every small file. */
const AGAIN = 1.25;
const MIB = 1024 * 1024;

const LOOK_MS = 500;

export class DiskRoom {
  readonly #options: DiskRoomOptions;
  #problem: LedgerlineError | undefined;

  constructor(options: DiskRoomOptions) {
    this.#options = options;
  }

  /** Why nothing should be written now; undefined when there is room. */
  get problem(): LedgerlineError | undefined {
    return this.#problem;
  }

  /** Looks again and again, and awaits `roomy` after each look that finds room. The returned function ends it. */
  watch(roomy: (again: boolean) => Promise<void>): () => Promise<void> {
    const stop = new AbortController();
    const watching = (async () => {
      while (!stop.signal.aborted) {
        await delay(LOOK_MS, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
        const wasShort = this.#problem !== undefined;
        await this.look();
        if (this.#problem === undefined && !stop.signal.aborted) await roomy(wasShort);
      }
    })();
    return () => {
      stop.abort();
      return watching;
    };
  }

  async look(): Promise<void> {
    const before = this.#problem;
    const { folders, onChange } = this.#options;
    const problems = await Promise.all(folders.map((folder) => this.#problemOf(folder)));
    this.#problem = problems.find((problem) => problem !== undefined);
    if ((this.#problem === undefined) !== (before === undefined)) onChange(this.#problem);
  }

  async #problemOf(folder: string): Promise<LedgerlineError | undefined> {
    const { diskOf = (path: string) => statfs(path) } = this.#options;
    const disk = await diskOf(folder).catch(() => undefined);
    // Some file systems say nothing of their size.
    if (disk === undefined || disk.blocks === 0) return undefined;
    const free = disk.bavail * disk.bsize;
    const share = disk.blocks * disk.bsize * RESERVE_SHARE;
    const usual = Math.min(RESERVE_BYTES_MAX, Math.max(RESERVE_BYTES_MIN, share));
    const reserve = this.#problem === undefined ? usual : usual * AGAIN;
    if (free >= reserve) return undefined;
    const needed = `${megabytes(free)} MB are free, ${megabytes(reserve)} MB are needed`;
    return new LedgerlineError('unavailable', `the disk of ${folder} is full: ${needed}`, { folder, free, reserve });
  }
}

function megabytes(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
