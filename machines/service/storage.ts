/**
 * The storage of a service: texts inline, files by reference, one name space for both. Pure; bounded by its own quotas.
 */
import type { Refusal } from '../boundary.ts';
import { FILES_BYTES_MAX, type Files, KEYS_MAX, type Reason, STORAGE_BYTES_MAX, type Texts } from './events.ts';

export interface Storage {
  readonly texts: Texts;
  readonly files: Files;
}

export const EMPTY: Storage = { texts: {}, files: {} };

/** What is added replaces what stood under its keys, of either sort. */
export function withAdded(before: Storage, added: Storage): Storage {
  return {
    texts: { ...without(before.texts, added.files), ...added.texts },
    files: { ...without(before.files, added.texts), ...added.files },
  };
}

export function withoutKey({ texts, files }: Storage, key: string): Storage {
  const gone = { [key]: true };
  return { texts: without(texts, gone), files: without(files, gone) };
}

/** Why it is more than a service may hold; undefined when it is not. */
export function excessOf({ texts, files }: Storage): (Refusal & { readonly reason: Reason }) | undefined {
  const keys = Object.keys(texts).length + Object.keys(files).length;
  if (keys > KEYS_MAX) return { reason: 'tooManyKeys', details: { keys, keysMax: KEYS_MAX } };
  const bytes = Buffer.byteLength(JSON.stringify([texts, files]));
  if (bytes > STORAGE_BYTES_MAX) return { reason: 'storageTooLarge', details: { bytes, bytesMax: STORAGE_BYTES_MAX } };
  const fileBytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  if (fileBytes <= FILES_BYTES_MAX) return undefined;
  return { reason: 'filesTooLarge', details: { bytes: fileBytes, bytesMax: FILES_BYTES_MAX } };
}

function without<Value>(
  values: Readonly<Record<string, Value>>,
  keys: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Value>> {
  const kept = Object.entries(values).filter(([key]) => !Object.hasOwn(keys, key));
  return Object.fromEntries(kept);
}
