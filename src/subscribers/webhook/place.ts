/**
 * Where an endpoint is in the log, and what it would not take: a small file per endpoint, written whole or not at all.
 * A file that cannot be read counts as none.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeToken } from '../../model/actor-id.ts';
import type { Position } from '../../model/position.ts';

/** A record that was given up after its last try. */
export interface DeadLetter {
  readonly position: Position;
  readonly id: string;
  readonly type: string;
  /** ms since 1970. */
  readonly at: number;
  readonly reason: string;
}

export interface Place {
  /** Everything up to here was taken or given up. */
  readonly position: Position;
  /** The newest `DEAD_MAX`, oldest first. */
  readonly dead: readonly DeadLetter[];
}

export const DEAD_MAX = 1000;

export interface PlaceKeeper {
  /** Undefined at the first start. */
  read(): Promise<Place | undefined>;
  write(place: Place): Promise<void>;
  forget(): Promise<void>;
}

export function fileKeeper(folder: string, tenant: string, id: string): PlaceKeeper {
  const file = join(folder, tenant, `${encodeToken(id)}.json`);
  return {
    async read() {
      try {
        const place = JSON.parse(await readFile(file, 'utf8')) as Place;
        return Number.isSafeInteger(place.position) && Array.isArray(place.dead) ? place : undefined;
      } catch {
        return undefined;
      }
    },
    async write(place) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(place), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    forget: () => rm(file, { force: true }),
  };
}
