/**
 * What a projector and its thread say to each other. Requests are answered one by one, in order. Records travel as flat
 * columns in buffers that change hands: an object each would cost more than all the rest of handing them over.
 */
import { hashOf } from '../log/codec.ts';
import type { KindForm, KindForms } from '../model/form-check.ts';
import type { Position } from '../model/position.ts';
import type { Shapes } from '../model/upcast.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Chunk } from './chunk-writer.ts';
import type { DatabaseUse } from './database.ts';
import type { FedRecord } from './read.ts';

/** Which database the thread is to open. */
export interface ToOpen {
  /** Path of the database. */
  readonly file: string;
  /** Id of the log. */
  readonly log: string;
  readonly use: ApartUse;
  readonly kinds: PlainForms | undefined;
}

/** Without the upcasts, which are functions: those the thread's program knows. */
export type PlainForms = ReadonlyMap<string, Omit<KindForm, 'upcast'>>;

/** `shared`: opened as `openDatabase` does, and read while it is written. `scratch`: taken as it is, read when it is closed. */
export type ApartUse = Extract<DatabaseUse, 'shared' | 'scratch'>;

/** Records by column. */
export interface Batch {
  readonly positions: Float64Array<ArrayBuffer>;
  /** Separated by line feeds, which no subject holds. */
  readonly subjects: string;
  /** Where each payload ends in `payloads`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly payloads: Uint8Array<ArrayBuffer>;
  /**
   * Of each payload, as text. Taken on this side, which has less to do, and knows those of what was written here. Blank where
   * the record is known to be valid.
   */
  readonly hashes: Uint8Array<ArrayBuffer>;
}

/** SHA-256 as hex. */
const HASH_LENGTH = 64;

export type Request =
  | { readonly kind: 'open'; readonly what: ToOpen }
  /** The checkpoint that was found agrees with the log: the file may be used. */
  | { readonly kind: 'goOn' }
  | { readonly kind: 'project'; readonly batch: Batch; readonly more: boolean }
  | { readonly kind: 'finish' | 'emptyWal' | 'freeze' | 'thaw' | 'close' }
  /** Ends the thread; nothing answers it. */
  | { readonly kind: 'end' };

/** A chunk without its records, which the other side has. */
export type ProjectedChunk = Omit<Chunk, 'valid'>;

export type Reply =
  | { readonly kind: 'found'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'opened'; readonly position: Position }
  | {
      readonly kind: 'projected';
      /** Absent when more is waited for. */
      readonly chunk: ProjectedChunk | undefined;
      /** The WAL should be emptied, which the reader's side has to allow. Not said inside a transaction, where it cannot be. */
      readonly walIsLong: boolean;
    }
  | { readonly kind: 'done' };

export function plainForms(kinds: KindForms): PlainForms {
  const plain = [...kinds].map(([name, { visibility, machineVersion, state }]) => {
    const form = { visibility, machineVersion, ...(state === undefined ? {} : { state }) };
    return [name, form] as const;
  });
  return new Map(plain);
}

export function withUpcasts(kinds: PlainForms, upcasts: Shapes): KindForms {
  const whole = [...kinds].map(([name, form]) => {
    const upcast = upcasts.get(name)?.upcast;
    return [name, upcast === undefined ? form : { ...form, upcast }] as const;
  });
  return new Map(whole);
}

export function pack(stored: readonly FedRecord[]): Batch {
  const positions = new Float64Array(stored.length);
  const subjects = stored.map(({ subject }) => subject).join('\n');
  const ends = new Uint32Array(stored.length);
  const payloads = new Uint8Array(stored.reduce((sum, { payload }) => sum + payload.length, 0));
  const hashes = Buffer.from(new ArrayBuffer(stored.length * HASH_LENGTH));
  let end = 0;
  stored.forEach(({ position, payload, record, hash, isKnown }, index) => {
    payloads.set(payload, end);
    end += payload.length;
    positions[index] = position;
    ends[index] = end;
    if (isKnown !== true) hashes.write(record?.hash ?? hash ?? hashOf(payload), index * HASH_LENGTH, 'latin1');
  });
  return { positions, subjects, ends, payloads, hashes };
}

/** The buffers of a batch that are handed over to the other thread instead of being copied. */
export function buffersOf({ positions, ends, payloads, hashes }: Batch): ArrayBuffer[] {
  return [positions.buffer, ends.buffer, payloads.buffer, hashes.buffer];
}

export function unpack({ positions, subjects, ends, payloads, hashes }: Batch): FedRecord[] {
  const texts = Buffer.from(hashes.buffer);
  return subjects.split('\n').map((subject, index) => {
    const start = index * HASH_LENGTH;
    const stored = {
      position: positions[index] ?? 0,
      subject,
      payload: payloads.subarray(ends[index - 1] ?? 0, ends[index]),
    };
    if (texts[start] === 0) return { ...stored, isKnown: true };
    // A string of its own: a slice of a longer one would hold all of that.
    return { ...stored, hash: texts.toString('latin1', start, start + HASH_LENGTH) };
  });
}
