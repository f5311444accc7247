/**
 * One pure step of one actor: (live state, event) -> new state, tells, armed timers, or why not.
 * The only caller of XState. It runs a machine in an inert scope, reused for every step of that machine: no actor is
 * created, no action is executed, no timer is started, and spawning throws. Proven equal to XState's own `transition()`
 * by test/actors/step.test.ts, which is why xstate is pinned to its minor version.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { ActorId } from '../model/actor-id.ts';
import type { ActorKind } from '../model/actor-kind.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import type { JsonObject } from '../model/json.ts';
import type { Position } from '../model/position.ts';
import type { ActorState, ArmedTimer, StateValue } from '../model/transition.ts';

/** A restored actor, ready to step. Immutable. */
export interface Live {
  readonly snapshot: AnyMachineSnapshot;
  readonly timers: readonly ArmedTimer[];
}

export type StepResult =
  | { readonly kind: 'moved'; readonly live: Live; readonly tells: readonly Delivery[] }
  | { readonly kind: 'refused'; readonly reason: string; readonly details?: JsonObject }
  | { readonly kind: 'guard'; readonly guards: readonly string[] }
  | { readonly kind: 'unhandled' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'staleTimer' };

export interface Stepper {
  /** The state before the first event; every actor of the kind shares it. */
  readonly initial: Live;
  /** Makes a stored state steppable. Throws if today's machine has no such state. */
  restore(value: StateValue, state: ActorState): Live;
  /**
   * @param version the version the new record will have; timers armed by this step carry it
   * @param at time of the turn, ms since 1970
   */
  step(live: Live, event: MachineEvent, version: number, at: number, self: ActorId): StepResult;
}

interface ProducedAction {
  readonly type: string;
  readonly params: unknown;
}

const AFTER = 'xstate.after.';
const steppers = new WeakMap<object, Stepper>();

/** The stepper of a kind's machine, made once. */
export function stepperOf(kind: ActorKind): Stepper {
  const known = steppers.get(kind.machine);
  if (known !== undefined) return known;
  const made = makeStepper(kind.machine as AnyStateMachine);
  steppers.set(kind.machine, made);
  return made;
}

/** The value of a live state, as records hold it. */
export function stateValueOf(live: Live): StateValue {
  return live.snapshot.value as StateValue;
}

/** What a record holds beside the value. */
export function stateOf(live: Live): ActorState {
  return {
    context: live.snapshot.context as JsonObject,
    ...(live.timers.length > 0 ? { timers: live.timers } : {}),
    ...(live.snapshot.status === 'done' ? { done: true as const } : {}),
  };
}

/** An operator has an actor of any kind be again what its record of `version`, at `position`, says (set-back.ts). */
export type SetBack = {
  readonly type: 'setBack';
  readonly version: number;
  readonly position: Position;
  readonly to: StateValue;
  readonly state: ActorState;
  readonly reason: string;
};

export function isSetBack(event: MachineEvent): event is SetBack {
  return event.type === 'setBack';
}

/** An actor of which today's machine knows no more than that it stands there: all it can be is set back. */
export function strange(value: StateValue): Live {
  return { snapshot: { value, status: 'active', context: {} } as unknown as AnyMachineSnapshot, timers: [] };
}

/** To what today's machine knows no more, as it may be where history is told again, nobody is set back. */
function setBackBy(stepper: Pick<Stepper, 'restore'>, { to, state }: SetBack): StepResult {
  try {
    return { kind: 'moved', live: stepper.restore(to, state), tells: [] };
  } catch {
    return { kind: 'refused', reason: 'unknownState' };
  }
}

function makeStepper(machine: AnyStateMachine): Stepper {
  let actions: ProducedAction[] = [];
  let taken = 0;
  const scope = inertScope(
    machine.id,
    (action) => actions.push(action),
    (count) => {
      taken += count;
    },
  );
  const initialSnapshot = sorted(machine.getInitialSnapshot(scope, undefined));
  if (initialSnapshot.status === 'error') throw initialSnapshot.error;

  return {
    initial: { snapshot: initialSnapshot, timers: [] },

    restore(value, state) {
      const status = state.done === true ? 'done' : 'active';
      const stored = {
        status,
        value,
        context: state.context,
        children: {},
        historyValue: {},
        output: undefined,
        error: undefined,
      };
      return { snapshot: sorted(machine.restoreSnapshot(stored as never, scope)), timers: state.timers ?? [] };
    },

    step(live, event, version, at, self) {
      if (isSetBack(event)) return setBackBy(this, event);
      if (live.snapshot.status === 'done') return { kind: 'finished' };
      const timer = event.type === 'timer' ? armedTimer(live, event) : undefined;
      if (event.type === 'timer' && timer === undefined) return { kind: 'staleTimer' };
      const fed = timer === undefined ? { ...event, at, self } : { type: AFTER + timer.name, at, self };
      const remaining = timer === undefined ? live.timers : live.timers.filter((other) => other !== timer);

      actions = [];
      taken = 0;
      const next = machine.transition(live.snapshot, fed, scope) as AnyMachineSnapshot;
      const refusal = actions.find((action) => action.type === 'reject');
      if (taken === 0 || refusal !== undefined) {
        // A timer nobody takes any more must not stay armed: the record says that it lapsed, and the state stands.
        if (timer !== undefined)
          return { kind: 'moved', live: { snapshot: live.snapshot, timers: remaining }, tells: [] };
        return refusal === undefined ? explain(live, event) : refused(refusal.params);
      }
      return {
        kind: 'moved',
        live: { snapshot: sorted(next), timers: timersAfter(remaining, actions, version, at) },
        tells: actions.filter((action) => action.type === 'tell').map((action) => action.params as Delivery),
      };
    },
  };
}

