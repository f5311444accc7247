/**
 * Why a leg did not come about, by the cause that Asterisk gives. Source: ITU-T Q.850, and what Asterisk 22 was seen to give
 * for the answers of SIP phones (486 busy, 480 and the ringing time, 603).
 */
import type { SwitchEvent } from '../switch.ts';

type Cause = Extract<SwitchEvent, { kind: 'failed' }>['cause'];

const CAUSES: Readonly<Record<number, Cause>> = {
  1: 'unreachable',
  2: 'unreachable',
  3: 'unreachable',
  17: 'busy',
  18: 'noAnswer',
  19: 'noAnswer',
  20: 'unreachable',
  21: 'rejected',
  22: 'unreachable',
  27: 'unreachable',
  28: 'unreachable',
  38: 'unreachable',
};

export function causeOf(q850: number): Cause {
  return CAUSES[q850] ?? 'failed';
}
