/**
 * Replays records through today's machines, one after the other, and says of each whether the machine still explains it:
 * the event fed to the state before must give the recorded state, timers included, and tell what was recorded.
 * Keeps the living state of a bounded number of actors, so that almost no state is restored; the others are read again.
 */
import { LRUCache } from 'lru-cache';
import {
  isSetBack,
  type Live,
  type SetBack,
  type StepResult,
  stateOf,
  stateValueOf,
  stepperOf,
} from '../actors/step.ts';
import { chainBreak, decode } from '../log/codec.ts';
import type { Log } from '../log/log.ts';
import { type ActorKey, keyOf } from '../model/actor-id.ts';
import type { ActorKind, ActorKinds, RecordedState } from '../model/actor-kind.ts';
import type { Delivery } from '../model/command.ts';
import { formProblem } from '../model/form-check.ts';
import { sameJson } from '../model/json.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition, TransitionData } from '../model/transition.ts';
import { machineVersionOf, upcast } from '../model/upcast.ts';
import { diffOf } from './diff.ts';
import { type Finding, findingOf } from './finding.ts';

/** Actors whose living state is kept: those of a busy day, some KiB each. */
const LIVING_MAX = 20_000;

/** The end of an actor's chain so far. */
interface ChainEnd {
  readonly version: number;
  readonly hash: string;
  readonly position: Position;
  readonly time: number;
}

export interface Replayed {
  readonly findings: readonly Finding[];
  /** What today's machine tells others by this record; undefined when it cannot be asked, or explains the record no more. */
  readonly tells: readonly Delivery[] | undefined;
  /** True when a machine older than today's wrote the record and today's would have done otherwise. */
  readonly explained: boolean;
}

const FINE: Replayed = { findings: [], tells: [], explained: false };

export class Replayer {
  readonly #log: Pick<Log, 'at'>;
  readonly #kinds: ActorKinds;
  readonly #ends = new Map<ActorKey, ChainEnd>();
  readonly #living = new LRUCache<ActorKey, Live>({ max: LIVING_MAX });

  constructor(log: Pick<Log, 'at'>, kinds: ActorKinds) {
    this.#log = log;
    this.#kinds = kinds;
  }

  /** Actors seen so far, with their last valid records. */
  get ends(): ReadonlyMap<ActorKey, ChainEnd> {
    return this.#ends;
  }

  /** Living states of the actors that moved last. */
  get living(): Iterable<[ActorKey, Live]> {
    return this.#living.entries();
  }

  /**
   * Takes the log's decodable records in order, each after the answer to the one before. One that breaks its chain, or is none
   * of its kind, is reported and stepped over, as readers do. At once, but for an actor whose state has to be read again.
   */
  replay(record: LoggedTransition): Replayed | Promise<Replayed> {
    const key = keyOf(record.actor);
    const end = this.#ends.get(key);
    const kind = this.#kinds.get(record.actor.kind);
    if (kind === undefined) return skipped(findingOf('kind', record, `there is no kind ${record.actor.kind} here`));
    const broken = chainBreak(record, end);
    if (broken !== undefined) return skipped(findingOf('chain', record, broken));
    const problem = formProblem(record, this.#kinds);
    if (problem !== undefined)
      return skipped(findingOf(isNewer(record, kind) ? 'newerMachine' : 'form', record, problem));
    const { version } = record.transition.data;
    this.#ends.set(key, { version, hash: record.hash, position: record.position, time: record.time });
    if (isSetBack(record.transition.data.event)) return this.#setBack(kind, record, end);
    const step = (before: Live | undefined) => this.#stepped(kind, record, before, timeProblem(record, end, before));
    const living = this.#living.get(key);
    return living === undefined && end !== undefined
      ? this.#restored(record, end).then(step)
      : step(living ?? stepperOf(kind).initial);
  }

  /** No machine takes it and it tells nobody: it must say what the version was, and the record be that. */
  async #setBack(kind: ActorKind, record: LoggedTransition, end: ChainEnd | undefined): Promise<Replayed> {
    const key = keyOf(record.actor);
    const live = restored(kind, record.transition.data);
    if (live === undefined) this.#living.delete(key);
    else this.#living.set(key, live);
    const early = timeProblem(record, end, undefined);
    const problem = await this.#setBackProblem(kind, record);
    const findings = [
      ...(early === undefined ? [] : [findingOf('time', record, early)]),
      ...(problem === undefined ? [] : [findingOf('state', record, problem)]),
    ];
    return { findings, tells: [], explained: false };
  }

