/**
 * A signed checkpoint: one line that says what the log held, record by record, when it was this long. One JSON object per
 * line, each with the hash of the line before it, so that none can be taken out. Whoever has the public key and a copy of a
 * line can prove any later edit, removal or reordering of what stood before it.
 */
import { hash, type KeyObject } from 'node:crypto';
import { isSigned, keyIdOf, signatureOf } from '../log/signature.ts';
import type { Position } from '../model/position.ts';
import { MerkleTree } from './merkle.ts';

export interface SignedCheckpoint {
  /** Id of the log. */
  readonly log: string;
  /** Of the last record it covers; also how many there are. */
  readonly position: Position;
  /** SHA-256 (hex) of the payload at `position`. */
  readonly head: string;
  /** RFC 6962 tree hash over the leaves of all records up to there: it holds the heads of all actors' chains. */
  readonly root: string;
  /** Peaks of that tree, from which it is carried on. */
  readonly peaks: readonly string[];
  /** When it was signed, RFC 3339. */
  readonly time: string;
  /** SHA-256 (hex) of the line before; null on the first. */
  readonly previous: string | null;
  /** SHA-256 (hex) of the public key as SPKI DER. */
  readonly key: string;
  /** Ed25519 over the line without this field, base64. */
  readonly signature: string;
}

/** What a record adds to the tree. */
export interface Leaf {
  readonly position: Position;
  readonly subject: string;
  /** SHA-256 (hex) of its payload. */
  readonly hash: string;
}

export function leafText({ position, subject, hash: payload }: Leaf): string {
  return `${position} ${subject} ${payload}`;
}

export function hashOfLine(line: string): string {
  return hash('sha256', line, 'hex');
}

/** The line, without its line end. */
export function signedLine(content: Omit<SignedCheckpoint, 'key' | 'signature'>, key: KeyObject): string {
  const unsigned = { ...ordered(content), key: keyIdOf(key) };
  return JSON.stringify({ ...unsigned, signature: signatureOf(JSON.stringify(unsigned), key) });
}

/** A line as it was signed, or what is wrong with it. `previous`: hash of the line before, null for the first; undefined: not known. */
export function readLine(
  line: string,
  previous: string | null | undefined,
  key: KeyObject,
): { readonly checkpoint: SignedCheckpoint } | { readonly problem: string } {
  const checkpoint = parsed(line);
  if (checkpoint === undefined) return { problem: 'it is no signed checkpoint' };
  const { signature, ...unsigned } = checkpoint;
  if (checkpoint.key !== keyIdOf(key)) return { problem: 'it was signed with another key' };
  if (!isSigned(JSON.stringify(unsigned), signature, key)) return { problem: 'its signature is wrong' };
  if (previous !== undefined && checkpoint.previous !== previous)
    return { problem: 'the line before it is not the one it was signed after' };
  return treeOf(checkpoint)?.root === checkpoint.root
    ? { checkpoint }
    : { problem: 'its peaks are not those of its root' };
}

/** The tree as it stood there; undefined for peaks that are none. */
export function treeOf({ position, peaks }: SignedCheckpoint): MerkleTree | undefined {
  try {
    return new MerkleTree(position, peaks);
  } catch {
    return undefined;
  }
}

function ordered(content: Omit<SignedCheckpoint, 'key' | 'signature'>) {
  const { log, position, head, root, peaks, time, previous } = content;
  return { log, position, head, root, peaks, time, previous };
}

function parsed(line: string): SignedCheckpoint | undefined {
  let value: Partial<SignedCheckpoint> | null;
  try {
    value = JSON.parse(line) as Partial<SignedCheckpoint> | null;
  } catch {
    return undefined;
  }
  const isWhole =
    typeof value?.log === 'string' &&
    Number.isSafeInteger(value.position) &&
    Number(value.position) > 0 &&
    typeof value.head === 'string' &&
    typeof value.root === 'string' &&
    Array.isArray(value.peaks) &&
    value.peaks.every((peak) => typeof peak === 'string') &&
    typeof value.time === 'string' &&
    typeof value.key === 'string' &&
    typeof value.signature === 'string';
  return isWhole ? (value as SignedCheckpoint) : undefined;
}
