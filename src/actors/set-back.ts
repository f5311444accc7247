/**
 * Has an actor be again what it was at one of its versions: the way out for an operator where the actor's last records are
 * none that anybody can go on from, since somebody forged them or a newer program wrote them. Nothing is taken out of the log:
 * a record behind them says who was set back to what, and why; it carries on their chain, and `verify` proves that the state
 * is that of the version. Tells nobody, and asks no machine.
 */
import { chainBreak, decode, hashOf } from '../log/codec.ts';
import type { AppendOutcome, Log, StoredRecord } from '../log/log.ts';
import { subjectOf } from '../log/subjects.ts';
import { type ActorId, formatActor, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { machineVersionOf, upcast } from '../model/upcast.ts';
import { type SetBack, strange } from './step.ts';
import { BY_SETTING_BACK, type Standing, turn } from './turn.ts';

export interface SetBackOptions {
  readonly log: Log;
  readonly kinds: ActorKinds;
  readonly clock: Clock;
  readonly mintId: () => string;
}

export interface BackTo {
  readonly actor: ActorId;
  readonly version: number;
  readonly reason: string;
}

/** What became of it, and the version that the new record has; or why there is nothing to be set back. */
export type SetBackOutcome =
  | { readonly kind: 'asked'; readonly version: number; readonly outcome: AppendOutcome }
  | { readonly kind: 'refused'; readonly problem: string };

/** @param history the actor's valid records, oldest first, to its newest. Throws `unavailable`. */
export async function setBack(
  { actor, version, reason }: BackTo,
  history: AsyncIterable<LoggedTransition>,
  { log, kinds, clock, mintId }: SetBackOptions,
): Promise<SetBackOutcome> {
  const kind = kinds.get(actor.kind);
  let target: LoggedTransition | undefined;
  let newest: LoggedTransition | undefined;
  for await (const record of history) {
    if (record.transition.data.version === version) target = record;
    newest = record;
  }
  if (kind === undefined || newest === undefined) return refused(`there is no ${formatActor(actor)}`);
  if (target === undefined) return refused(`${formatActor(actor)} has no version ${version}`);
  const { data } = target.transition;
  if (machineVersionOf(data) > kind.machineVersion)
    return refused(
      `version ${version} was recorded by ${data.machine}; this process has version ${kind.machineVersion}`,
    );
  const subject = subjectOf(actor, kind.visibility);
  const last = await log.last(subject);
  if (last !== undefined && hashOf(last.payload) === target.hash)
    return refused(`${formatActor(actor)} is what it was at version ${version}: nothing came after it`);

  const { transition, hash, time } = unreadable(last, newest, kind.machineVersion) ?? newest;
  const { version: reached, to: stood } = transition.data;
  const standing: Standing = {
    ...{ actor, key: keyOf(actor), kind, version: reached, hash, time },
    ...{ live: strange(stood), position: last?.position },
  };
  const { to, state } = upcast(kind, data);
  const event: SetBack = { type: 'setBack', version, position: target.position, to, state, reason };
  const id = `set-back-${mintId()}`;
  const command = {
    id,
    tenant: actor.tenant,
    by: 'system:operator',
    via: BY_SETTING_BACK,
    deliveries: [{ to: actor, event }],
  };
  const result = turn(command, clock.now(), { kinds, mintId, standing: () => standing });
  if (result.kind !== 'moved') throw new Error(`${formatActor(actor)} cannot be set back: ${JSON.stringify(result)}`);
  const entries = result.records.map(({ payload }) => ({ subject, payload, expected: last?.position ?? 0 }));
  return { kind: 'asked', version: reached + 1, outcome: await log.append(entries) };
}

/** What a newer program may have recorded last, and nobody can read here: for that program it is the end of the chain. */
function unreadable(
  last: StoredRecord | undefined,
  newest: LoggedTransition,
  machineVersion: number,
): LoggedTransition | undefined {
  const decoded = last === undefined ? undefined : decode(last);
  if (decoded?.kind !== 'record') return undefined;
  const { record } = decoded;
  const end = { version: newest.transition.data.version, hash: newest.hash };
  const isNext = chainBreak(record, end) === undefined && machineVersionOf(record.transition.data) > machineVersion;
  return isNext ? record : undefined;
}

function refused(problem: string): SetBackOutcome {
  return { kind: 'refused', problem };
}
