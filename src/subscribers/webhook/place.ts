/**
 * Where an endpoint is in the log, what it would not take, and the newest attempts: small files per endpoint, written
 * whole or not at all. A file that cannot be read counts as none.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SharedValue } from '../../log/shared-values.ts';
import { writeWhole } from '../../log/whole-file.ts';
import { encodeToken } from '../../model/actor-id.ts';
import { digestOf } from '../../model/digest.ts';
import type { Position } from '../../model/position.ts';
import type { Posted } from './poster.ts';

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

/** One attempt, as the delivery log shows it. */
export interface Attempt {
  /** ms since 1970. */
  readonly at: number;
  readonly id: string;
  readonly type: string;
  /** Null for a test. */
  readonly position: Position | null;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: Posted;
}

export const DEAD_MAX = 1000;

/** Each is undefined at the first start. */
export interface KeptPlace {
  readonly place: Place | undefined;
  /** The newest, oldest first. */
  readonly attempts: readonly Attempt[] | undefined;
}

export interface PlaceKeeper {
  read(): Promise<KeptPlace>;
  writePlace(place: Place): Promise<void>;
  writeAttempts(attempts: readonly Attempt[]): Promise<void>;
  forget(): Promise<void>;
}

export function fileKeeper(folder: string, tenant: string, id: string): PlaceKeeper {
  // No encoded id holds a dot: the two never meet.
  const file = join(folder, tenant, nameOf(id));
  const [placeFile, attemptsFile] = [`${file}.json`, `${file}.attempts.json`];
  return {
    read: async () => ({ place: await read(placeFile, isPlace), attempts: await read(attemptsFile, Array.isArray) }),
    writePlace: (place) => replace(placeFile, place),
    writeAttempts: (attempts) => replace(attemptsFile, attempts),
    forget: async () => {
      for (const one of [placeFile, attemptsFile]) await rm(one, { force: true });
    },
  };
}

/**
 * The same, with the place where servers that take over from one another find it, too. That one counts: the file may be of
 * an earlier time, when this server told the webhooks. The attempts are each server's own.
 */
export function sharedKeeper(own: PlaceKeeper, shared: SharedValue): PlaceKeeper {
  return {
    ...own,
    read: async () => {
      const kept = await own.read();
      const text = await shared.read();
      return { ...kept, place: (text === undefined ? undefined : parsed(text, isPlace)) ?? kept.place };
    },
    writePlace: async (place) => {
      await own.writePlace(place);
      await shared.write(JSON.stringify(place));
    },
    forget: async () => {
      await own.forget();
      await shared.forget();
    },
  };
}

/** Names the endpoint among what is shared. */
export function sharedName(tenant: string, id: string): string {
  return `webhooks.${tenant}.${nameOf(id)}`;
}

/** What file systems take, with the longest ending we give a name. */
const NAME_CHARS_MAX = 255 - '.attempts.json.new'.length;

/** An id is encoded, which never gives `==`; by its digest where that would be too long for a file. */
function nameOf(id: string): string {
  const name = encodeToken(id);
  return name.length <= NAME_CHARS_MAX ? name : `==${digestOf(id)}`;
}

function isPlace({ position, dead }: Place): boolean {
  return Number.isSafeInteger(position) && Array.isArray(dead);
}

async function read<Value>(file: string, isValid: (value: Value) => boolean): Promise<Value | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parsed(text, isValid);
}

function parsed<Value>(text: string, isValid: (value: Value) => boolean): Value | undefined {
  try {
    const value = JSON.parse(text) as Value;
    return isValid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function replace(file: string, value: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, JSON.stringify(value));
}
