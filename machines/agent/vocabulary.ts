/**
 * The named guards, actions and delays of the agent's statechart, over the pure functions of its three regions.
 */
import { assertEvent, assign, raise, setup } from 'xstate';
import { type Fed, outputs } from '../boundary.ts';
import type { AgentContext, PresenceStamp } from './context.ts';
import type { AgentEvent, LegFact, LegMoved, LegTalking, SetForward } from './events.ts';
import { displaced, otherQueueLeg, type PhoneState, phoneAfter, phoneStateOf } from './phone.ts';
import { awayAfterMissedCalls, isSameStamp, presenceSet, wrapUpBegun, wrapUpEnded } from './presence.ts';
import {
  answered,
  endsWork,
  isOffered,
  missed,
  noWork,
  withoutWrapUp,
  workMoved,
  worksOn,
  wrapsUp,
} from './queue-work.ts';
import { created, destinationAfter, rulesAfter } from './settings.ts';
import { hasHeardIt } from './supervision.ts';

export const agent = setup({
  types: {} as { context: AgentContext; events: Fed<AgentEvent> },
  actions: {
    ...outputs,
    create: assign(({ event }) => {
      assertEvent(event, 'create');
      return created(event);
    }),
    setPresence: assign(({ context, event }) => {
      assertEvent(event, ['signIn', 'signOut', 'setReady', 'setAway', 'setWrapUp']);
      return presenceSet(context.presence, event);
    }),
    beginWrapUp: assign(({ context, event }, kind: 'ready' | 'away') => wrapUpBegun(context, event.at, kind)),
    endWrapUp: assign(({ context, event }) => wrapUpEnded(context, event.at)),
    setAwayForMissedCalls: assign(({ event }) => awayAfterMissedCalls(event.at)),
    followPhone: assign(({ context, event }) => ({
      phone: phoneAfter(context.phone, event),
      ...(event.type === 'leg.ended' && hasHeardIt(context, event) ? { supervision: null } : {}),
    })),
    configure: assign(({ context, event }) => {
      assertEvent(event, 'configure');
      return { phone: phoneAfter(context.phone, event), rules: rulesAfter(context.rules, event) };
    }),
    answer: assign(({ context }, event: Fed<LegTalking>) => answered(context, event)),
    missOffer: assign(({ context }, event: Fed<{ readonly call: string }>) => missed(context, event)),
    workOn: assign(({ context, event }) => worksOn(context, event.at, event.type === 'leg.ended' ? event : {})),
    moveWork: assign(({ context }, event: LegMoved) => workMoved(context, event)),
    wrapUp: assign(({ context, event }) => wrapsUp(context, event.at)),
    giveUpWrapUp: assign(({ context }) => withoutWrapUp(context)),
    endSupervision: assign({ supervision: null }),
    endWork: assign(({ event }) => noWork(event.at)),
    tellWrapUpOver: raise(({ event }) => ({ type: 'wrapUp.over' as const, at: event.at, self: event.self })),
  },
  guards: {
    isSameReason: ({ context }, asked: PresenceStamp) => isSameStamp(context.presence, asked),
    returnsTo: ({ context }, kind: 'ready' | 'away') => context.presence.returnTo?.kind === kind,
    staysOnLine: ({ context }, line: string | undefined) => line === undefined || line === context.phone.line,
    hasNoLine: ({ context }, line: string | undefined) => (line ?? context.phone.line) === null,
    endsWork: ({ context }, leg: LegFact) => endsWork(context, leg),
    endsWorkWithWrapUp: ({ context }, leg: LegFact) =>
      endsWork(context, leg) &&
      otherQueueLeg(context.phone, leg) === undefined &&
      context.queue.work !== null &&
      context.queue.work.wrapUpMs > 0,
    isOfferedBesideOther: ({ context }, about: { readonly call: string; readonly leg?: string }) =>
      isOffered(context, about) && otherQueueLeg(context.phone, {}) !== undefined,
    isQueueCall: ({ event }) => event.type === 'leg.talking' && event.acd === true && event.queue !== undefined,
    isOffered: ({ context }, about: { readonly call: string; readonly leg?: string }) => isOffered(context, about),
    missedTooMany: ({ context: { consecutiveMissed, rules } }) =>
      rules.missedMax > 0 && consecutiveMissed + 1 >= rules.missedMax,
    phoneBecomes: ({ context, event }, state: PhoneState) => phoneStateOf(phoneAfter(context.phone, event)) === state,
    talksElsewhere: ({ context, event }) => displaced(context.phone, event).length > 0,
    hasNoDestination: ({ context }, event: SetForward) =>
      event.enabled && destinationAfter(context.forwards, event) === '',
    isNoSignIn: ({ event }) => !('signIn' in event && event.signIn === true),
    isBorn: ({ event }, as: { readonly presence: string; readonly hasLine: boolean }) =>
      event.type === 'create' &&
      (event.presence ?? 'signedOut') === as.presence &&
      (event.line !== undefined) === as.hasLine,
    watchesSelf: ({ event }) => event.type === 'supervise' && event.agent === event.self.id,
    supervises: ({ context }) => (context.supervision ?? null) !== null,
    hasDnd: ({ context }) => context.dnd,
    isOnPhone: ({ context }) => context.phone.legs.length > 0,
    isBusy: ({ context }) => context.phone.legs.length > 0 || context.queue.work !== null,
  },
  delays: {
    wrapUp: ({ context }) => context.queue.work?.wrapUpMs ?? 0,
  },
});
