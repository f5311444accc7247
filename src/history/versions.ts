/**
 * Two versions of one actor, and what is different between them.
 */
import type { ActorId } from '../model/actor-id.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { actorHead } from '../projector/heads.ts';
import { backwards } from './backwards.ts';
import { type Change, diffOf } from './diff.ts';

export interface VersionDiff {
  readonly actor: ActorId;
  readonly from: number;
  readonly to: number;
  /** Paths begin with `/value`, `/context`, `/timers` or `/done`. */
  readonly changes: readonly Change[];
}

/**
 * `to` is the newest version in `view` unless given; `from` the one before it; 0 is the actor before its first record.
 * Undefined when the actor has no such versions there.
 */
export async function diffVersions(
  runtime: Pick<Runtime, 'replay'>,
  view: View,
  actor: ActorId,
  asked: { readonly from?: number; readonly to?: number } = {},
): Promise<VersionDiff | undefined> {
  const head = actorHead(view, actor);
  if (head === undefined) return undefined;
  const to = asked.to ?? head.version;
  const from = asked.from ?? to - 1;
  if (Math.max(from, to) > head.version) return undefined;
  const found = new Map<number, LoggedTransition>();
  const least = Math.min(from, to);
  for await (const record of backwards(runtime, { of: actor, upTo: head.position })) {
    const { version } = record.transition.data;
    if (version === from || version === to) found.set(version, record);
    if (version <= Math.max(least, 1)) break;
  }
  return { actor, from, to, changes: diffOf(shownState(found.get(from)), shownState(found.get(to))) };
}

/** A record's outcome as one object; that of an actor that is not there yet is empty. */
function shownState(record: LoggedTransition | undefined): object {
  if (record === undefined) return {};
  const { to, state } = record.transition.data;
  return { value: to, ...state };
}
