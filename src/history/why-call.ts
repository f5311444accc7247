/**
 * Why a call is where it is: how it ended and who hung up, or what it waits for; whom it was offered, and who has it.
 */
import type { CallContext } from '../../machines/call/context.ts';
import * as queues from '../../projections/queues.ts';
import type { View } from '../model/projection.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import type { Asked, Explanation, Link } from './explanation.ts';
import { commandOf, toldBy } from './whole-command.ts';
import { personText, stageStory } from './why-stage.ts';
import { agentName, askedText, countText, durationText, listText, queueName, timeText } from './wording.ts';

/** Events without which the story of a call cannot be told. */
const TURNS: Readonly<Record<string, string>> = {
  arrive: 'the caller arrived',
  originate: 'the call was made',
  originateFromQueue: 'the call was put into a queue',
  consulting: 'a consult began',
  route: 'it was sent to a phone',
  enqueue: 'it entered a queue',
  redirect: 'it was moved to another queue',
  transferWaiting: 'it was taken out of the queue',
  dropWaiting: 'it was dropped from the queue',
  offer: 'it was offered to an agent',
  timer: 'the offer was not taken in time',
  'offer.declined': 'the offer came back',
  withdrawOffer: 'the offer was taken back',
  'leg.answered': 'somebody answered',
  answer: 'somebody answered',
  blindTransfer: 'it was transferred',
  completeTransfer: 'it was transferred after a consult',
  completeConference: 'it became a conference',
  kill: 'it was ended by order',
};

/** How it left its queue. */
const LEFT_QUEUE: Readonly<Record<NonNullable<NonNullable<CallContext['queue']>['outcome']>, string>> = {
  answered: 'answered',
  abandoned: 'the caller gave up',
  transferred: 'sent on from there',
  dropped: 'dropped',
  closed: 'turned away, since it is closed',
  killed: 'ended by order',
};

/** Of the newest turns so many are shown. */
const TURNS_MAX = 50;

export async function whyCall({ runtime, view, actor, newest, backwards }: Asked): Promise<Explanation> {
  const call = contextOf<CallContext>(newest.transition);
  const turns: LoggedTransition[] = [];
  let moved = newest;
  let stage = JSON.stringify(newest.transition.data.to);
  for await (const record of backwards()) {
    const { event, to } = record.transition.data;
    if (JSON.stringify(to) === stage) moved = record;
    else stage = '';
    if (Object.hasOwn(TURNS, event.type) && turns.length < TURNS_MAX) turns.push(record);
  }
  const ended = call.endedAt !== null;
  // That it rings says nothing of who had it dialled.
  const turned = moved.transition.data.event.type === 'leg.ringing' ? (turns[0] ?? moved) : moved;
  const root = toldBy(turned, await commandOf(runtime, turned)).at(-1) ?? turned;
  const how = ended ? undefined : stageStory(root, { view, tenant: actor.tenant, call });
  const told = ended
    ? endText(view, call, actor.tenant)
    : [how, stageText(view, call, actor.tenant)].filter((part) => part !== undefined).join('; ');
  const { event, cause } = moved.transition.data;
  const who = ended ? ` (${event.type} ${askedText(view, actor.tenant, cause)})` : '';
  return {
    sentence: `Call ${actor.id} from ${call.from || 'an unknown number'} to ${call.to} ${ended ? `ended at ${timeText(call.endedAt ?? 0)}` : `is ${stageOf(moved)} since ${timeText(moved.time)}`} because ${told}${who}.`,
    besides: [
      ...queueStory(view, call, actor.tenant),
      ...waitStory(view, actor.tenant, actor.id),
      ...agentStory(view, call, actor.tenant),
    ],
    chain: [
      ...turns.map((record) => turnLink(view, record)),
      { record: moved, says: ended ? 'the call ended' : `became ${stageOf(moved)}` },
    ],
  };
}

