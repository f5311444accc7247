/**
 * What a call takes, who sends it, and when. Four families:
 * - births: `arrive`, `originate`, `originateFromQueue`, `consulting`, `imported`; each names the ids of the legs it makes;
 * - commands of people, of the distributor and of dialects. They may be refused, with one of `REASONS`;
 * - facts, as the switch reports them (`leg.*`): taken in every state, twice, late, in either order, of unknown legs too;
 * - what calls and agents tell each other within a turn (told-events.ts).
 * Who sends a command resolves numbers first (to a line, its agent, a queue): the machine looks nothing up.
 * A consult is a call of its own, tied to its original by `consultOf`; operations on the pair move both in one turn.
 */
import { z } from 'zod';
import { dialled, id, ms, text, time } from '../fields.ts';
import {
  about,
  cause,
  direction,
  end,
  failure,
  leg,
  order,
  purpose,
  queue,
  recordingMode,
  reservation,
  userData,
} from './parts.ts';
import { toldEvents } from './told-events.ts';

function isOneOf(to: { readonly target?: unknown; readonly queue?: unknown }): boolean {
  return (to.target === undefined) !== (to.queue === undefined);
}

const consult = { ...leg, consult: id.exactOptional() };

export const callEvents = {
  /**
   * Connector, when the switch reports a caller: someone outside, or a phone of ours that dialled. His leg exists in the
   * switch already. With a `target`, a `queue`, or neither: then `route`, `enqueue` or `hangup` follows.
   */
  arrive: z.strictObject({
    type: z.literal('arrive'),
    ...about,
    caller: end,
    target: end.exactOptional(),
    queue: queue.exactOptional(),
  }),
  /**
   * Dialects: somebody dials through the API. The switch makes both legs. `ringFirst`: his own phone rings, and the target
   * is called when he picks up; else his phone goes off hook by itself.
   */
  originate: z.strictObject({
    type: z.literal('originate'),
    ...about,
    caller: end,
    target: end,
    ringFirst: z.boolean().exactOptional(),
  }),
  /**
   * Dialects: a queue call without a caller; the agent who takes it is joined to the target. That is called then, or `atOnce`:
   * it waits in the queue like a caller.
   */
  originateFromQueue: z.strictObject({
    type: z.literal('originateFromQueue'),
    ...about,
    /** What is shown as the caller. */
    from: text(64).exactOptional(),
    fromName: text(128).exactOptional(),
    queue,
    target: end,
    atOnce: z.literal(true).exactOptional(),
  }),
  /** Imports, the demo: a call of the past, over, with its own times. */
  imported: z.strictObject({
    type: z.literal('imported'),
    ...about,
    caller: end,
    target: end,
    queue: queue.exactOptional(),
    startedAt: time,
    answeredAt: time.exactOptional(),
    endedAt: time,
    cause,
    endedBy: id.exactOptional(),
    recording: recordingMode.exactOptional(),
  }),

  /** Connector: where a call goes that has arrived. Refused with `alreadyRouted`. */
  route: z.strictObject({ type: z.literal('route'), target: end }),
  /** Connector, dialects: into a queue. Refused with `alreadyQueued`, and `alreadyRouted` while a phone rings for it. */
  enqueue: z.strictObject({ type: z.literal('enqueue'), ...queue.shape }),
  /** Dialects, the service kind: ties the call to its session, whose storage becomes user data. */
  linkReservation: z.strictObject({
    type: z.literal('linkReservation'),
    reservation,
    userData: userData.exactOptional(),
  }),

  /**
   * Distributor: rings at an agent for `ringMs`. The agent is told `offer` in the same turn; his refusal refuses it.
   * Refused with `notWaiting`, `alreadyOffered`.
   */
  offer: z.strictObject({ type: z.literal('offer'), target: z.strictObject({ ...end.shape, agent: id }), ringMs: ms }),
  /** Distributor, supervisors: takes the offer back; the call waits on. Not the agent's fault. Refused with `notOffered`. */
  withdrawOffer: z.strictObject({ type: z.literal('withdrawOffer') }),
  /**
   * Distributor (overflow), supervisors (wait_redirect; wait_transfer to a queue's number, which is `transferred`): to
   * another queue. Refused with `notWaiting`.
   */
  redirect: z.strictObject({
    type: z.literal('redirect'),
    ...queue.shape,
    why: z.enum(['manual', 'transferred', 'overflow', 'closed', 'noAgents']).exactOptional(),
  }),
  /** The same to a line or a number (wait_transfer, overflow out, pulled by an agent). Refused with `notWaiting`. */
  transferWaiting: z.strictObject({
    type: z.literal('transferWaiting'),
    target: end,
    why: z.enum(['manual', 'overflow', 'closed', 'noAgents', 'pulled']).exactOptional(),
  }),
  /** wait_kill, or a queue that is closed. Refused with `notWaiting`. */
  dropWaiting: z.strictObject({ type: z.literal('dropWaiting'), cause: z.enum(['dropped', 'closed']).exactOptional() }),

  /** The person on a leg, through any dialect. Refused with `unknownLeg`, and as said. */
  answer: z.strictObject({ type: z.literal('answer'), ...leg }),
  /** `notRinging`. An offered call counts as missed and waits on. */
  reject: z.strictObject({ type: z.literal('reject'), ...leg }),
  /** `notEstablished` (a leg that dials may be hung up too; one that rings is answered or rejected). */
  hangup: z.strictObject({ type: z.literal('hangup'), ...leg }),
  /** `notEstablished`. */
  hold: z.strictObject({ type: z.literal('hold'), ...leg }),
  /** `notHeld`, `consultLive`. */
  retrieve: z.strictObject({ type: z.literal('retrieve'), ...leg }),
  /** `notEstablished` (a leg that dials may send digits too). */
  sendDtmf: z.strictObject({ type: z.literal('sendDtmf'), ...leg, digits: z.string().regex(/^[0-9A-D*#]{1,64}$/) }),
  mute: z.strictObject({ type: z.literal('mute'), ...leg }),
  unmute: z.strictObject({ type: z.literal('unmute'), ...leg }),

  /** Blind transfer to a line, a number or a queue: the leg ends, the others stay. `notEstablished`, `nobodyElse`. */
  blindTransfer: z
    .strictObject({
      type: z.literal('blindTransfer'),
      ...leg,
      target: end.exactOptional(),
      queue: queue.exactOptional(),
      userData: userData.exactOptional(),
    })
    .refine(isOneOf, 'one of target and queue'),
  /**
   * Begins a consult: this leg is held, a new call is made with a leg of the same person. One more while others are up
   * holds those. `notEstablished` (held will do), `nobodyElse`, `tooManyConsults`.
   */
  consult: z.strictObject({
    type: z.literal('consult'),
    ...leg,
    /** Id of the call to be made. */
    consult: id,
    /** Leg of the consulting person in it. */
    consultLeg: id,
    target: end,
    /** Of the call to be made; unless said, a target without a line is outside. */
    direction: direction.exactOptional(),
    purpose: purpose,
    userData: userData.exactOptional(),
  }),
  /**
   * To the original (the newest consult of the leg unless `consult` names one) or to the consult itself: the original goes
   * on with the consulted instead of the leg; before he answered too. From a queue that the consult waits in, the original
   * waits there instead, from then on. `noConsult`, `unknownConsult`, `otherPurpose`.
   */
  completeTransfer: z.strictObject({ type: z.literal('completeTransfer'), ...consult }),
  /** The same, and the leg stays. */
  completeConference: z.strictObject({ type: z.literal('completeConference'), ...consult }),
  /**
   * Connector: the phone itself joined the two calls it has (SIP REFER with Replaces). This call goes on with the people of
   * the other, as by `completeTransfer`, though nobody had called it a consult. `notEstablished`, `nobodyElse`,
   * `tooManyConsults`, `exists`.
   */
  transferOnto: z.strictObject({ type: z.literal('transferOnto'), ...leg, other: id, otherLeg: id }),
  /** The consult ends, the original is retrieved. */
  cancelConsult: z.strictObject({ type: z.literal('cancelConsult'), ...consult }),
  /** Talks on the one he held and holds the other. */
  swapCalls: z.strictObject({ type: z.literal('swapCalls'), ...consult }),
  /** Single-step conference: one more joins. `notEstablished` (held will do), `nobodyElse`, `tooManyLegs`. */
  addParty: z.strictObject({ type: z.literal('addParty'), ...leg, target: end }),
  /** `notConference`; `party` is the leg to go: `unknownLeg`, `legReleased`. */
  removeParty: z.strictObject({ type: z.literal('removeParty'), ...leg, party: id }),

  /** Adds and replaces keys. `userDataTooLarge`. */
  setUserData: z.strictObject({ type: z.literal('setUserData'), userData }),
  /** One key (`unknownKey`), or everything. */
  deleteUserData: z.strictObject({
    type: z.literal('deleteUserData'),
    key: z.string().min(1).max(256).exactOptional(),
  }),
  /** `notAnswered`, `alreadySuppressed`. */
  startSuppression: z.strictObject({ type: z.literal('startSuppression') }),
  /** `notAnswered`, `notSuppressed`. */
  stopSuppression: z.strictObject({ type: z.literal('stopSuppression') }),
  /** On demand. `notAnswered`, `recordingNotAllowed`, `alreadyRecording`. */
  startRecording: z.strictObject({ type: z.literal('startRecording') }),
  /** `notRecording`, `recordingMandatory`. */
  stopRecording: z.strictObject({ type: z.literal('stopRecording') }),
  /**
   * Supervisors, supervision: his phone goes off hook by itself and hears the call; in `coach` the watched leg hears him, in
   * `barge` he becomes a party. Sent again for the same agent it changes what he does. `notEstablished`, `inCall`,
   * `alreadyMonitoring`, `tooManyLegs`.
   */
  monitor: z.strictObject({
    type: z.literal('monitor'),
    /** Who is watched. */
    ...leg,
    target: z.strictObject({ ...end.shape, agent: id, line: dialled }),
    how: z.enum(['listen', 'coach', 'barge']),
    scope: z.enum(['agent', 'call']),
  }),
  /** `leg` is the supervisor's. Who has barged in stays as a party. `notMonitoring`. */
  stopMonitoring: z.strictObject({ type: z.literal('stopMonitoring'), ...leg }),
  /** Supervisors: everybody is hung up. */
  kill: z.strictObject({ type: z.literal('kill') }),

  /** Connector, for the switch: the far phone rings. */
  'leg.ringing': z.strictObject({ type: z.literal('leg.ringing'), ...leg }),
  'leg.answered': z.strictObject({ type: z.literal('leg.answered'), ...leg }),
  /** The phone's own hold key. `order` rises per leg: an older fact than the last one applied changes nothing. */
  'leg.held': z.strictObject({ type: z.literal('leg.held'), ...leg, order: order.exactOptional() }),
  'leg.retrieved': z.strictObject({ type: z.literal('leg.retrieved'), ...leg, order: order.exactOptional() }),
  /** Could not be reached, or did not want to. */
  'leg.failed': z.strictObject({ type: z.literal('leg.failed'), ...leg, cause: failure }),
  /** Hung up there; `lost`: a resync found no such leg any more. */
  'leg.ended': z.strictObject({
    type: z.literal('leg.ended'),
    ...leg,
    cause: z.enum(['hangup', 'lost']).exactOptional(),
  }),
  /** The line is forwarded: the leg ends, and another is dialled, or the caller waits in a queue, instead. */
  'leg.forwarded': z
    .strictObject({
      type: z.literal('leg.forwarded'),
      ...leg,
      target: end.exactOptional(),
      queue: queue.exactOptional(),
      why: z.enum(['unconditional', 'noAnswer', 'busy']),
    })
    .refine(isOneOf, 'one of target and queue'),
  /** Digits the far end sent. */
  'leg.dtmf': z.strictObject({ type: z.literal('leg.dtmf'), ...leg, digits: text(64), order: order.exactOptional() }),

  ...toldEvents,
};

type Of<Type extends keyof typeof callEvents> = z.infer<(typeof callEvents)[Type]>;

export type CallEvent = { [Type in keyof typeof callEvents]: Of<Type> }[keyof typeof callEvents];
export type EventOf<Type extends CallEvent['type']> = Of<Type>;
