/**
 * What a person on a leg, or somebody with a right over the whole call, could do now: asked of the machine itself, one
 * operation after the other, so that there is no second list of preconditions. Source: contracts/genesys.md 1.7.2.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { StateValue } from '../../src/model/transition.ts';
import type { CallContext } from './context.ts';
import type { CallEvent } from './events.ts';
import { isLive } from './legs.ts';
import { callMachine } from './machine.ts';

/** The operations that can be asked about, each as it would be asked: the numbers and new ids in it do not matter. */
const ATTEMPTS = {
  answer: (leg) => ({ type: 'answer', leg }),
  reject: (leg) => ({ type: 'reject', leg }),
  hangup: (leg) => ({ type: 'hangup', leg }),
  hold: (leg) => ({ type: 'hold', leg }),
  retrieve: (leg) => ({ type: 'retrieve', leg }),
  sendDtmf: (leg) => ({ type: 'sendDtmf', leg, digits: '0' }),
  mute: (leg) => ({ type: 'mute', leg }),
  unmute: (leg) => ({ type: 'unmute', leg }),
  blindTransfer: (leg) => ({ type: 'blindTransfer', leg, target: SOMEBODY }),
  consult: (leg) => ({ type: 'consult', leg, consult: NEW, consultLeg: NEW, target: SOMEBODY, purpose: 'any' }),
  completeTransfer: (leg) => ({ type: 'completeTransfer', leg }),
  completeConference: (leg) => ({ type: 'completeConference', leg }),
  cancelConsult: (leg) => ({ type: 'cancelConsult', leg }),
  swapCalls: (leg) => ({ type: 'swapCalls', leg }),
  addParty: (leg) => ({ type: 'addParty', leg, target: SOMEBODY }),
  removeParty: (leg, call) => ({ type: 'removeParty', leg, party: otherThan(leg, call) }),
  stopMonitoring: (leg) => ({ type: 'stopMonitoring', leg }),
  setUserData: () => ({ type: 'setUserData', userData: {} }),
  deleteUserData: () => ({ type: 'deleteUserData' }),
  startSuppression: () => ({ type: 'startSuppression' }),
  stopSuppression: () => ({ type: 'stopSuppression' }),
  startRecording: () => ({ type: 'startRecording' }),
  stopRecording: () => ({ type: 'stopRecording' }),
  kill: () => ({ type: 'kill' }),
  redirect: () => ({ type: 'redirect', queue: NEW }),
  transferWaiting: () => ({ type: 'transferWaiting', target: SOMEBODY }),
  dropWaiting: () => ({ type: 'dropWaiting' }),
} as const satisfies Partial<Record<CallEvent['type'], (leg: string, call: CallContext) => CallEvent>>;

export type Operation = keyof typeof ATTEMPTS;
const OPERATIONS = Object.keys(ATTEMPTS) as readonly Operation[];

const NEW = '(new)';
const SOMEBODY = { leg: NEW, number: '0' };
const MACHINE: AnyStateMachine = callMachine;
const NOBODY = { tenant: '-', kind: 'call', id: '(asking)' };

/** A stored state of a call, as its record holds it: `to` and `state.context`. */
export interface CallState {
  readonly value: StateValue;
  readonly context: CallContext;
}

/**
 * The operations that would not be refused by the call, in the order of `OPERATIONS`. Of the other call of a consult it
 * knows whether it waits, not how many are in it: completing into more than `UP_LEGS_MAX` is listed, and refused.
 */
export function capabilitiesOf({ value, context }: CallState, leg: string): readonly Operation[] {
  const snapshot = MACHINE.resolveState({ value: value as never, context });
  return OPERATIONS.filter((operation) => wouldTake(snapshot, ATTEMPTS[operation](leg, context)));
}

function wouldTake(snapshot: AnyMachineSnapshot, event: CallEvent): boolean {
  const asked = { ...event, at: 0, self: NOBODY };
  const transitions = MACHINE.getTransitionData(snapshot, asked) ?? [];
  return transitions.length > 0 && !transitions.some(({ actions }) => actions.some(isRejection));
}

function isRejection(action: unknown): boolean {
  return typeof action === 'object' && action !== null && 'type' in action && action.type === 'reject';
}

function otherThan(leg: string, call: CallContext): string {
  return call.legs.find((one) => one.id !== leg && isLive(one))?.id ?? leg;
}
