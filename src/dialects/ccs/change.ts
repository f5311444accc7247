/**
 * One write request as one command: decided on what is true now, recorded whole or not at all. A decision states what it
 * was made on (`expect`); when somebody else was faster it is made again. A caller who repeats his command id is answered
 * as the first time, although what he asked for is done and would be refused by now.
 */
import { receiptOf } from '../../../projections/commands.ts';
import type { Delivery, Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, ok, type Refusal } from './answers.ts';
import { rejectionAnswer } from './errors.ts';
import type { Ask } from './operation.ts';

export interface Change {
  /** Whose command it is. */
  readonly tenant: string;
  /** What is answered once it is recorded; depends on the request alone. */
  readonly done: JsonObject;
  /** What to record; nothing when all is as it should be. */
  decide(view: View): readonly Delivery[] | Refusal;
}

const DECISIONS_MAX = 8;

export async function changed(ask: Ask, { tenant, done, decide }: Change): Promise<Answer> {
  if (ask.mayRepeat && receiptOf(ask.live, tenant, ask.commandId) !== undefined) return ok(done);
  for (let decisions = 1; ; decisions++) {
    const decision = decide(ask.live);
    if (!isDeliveries(decision)) return decision;
    if (decision.length === 0) return ok(done);
    const outcome = await ask.submit(tenant, decision);
    if (outcome.kind === 'accepted') return ok(done);
    if (!isOvertaken(outcome.rejection) || decisions === DECISIONS_MAX) return rejectionAnswer(outcome.rejection);
  }
}

/** The record is no longer what the decision was made on. */
function isOvertaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'changed';
}

function isDeliveries(decision: readonly Delivery[] | Refusal): decision is readonly Delivery[] {
  return Array.isArray(decision);
}