  async #setBackProblem(
    kind: ActorKind,
    { actor, transition, position: at }: LoggedTransition,
  ): Promise<string | undefined> {
    const { to, state, event, machine } = transition.data;
    const { version, position } = event as SetBack;
    const stored = position < at ? await this.#log.at(position) : undefined;
    const decoded = stored === undefined ? undefined : decode(stored);
    const target = decoded?.kind === 'record' ? decoded.record : undefined;
    const { data } = target?.transition ?? {};
    if (target === undefined || data?.version !== version || keyOf(target.actor) !== keyOf(actor))
      return `position ${position} does not hold its version ${version}, to which it was set back`;
    const said = { to: (event as SetBack).to, state: (event as SetBack).state, machine };
    const same = sameState({ to, state }, said) && sameState(upcast(kind, data), upcast(kind, said));
    return same ? undefined : `it is not what its version ${version} was, to which it was set back`;
  }

  #stepped(kind: ActorKind, record: LoggedTransition, before: Live | undefined, early: string | undefined): Replayed {
    const key = keyOf(record.actor);
    const timely = early === undefined ? [] : [findingOf('time', record, early)];
    const cannotSay = (finding: Finding): Replayed => {
      this.#living.delete(key);
      return { findings: [...timely, finding], tells: undefined, explained: false };
    };
    const { data } = record.transition;
    const age = kind.machineVersion - machineVersionOf(data);
    if (isNewer(record, kind)) {
      const problem = `written by ${data.machine}; this process has version ${kind.machineVersion}`;
      return cannotSay(findingOf('newerMachine', record, problem));
    }
    if (before === undefined) {
      return cannotSay(findingOf('restore', record, `the state before it is none of today's ${kind.name}`));
    }
    const result = stepperOf(kind).step(before, data.event, data.version, record.time, record.actor);
    if (result.kind === 'moved' && explains(result.live, upcast(kind, data))) {
      this.#living.set(key, result.live);
      const findings = age > 0 ? timely : [...timely, ...beginningProblem(record, before)];
      return findings.length === 0 && result.tells.length === 0
        ? FINE
        : { findings, tells: result.tells, explained: false };
    }
    return this.#diverged(key, kind, record, { result, age, timely });
  }

  /** Today's machine would have done otherwise. From here on the recorded state is the truth again. */
  #diverged(
    key: ActorKey,
    kind: ActorKind,
    record: LoggedTransition,
    { result, age, timely }: { readonly result: StepResult; readonly age: number; readonly timely: readonly Finding[] },
  ): Replayed {
    const live = restored(kind, record.transition.data);
    if (live === undefined) this.#living.delete(key);
    else this.#living.set(key, live);
    if (live === undefined) {
      const problem = `the recorded state is none of today's ${kind.name}`;
      return { findings: [...timely, findingOf('restore', record, problem)], tells: undefined, explained: false };
    }
    if (age > 0) return { findings: timely, tells: undefined, explained: true };
    return { findings: [...timely, divergence(record, result)], tells: undefined, explained: false };
  }

  async #restored({ actor }: LoggedTransition, { position }: ChainEnd): Promise<Live | undefined> {
    const kind = this.#kinds.get(actor.kind);
    const stored = kind === undefined ? undefined : await this.#log.at(position);
    const decoded = stored === undefined ? undefined : decode(stored);
    if (kind === undefined || decoded?.kind !== 'record') return undefined;
    return restored(kind, decoded.record.transition.data);
  }
}

/** Of a record that no reader takes. */
function skipped(finding: Finding): Replayed {
  return { findings: [finding], tells: undefined, explained: false };
}

function isNewer({ transition }: LoggedTransition, { machineVersion }: ActorKind): boolean {
  return machineVersionOf(transition.data) > machineVersion;
}

/** Undefined for a state that today's machine does not know. */
export function restored(
  kind: ActorKind,
  recorded: Pick<TransitionData, 'to' | 'state' | 'machine'>,
): Live | undefined {
  try {
    const { to, state } = upcast(kind, recorded);
    return stepperOf(kind).restore(to, state);
  } catch {
    return undefined;
  }
}

function explains(live: Live, { to, state }: RecordedState): boolean {
  const { context, timers } = state;
  return (
    sameJson(stateValueOf(live), to) &&
    sameJson(live.snapshot.context, context) &&
    (live.timers.length === 0 ? timers === undefined : sameJson(live.timers, timers)) &&
    (live.snapshot.status === 'done') === (state.done === true)
  );
}

function sameState(one: RecordedState, other: RecordedState): boolean {
  return sameJson(one.to, other.to) && sameJson(one.state, other.state);
}

function divergence(record: LoggedTransition, result: StepResult): Finding {
  const { to, state } = record.transition.data;
  switch (result.kind) {
    case 'moved': {
      const replayed = { value: stateValueOf(result.live), ...stateOf(result.live) };
      const changes = diffOf({ value: to, ...state }, replayed);
      return findingOf('state', record, `today's machine comes to another state`, changes);
    }
    case 'refused':
      return findingOf('refused', record, `today's machine refuses it: ${result.reason}`);
    case 'guard':
      return findingOf('refused', record, `a guard of today's machine says no: ${result.guards.join(', ')}`);
    case 'unhandled':
      return findingOf('refused', record, `today's machine takes no such event in the state before it`);
    case 'finished':
      return findingOf('refused', record, 'the actor had reached its end');
    case 'staleTimer':
      return findingOf('refused', record, 'no such timer was armed');
  }
}

/** A record says where its actor stood before: that must be where it stood. */
function beginningProblem(record: LoggedTransition, before: Live): readonly Finding[] {
  const { version, from } = record.transition.data;
  const stood = version === 1 ? null : stateValueOf(before);
  if (sameJson(from, stood)) return [];
  return [
    findingOf('state', record, 'it begins in another state than the one before it', diffOf({ from }, { from: stood })),
  ];
}

function timeProblem(
  { time, transition }: LoggedTransition,
  end: ChainEnd | undefined,
  before: Live | undefined,
): string | undefined {
  if (end !== undefined && time < end.time) {
    return `its time ${transition.time} is before that of version ${end.version}, ${new Date(end.time).toISOString()}`;
  }
  const { event } = transition.data;
  if (event.type !== 'timer') return undefined;
  const timer = before?.timers.find(({ name, armed }) => name === event.timer && armed === event.armed);
  return timer === undefined || time >= timer.due
    ? undefined
    : `timer ${timer.name} fired before it was due, ${new Date(timer.due).toISOString()}`;
}