function armedTimer(live: Live, event: MachineEvent): ArmedTimer | undefined {
  return live.timers.find((timer) => timer.name === event.timer && timer.armed === event.armed);
}

/** Timers are a fold over the step's own arming and cancelling, in order. */
function timersAfter(
  before: readonly ArmedTimer[],
  actions: readonly ProducedAction[],
  version: number,
  at: number,
): readonly ArmedTimer[] {
  let timers = before;
  for (const { type, params } of actions) {
    if (type === 'xstate.cancel') {
      const name = timerName((params as { sendId: string }).sendId);
      if (timers.some((timer) => timer.name === name)) timers = timers.filter((timer) => timer.name !== name);
    } else if (type === 'xstate.raise') {
      const { event, delay } = params as { event: { type: string }; delay: number | undefined };
      if (delay === undefined) continue;
      const name = timerName(event.type);
      const due = at + Math.max(0, Math.round(delay));
      timers = [...timers.filter((timer) => timer.name !== name), { name, due, armed: version }];
    }
  }
  return timers;
}

function timerName(sendId: string): string {
  return sendId.startsWith(AFTER) ? sendId.slice(AFTER.length) : sendId;
}

function refused(params: unknown): StepResult {
  const { reason, details } = params as { reason: string; details?: JsonObject };
  return { kind: 'refused', reason, ...(details === undefined ? {} : { details }) };
}

/** Nothing was taken: was there a transition whose guard said no, or none at all? */
function explain(live: Live, event: MachineEvent): StepResult {
  const guards = new Set<string>();
  let candidates = 0;
  for (const node of live.snapshot._nodes) {
    for (const transition of node.transitions.get(event.type) ?? []) {
      candidates += 1;
      guards.add(guardName(transition.guard));
    }
  }
  return candidates === 0 ? { kind: 'unhandled' } : { kind: 'guard', guards: [...guards] };
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return typeof guard === 'function' ? guard.name || 'unnamed' : 'unnamed';
}

/**
 * Document order. XState leaves `_nodes` in an order that depends on history and that a restore does not bring back,
 * and evaluates in that order: unsorted, a restarted actor could behave differently from one that never stopped.
 */
function sorted(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
  const nodes = snapshot._nodes;
  for (let i = 1; i < nodes.length; i += 1) {
    if ((nodes[i - 1]?.order ?? 0) > (nodes[i]?.order ?? 0)) {
      nodes.sort((a, b) => a.order - b.order);
      break;
    }
  }
  return snapshot;
}

type Scope = Parameters<AnyStateMachine['transition']>[2];

/** Surroundings for XState in which nothing happens: all that an action can do is to tell `produced`. */
function inertScope(
  id: string,
  produced: (action: ProducedAction) => void,
  tookTransitions: (count: number) => void,
): Scope {
  const forbidden = (what: string) => () => {
    throw new Error(`machine ${id}: ${what} is not allowed in a step`);
  };
  const nothing = () => undefined;
  const system = {
    _bookId: forbidden('spawn or invoke'),
    _register: nothing,
    _unregister: nothing,
    _set: nothing,
    get: nothing,
    getAll: () => ({}),
    _relay: forbidden('sendTo'),
    _sendInspectionEvent: (event: { readonly type: string; readonly _transitions?: readonly unknown[] }) => {
      if (event.type === '@xstate.microstep') tookTransitions(event._transitions?.length ?? 0);
    },
    _logger: nothing,
    _clock: { setTimeout: nothing, clearTimeout: nothing },
    scheduler: { schedule: nothing, cancel: nothing, cancelAll: nothing },
    inspect: () => ({ unsubscribe: nothing }),
    getSnapshot: () => ({ _scheduledEvents: {} }),
    start: nothing,
  };
  const self = { id, sessionId: id, system, send: forbidden('self.send') };
  return {
    self,
    id,
    sessionId: id,
    system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: produced,
  } as unknown as Scope;
}
