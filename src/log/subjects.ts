/**
 * One exact subject per actor: `evt.<tenant>.<kind>.<id>`, `sec.…` for private kinds. The only place that writes or reads one.
 */
import { type ActorId, type ActorKey, actorOfKey, keyOf } from '../model/actor-id.ts';
import type { ActorKind } from '../model/actor-kind.ts';

export const STREAM = 'LEDGER';
export const PUBLIC_SUBJECTS = 'evt.>';
export const PRIVATE_SUBJECTS = 'sec.>';
/** The server republishes public records here for live subscribers. */
export const LIVE_PREFIX = 'live.';

export type Visibility = ActorKind['visibility'];

const PREFIX: Record<Visibility, string> = { public: 'evt.', private: 'sec.' };

export function subjectOf(actor: ActorId, visibility: Visibility): string {
  return subjectOfKey(keyOf(actor), visibility);
}

export function subjectOfKey(key: ActorKey, visibility: Visibility): string {
  return PREFIX[visibility] + key;
}

/** The actor a subject belongs to; undefined for a subject that is none of ours. */
export function actorOfSubject(
  subject: string,
): { readonly actor: ActorId; readonly visibility: Visibility } | undefined {
  const visibility = subject.startsWith(PREFIX.public)
    ? 'public'
    : subject.startsWith(PREFIX.private)
      ? 'private'
      : undefined;
  if (visibility === undefined) return undefined;
  const actor = actorOfKey(subject.slice(4));
  return actor === undefined ? undefined : { actor, visibility };
}

export function keyOfSubject(subject: string): ActorKey {
  return subject.slice(4);
}

export function isOfTenant(subject: string, tenant: string): boolean {
  return keyOfSubject(subject).startsWith(`${tenant}.`);
}
