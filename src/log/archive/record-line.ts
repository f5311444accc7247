/**
 * A stored record as one line of an archive: `{"position", "subject", "storedAt", "payload"}`. The payload is a string, byte
 * for byte what was stored, since records are chained by the hash of their bytes; what is no UTF-8 stands in `base64` instead.
 */
import type { StoredRecord } from '../log.ts';

/** Leaves a byte order mark where it is: it was stored. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface RecordLine {
  readonly position: number;
  readonly subject: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly storedAt: string;
  readonly payload?: string;
  readonly base64?: string;
}

export function lineOf({ position, subject, storedAt, payload }: StoredRecord): string {
  const line = { position, subject, storedAt: new Date(storedAt).toISOString(), ...textOf(payload) };
  return JSON.stringify(line satisfies RecordLine);
}

/** Throws for a line that is none. */
export function recordOf(line: string): StoredRecord {
  const { position, subject, storedAt, payload, base64 } = JSON.parse(line) as Partial<RecordLine>;
  const bytes =
    payload !== undefined ? Buffer.from(payload) : base64 !== undefined ? Buffer.from(base64, 'base64') : undefined;
  if (bytes === undefined || !Number.isSafeInteger(position) || typeof subject !== 'string')
    throw new Error('a line of an archive without position, subject or payload');
  return { position: Number(position), subject, payload: bytes, storedAt: Date.parse(storedAt ?? '') };
}

function textOf(payload: Uint8Array): { readonly payload: string } | { readonly base64: string } {
  try {
    return { payload: decoder.decode(payload) };
  } catch {
    return { base64: Buffer.from(payload).toString('base64') };
  }
}
