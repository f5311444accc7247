/**
 * One write request as one command: decided on what is true now, recorded whole or not at all. A decision states what it
 * was made on (`expect`); when somebody else was faster it is made again. A caller who repeats his command id is answered
 * as the first time, although what he asked for is done and would be refused by now.
 */
import { receiptOf } from '../../../projections/commands.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, Receipt, Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, ok, type Refusal, refuse } from './answers.ts';
import { rejectionAnswer } from './errors.ts';
import type { Ask } from './operation.ts';
import { REASONS } from './reasons.ts';

export interface Change {
  /** What it moves in any case; its tenant is the command's. */
  readonly about: ActorId;
  /** What is answered once it is recorded; depends on the request alone. */
  readonly done: JsonObject;
  /** What to record; nothing when all is as it should be. */
  decide(view: View): readonly Delivery[] | Refusal;
}

const DECISIONS_MAX = 8;

export async function changed(ask: Ask, { about, done, decide }: Change): Promise<Answer> {
  const { tenant } = about;
  const receipt = ask.mayRepeat ? receiptOf(ask.live, tenant, ask.commandId) : undefined;
  if (receipt !== undefined) return speaksOf(receipt, about) ? ok(done) : refuse(REASONS.keyReused);
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

function speaksOf({ records }: Receipt, { tenant, kind, id }: ActorId): boolean {
  return records.some(({ actor }) => actor.id === id && actor.kind === kind && actor.tenant === tenant);
}

function isDeliveries(decision: readonly Delivery[] | Refusal): decision is readonly Delivery[] {
  return Array.isArray(decision);
}
