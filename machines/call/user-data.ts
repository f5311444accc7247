/**
 * What is attached to a call: user data, the reservation it came by, recording and its suppression. Pure.
 */
import type { Fed } from '../boundary.ts';
import { type CallContext, type Decision, type Refused, refuse } from './context.ts';
import type { EventOf } from './events.ts';
import { upLegs } from './legs.ts';
import { type RecordingMode, USER_DATA_BYTES_MAX, type UserData } from './parts.ts';

/** Why it cannot be attached. */
export function tooLarge(userData: UserData): Refused | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(userData));
  return bytes > USER_DATA_BYTES_MAX ? refuse('userDataTooLarge', { bytes, bytesMax: USER_DATA_BYTES_MAX }) : undefined;
}

export function setUserData(call: CallContext, event: Fed<EventOf<'setUserData'>>): Decision {
  return merged(call, event.userData);
}

export function merged(call: CallContext, added: UserData | undefined): Decision {
  if (added === undefined) return { call };
  const userData = { ...call.userData, ...added };
  return tooLarge(userData) ?? { call: { ...call, userData } };
}

export function deleteUserData(call: CallContext, { key }: Fed<EventOf<'deleteUserData'>>): Decision {
  if (key === undefined) return { call: { ...call, userData: {} } };
  if (!Object.hasOwn(call.userData, key)) return refuse('unknownKey', { key });
  const { [key]: _, ...userData } = call.userData;
  return { call: { ...call, userData } };
}

export function linkReservation(call: CallContext, event: Fed<EventOf<'linkReservation'>>): Decision {
  return merged({ ...call, reservation: event.reservation }, event.userData);
}

const STRENGTH: Readonly<Record<RecordingMode, number>> = { None: 0, 'On Demand': 1, Mandatory: 2 };

/** Two people talk: the first time is when the call was answered, and the strictest rule among them decides on recording. */
export function talking(call: CallContext, at: number): CallContext {
  const up = upLegs(call);
  if (up.length < 2) return call;
  let mode = call.recording.mode;
  for (const { recording = 'None' } of up) if (STRENGTH[recording] > STRENGTH[mode]) mode = recording;
  const recording = { ...call.recording, mode, active: call.recording.active || mode === 'Mandatory' };
  return { ...call, recording, answeredAt: call.answeredAt ?? at };
}

export function suppress(suppressed: boolean): (call: CallContext) => Decision {
  return (call) => {
    if (call.answeredAt === null) return refuse('notAnswered');
    if (call.recording.suppressed === suppressed) return refuse(suppressed ? 'alreadySuppressed' : 'notSuppressed');
    return { call: { ...call, recording: { ...call.recording, suppressed } } };
  };
}

export function startRecording(call: CallContext): Decision {
  if (call.answeredAt === null) return refuse('notAnswered');
  if (call.recording.active) return refuse('alreadyRecording');
  if (call.recording.mode === 'None') return refuse('recordingNotAllowed');
  return { call: { ...call, recording: { ...call.recording, active: true } } };
}

export function stopRecording(call: CallContext): Decision {
  if (!call.recording.active) return refuse('notRecording');
  if (call.recording.mode === 'Mandatory') return refuse('recordingMandatory');
  return { call: { ...call, recording: { ...call.recording, active: false } } };
}