/** Why a call that is over is over: `the caller hung up`, `nobody answered`. */
export function endText(view: View, call: CallContext, tenant: string): string {
  const by = call.endedBy === null ? undefined : call.legs.find(({ id }) => id === call.endedBy);
  const who = by === undefined ? 'somebody' : personText(view, by, tenant);
  switch (call.cause) {
    case 'abandoned':
      return `the caller gave up after ${waitedText(call)} in ${queueName(view, tenant, call.queue?.queue ?? '')}`;
    case 'hangup':
      return `${who} hung up`;
    case 'noAnswer':
      return 'nobody answered';
    case 'busy':
      return `${by === undefined ? 'the called line' : who} was busy`;
    case 'rejected':
      return `${who} rejected it`;
    case 'closed':
      return `${queueName(view, tenant, call.queue?.queue ?? '')} is closed`;
    case 'dropped':
      return `it was dropped from ${queueName(view, tenant, call.queue?.queue ?? '')} after ${waitedText(call)}`;
    case 'killed':
      return 'it was ended by order';
    case 'lost':
      return 'the switch lost it';
    case 'transferred':
    case 'conferenced':
      return `it was ${call.cause}, and goes on as ${goesOnAs(call)}`;
    case null:
      return 'it is not over';
    default:
      return `of ${call.cause}`;
  }
}

function stageText(view: View, call: CallContext, tenant: string): string {
  if (call.offer !== null) return `it rings at ${agentName(view, tenant, call.offer.agent)}, who was offered it`;
  if (call.queue?.waiting === true)
    return `it waits in ${queueName(view, tenant, call.queue.queue)} and no free agent was found yet`;
  const up = call.legs.filter(({ state }) => state === 'established' || state === 'held');
  if (up.length >= 2) return `in it are ${listText(up.map((leg) => personText(view, leg, tenant)))}`;
  const called = call.legs.filter(
    ({ kind, state }) => kind !== 'caller' && (state === 'dialing' || state === 'ringing'),
  );
  return called.length > 0
    ? `${listText(called.map((leg) => personText(view, leg, tenant)))} is being called`
    : 'nobody was called yet';
}

function queueStory(view: View, { queue }: CallContext, tenant: string): readonly string[] {
  if (queue === null) return [];
  const missed =
    queue.missedBy.length === 0
      ? ''
      : `, missed by ${listText(queue.missedBy.map((agent) => agentName(view, tenant, agent)))}`;
  const left = queue.outcome === undefined ? 'still waiting' : LEFT_QUEUE[queue.outcome];
  return [`In ${queueName(view, tenant, queue.queue)}: ${countText(queue.offers, 'offer')}${missed}; ${left}.`];
}

/** Of one that waits: how many are before it, and why none of the queue's agents has it. */
function waitStory(view: View, tenant: string, id: string): readonly string[] {
  const place = queues.waiting(view, tenant, id);
  if (place === undefined || place.agent !== null) return [];
  const { waiting, members } = queues.queueStatus(view, tenant, place.queue);
  const { ready, busy, away, signedOut } = members;
  const whole = ready + busy + away + signedOut;
  return [
    `It is number ${place.position} of ${waiting} there. Of the queue's ${countText(whole, 'agent')} ${ready} can be offered a call, ${busy} are at work, ${away} away, ${signedOut} signed out.`,
  ];
}

/** Why this agent: who answered from the queue, and after how long. */
function agentStory(view: View, call: CallContext, tenant: string): readonly string[] {
  const taken = call.legs.find(({ kind, answeredAt }) => kind === 'agent' && answeredAt !== undefined);
  if (taken?.agent === undefined || call.queue === null) return [];
  const waited = durationText((taken.answeredAt ?? 0) - call.queue.waitingSince);
  const has = taken.state === 'released' ? 'had' : 'has';
  return [
    `${agentName(view, tenant, taken.agent)} ${has} it because the queue offered it and the agent answered after ${waited} of waiting.`,
  ];
}

function goesOnAs({ legs, consultOf }: CallContext): string {
  const other = legs.find(({ movedTo }) => movedTo !== undefined)?.movedTo ?? consultOf?.call;
  return other === undefined ? 'another call' : `call ${other}`;
}

function turnLink(view: View, record: LoggedTransition): Link {
  const { event, cause } = record.transition.data;
  const { tenant } = record.actor;
  const { offer } = contextOf<CallContext>(record.transition);
  const whom = event.type === 'offer' && offer !== null ? ` (${agentName(view, tenant, offer.agent)})` : '';
  return { record, says: `${TURNS[event.type]}${whom}, ${askedText(view, tenant, cause)}` };
}

function waitedText({ queue, endedAt }: CallContext): string {
  return durationText((endedAt ?? 0) - (queue?.waitingSince ?? 0));
}

function stageOf({ transition }: LoggedTransition): string {
  const { to } = transition.data;
  if (typeof to === 'string') return to;
  return typeof to.live === 'string' ? to.live : 'there';
}
