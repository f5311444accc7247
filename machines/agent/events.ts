/**
 * What an agent takes, who sends it, and when. Three families:
 * - set-up: `create`, `configure`, `remove` (administration, imports, the demo);
 * - commands of people and of those who act for them: presence, dnd, forwards. They may be refused;
 * - facts about lines, legs and offers, told by calls in the turn in which the call moves (the line facts: by the switch).
 *   They are taken in every state, known or unknown, late or twice. `offer` alone may be refused.
 */
import { z } from 'zod';
import { dialled, id, ms, reason, text } from '../fields.ts';

const askedBy = z
  .enum(['self', 'supervisor', 'system', 'lineTaken', 'inactivity', 'connectionLost'])
  .describe('Who or what asked for a presence change. Absent: the agent himself.');

const stamp = {
  reason: reason.exactOptional(),
  workMode: text(64).exactOptional().describe('A dialect’s finer word within the presence, such as `AuxWork`.'),
  cause: askedBy.exactOptional(),
  by: text(256).exactOptional().describe('The principal behind it, when that is not the agent.'),
};

const rules = {
  wrapUpMs: ms.exactOptional().describe('Wrap-up after queue calls whose queue says nothing else; 0 for none.'),
  missedMax: z
    .int()
    .min(0)
    .max(1000)
    .exactOptional()
    .describe('Missed offers in a row after which a ready agent is set away; 0 for never.'),
  ringMs: ms
    .exactOptional()
    .describe('How long an offered call rings here; for the distributor, which says so to the call.'),
};

const forward = z.strictObject({ enabled: z.boolean(), destination: text(64) });

/** The call and the agent's own leg of it. Leg ids are unique within their call. */
const leg = { call: id, leg: id };

const legFact = {
  ...leg,
  direction: z.enum(['inbound', 'outbound', 'internal']).exactOptional(),
  /** True for a call that a queue delivered. */
  acd: z.boolean().exactOptional(),
  queue: id.exactOptional(),
  /** Number at the far end. */
  party: text(64).exactOptional(),
  /** The agent he listens to there. */
  watches: id.exactOptional(),
};

const signsIn = {
  signIn: z
    .boolean()
    .exactOptional()
    .describe('Signs a signed-out agent in; without it he is refused with `signedOut`.'),
};

export const agentEvents = {
  /** Administration: the agent begins to exist, signed out unless said. A presence other than signedOut needs a line. */
  create: z.strictObject({
    type: z.literal('create'),
    line: dialled.exactOptional(),
    presence: z.enum(['signedOut', 'ready', 'away']).exactOptional(),
    dnd: z.boolean().exactOptional(),
    forwards: z
      .strictObject({
        unconditional: forward.exactOptional(),
        noAnswer: forward.exactOptional(),
        busy: forward.exactOptional(),
      })
      .exactOptional(),
    ...stamp,
    ...rules,
  }),
  /** Administration: his own line (null takes it away) and his rules. What is running keeps the rules it began with. */
  configure: z.strictObject({ type: z.literal('configure'), line: dialled.nullable().exactOptional(), ...rules }),
  /** Administration: the end. Refused with `busy` while he has legs, an offer or wrap-up. */
  remove: z.strictObject({ type: z.literal('remove') }),

  /** A person begins to work, on a line (his own when none is given; refused with `noLine` when there is none). */
  signIn: z.strictObject({
    type: z.literal('signIn'),
    line: dialled.exactOptional(),
    initial: z.enum(['ready', 'away']),
    ...stamp,
  }),
  /** He stops. Legs that are up stay up; an unanswered offer is given back to its call; no wrap-up follows. */
  signOut: z.strictObject({ type: z.literal('signOut'), ...stamp }),
  setReady: z.strictObject({ type: z.literal('setReady'), ...stamp, ...signsIn }),
  setAway: z.strictObject({ type: z.literal('setAway'), ...stamp, ...signsIn }),
  /** After-call work by hand: lasts until another presence is set. */
  setWrapUp: z.strictObject({ type: z.literal('setWrapUp'), ...stamp, ...signsIn }),
  setDnd: z.strictObject({ type: z.literal('setDnd'), on: z.boolean() }),
  /** An absent or empty destination keeps the one that is known; switching on without any is refused with `noDestination`. */
  setForward: z.strictObject({
    type: z.literal('setForward'),
    forward: z.enum(['unconditional', 'noAnswer', 'busy']),
    enabled: z.boolean(),
    destination: text(64).exactOptional(),
  }),

  /**
   * A supervisor, of himself: his phone is connected to the calls of another agent, the present one included, until he
   * stops or signs out. Again: another agent, or otherwise. Refused with `self`, `noLine`.
   */
  supervise: z.strictObject({
    type: z.literal('supervise'),
    agent: id,
    how: z.enum(['listen', 'coach', 'barge']),
    calls: z.enum(['next', 'all']),
    scope: z.enum(['agent', 'call']),
  }),
  /** Refused with `notSupervising`. Calls he is in are told by whoever sends this. */
  stopSupervising: z.strictObject({ type: z.literal('stopSupervising') }),

  /**
   * For a command that makes his phone ring or dial: refused with `phoneBusy` while a leg of his is up, and never recorded.
   * Without it a command takes him as he was when it was decided.
   */
  check: z.strictObject({ type: z.literal('check'), phone: z.literal('free') }),

  /** The switch: the phone of this line registered, or can be reached again. Other lines than the agent's are ignored. */
  'line.reachable': z.strictObject({ type: z.literal('line.reachable'), line: dialled }),
  'line.unreachable': z.strictObject({ type: z.literal('line.unreachable'), line: dialled }),

  /**
   * A queued call, when the distributor matched it: takes the agent unless he is not free. Refused (and with it the whole
   * command) with `signedOut`, `away`, `wrapUp`, `phoneBusy`, `phoneUnavailable`, `doNotDisturb`, `alreadyOffered`, `onQueueCall`.
   */
  offer: z.strictObject({
    type: z.literal('offer'),
    call: id,
    queue: id,
    /** His leg of the call that is about to ring; other legs he has of the same call are not the offer's. */
    leg: id.exactOptional(),
    wrapUpMs: ms.exactOptional(),
  }),
  /** The call: he did not take it. Tell it beside the `leg.ended` of the leg that rang, in either order. */
  'offer.missed': z.strictObject({
    type: z.literal('offer.missed'),
    call: id,
    how: z.enum(['noAnswer', 'rejected', 'busy', 'unreachable']).exactOptional(),
  }),
  /** The call: it needs him no more (the caller hung up, it was moved or taken elsewhere). Not his fault. */
  'offer.withdrawn': z.strictObject({ type: z.literal('offer.withdrawn'), call: id }),

  /** The call, about one of the agent's own legs: he is calling. */
  'leg.dialing': z.strictObject({ type: z.literal('leg.dialing'), ...legFact }),
  'leg.ringing': z.strictObject({ type: z.literal('leg.ringing'), ...legFact }),
  /**
   * Answered. On the call that was offered, or with `acd` and `queue` for an agent who neither has queue work nor is signed
   * out (a pulled call; his wrap-up gives way to it), it begins queue work and forgives missed offers.
   */
  'leg.talking': z.strictObject({ type: z.literal('leg.talking'), ...legFact, wrapUpMs: ms.exactOptional() }),
  'leg.held': z.strictObject({ type: z.literal('leg.held'), ...legFact }),
  'leg.retrieved': z.strictObject({ type: z.literal('leg.retrieved'), ...legFact }),
  /** The call that took his leg over from call `from`, as it was: his phone and his queue work go on there. */
  'leg.moved': z.strictObject({ type: z.literal('leg.moved'), ...legFact, from: id }),
  /**
   * Gone, for whatever reason. The end of the leg that carried queue work begins wrap-up, unless he is connected to another
   * queue call, which is his work then.
   */
  'leg.ended': z.strictObject({ type: z.literal('leg.ended'), ...leg }),
};

/** The events that are not recorded. */
export const CHECKS: readonly AgentEvent['type'][] = ['check'];

type Of<Type extends keyof typeof agentEvents> = z.infer<(typeof agentEvents)[Type]>;

/** `wrapUp.over` is raised within the machine when its wrap-up timer fires; nobody outside can send it. */
export type AgentEvent =
  | { [Type in keyof typeof agentEvents]: Of<Type> }[keyof typeof agentEvents]
  | { readonly type: 'wrapUp.over' };
export type CreateAgent = Of<'create'>;
export type SetForward = Of<'setForward'>;
export type Offer = Of<'offer'>;
export type Supervise = Of<'supervise'>;
export type LegFact = Of<'leg.dialing' | 'leg.ringing' | 'leg.talking' | 'leg.held' | 'leg.retrieved' | 'leg.ended'>;
export type LegTalking = Of<'leg.talking'>;
export type LegMoved = Of<'leg.moved'>;
export type PresenceCommand = Of<'create' | 'signIn' | 'signOut' | 'setReady' | 'setAway' | 'setWrapUp'>;
export type AskedBy = z.infer<typeof askedBy>;
