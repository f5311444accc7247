/**
 * Why an agent is ready, away, in wrap-up or signed out: who set it, or which rule did and what led to that. The presence
 * itself says what caused it; the records that made it so are looked up for the proof.
 */
import type { AgentContext, Presence, PresenceCause } from '../../machines/agent/context.ts';
import * as calls from '../../projections/calls.ts';
import { contextOf, type LoggedTransition, type StateValue } from '../model/transition.ts';
import type { Asked, Explanation, Link } from './explanation.ts';
import { commandOf, toldBy } from './whole-command.ts';
import { endText } from './why-call.ts';
import { agentName, askedText, durationText, listText, principalName, queueName, spaced, timeText } from './wording.ts';

interface Turning extends Asked {
  /** The record that set the presence, and what the agent remembered then. */
  readonly record: LoggedTransition;
  readonly presence: Presence;
  /** Records before it, newest first. */
  readonly before: readonly LoggedTransition[];
}

type Because = Pick<Explanation, 'chain'> & { readonly because: string };

const BECAUSE: Readonly<Record<PresenceCause, (turning: Turning) => Because | Promise<Because>>> = {
  self: (turning) => asked(turning, 'the agent asked for it'),
  supervisor: (turning) => asked(turning, `a supervisor${byText(turning)} set it`),
  system: (turning) =>
    asked(turning, isCreation(turning) ? 'the agent was created so' : 'it was set by administration'),
  lineTaken: (turning) => asked(turning, `somebody else${byText(turning)} signed in on the line`),
  inactivity: (turning) => asked(turning, 'nothing was heard of the agent for too long'),
  connectionLost: (turning) => asked(turning, 'the connection of the agent was lost'),
  missedCalls: becauseOffersWereMissed,
  callEnded: becauseCallEnded,
  wrapUpEnded: becauseWrapUpEnded,
};

const BECAME: Readonly<Record<string, string>> = { wrapUp: 'went into wrap-up' };
/** How an agent leaves a call that goes on. */
const HANDED_ON: Readonly<Record<string, string>> = {
  blindTransfer: ', who transferred it',
  completeTransfer: ', who transferred it after a consult',
  transferOnto: ', who joined it with another',
};

/** Records looked at for what led to a rule. */
const BEFORE_MAX = 500;

/** Undefined for an agent that is not there (any more). */
export async function whyAgent(ask: Asked): Promise<Explanation | undefined> {
  const presence = presenceIn(ask.newest.transition.data.to);
  if (presence === undefined) return undefined;
  const turning = await turningPoint(ask);
  const { actor, view } = ask;
  const { because, chain } = await BECAUSE[turning.presence.cause](turning);
  const who = agentName(view, actor.tenant, actor.id);
  const { since, reason } = turning.presence;
  const named = reason === undefined ? '' : ` (${reason.name})`;
  return {
    sentence: `${who} ${BECAME[presence] ?? `became ${spaced(presence)}`}${named} at ${timeText(since)} because ${because}.`,
    besides: besides(ask),
    chain: [...chain, link(turning.record, `presence became ${spaced(presence)}${named}`)],
  };
}

/** The first record of the present presence: every change shows in its name, `since`, `cause` or reason. */
async function turningPoint(ask: Asked): Promise<Turning> {
  const { presence } = contextOf<AgentContext>(ask.newest.transition);
  const mark = markOf(ask.newest);
  let record = ask.newest;
  let isFound = false;
  const before: LoggedTransition[] = [];
  for await (const earlier of ask.backwards()) {
    if (!isFound && markOf(earlier) === mark) {
      record = earlier;
      continue;
    }
    isFound = true;
    before.push(earlier);
    if (before.length === BEFORE_MAX) break;
  }
  return { ...ask, record, presence, before };
}

function markOf(record: LoggedTransition): string {
  return JSON.stringify([presenceIn(record.transition.data.to), contextOf<AgentContext>(record.transition).presence]);
}

function asked({ record, view, actor }: Turning, because: string): Because {
  const { event, cause } = record.transition.data;
  return { because: `${because} (${event.type} ${askedText(view, actor.tenant, cause)})`, chain: [] };
}

function isCreation({ record }: Turning): boolean {
  return record.transition.data.event.type === 'create';
}

function byText({ presence, view, actor }: Turning): string {
  return presence.by === undefined ? '' : `, ${principalName(view, actor.tenant, presence.by)},`;
}

/** `missed ≥ n`: the offers in a row that were not taken, and whose they were. */
function becauseOffersWereMissed({ record, before, view, actor }: Turning): Because {
  const { consecutiveMissed, rules } = contextOf<AgentContext>(record.transition);
  const missed = [record, ...before].filter(isMissed).slice(0, consecutiveMissed).reverse();
  const chain = missed.flatMap((miss): Link[] => {
    const offer = before.find((one) => isOfferOf(one, callOf(miss)) && one.position < miss.position);
    const how = miss.transition.data.event.how;
    const missing = link(
      miss,
      `did not take call ${callOf(miss)}${typeof how === 'string' ? ` (${spaced(how)})` : ''}`,
    );
    return offer === undefined ? [missing] : [link(offer, `was offered call ${callOf(miss)}`), missing];
  });
  const offers = chain.map(({ record: one }) => one).filter(({ transition }) => transition.data.event.type === 'offer');
  const queues = [...new Set(offers.map(({ transition }) => String(transition.data.event.queue)))];
  const of = queues.length === 0 ? '' : ` of ${listText(queues.map((queue) => queueName(view, actor.tenant, queue)))}`;
  const count = missed.length === 1 ? 'an offer' : `${missed.length} offers in a row`;
  // The same call may come round again.
  const missedCalls = [...new Set(missed.map(callOf))];
  const which = `${missedCalls.length === 1 ? 'call' : 'calls'} ${listText(missedCalls)}`;
  return {
    because: `${count}${of} ${missed.length === 1 ? 'was' : 'were'} missed (${which}), rule missed ≥ ${rules.missedMax}`,
    chain,
  };
}

/** A queue call ended, and wrap-up began with it. */
async function becauseCallEnded(turning: Turning): Promise<Because> {
  const { runtime, record, view, actor, presence } = turning;
  const { work } = contextOf<AgentContext>(record.transition).queue;
  const command = await commandOf(runtime, record);
  const tellers = toldBy(record, command).filter(({ visibility }) => visibility === 'public');
  const id = work?.call ?? callOf(record);
  const call = calls.call(view, actor.tenant, id);
  const isOver = call !== undefined && call.context.endedAt !== null;
  const outside = tellers.at(-1)?.transition.data.event.type ?? '';
  const end = isOver
    ? `ended: ${endText(view, call.context, actor.tenant)}`
    : `goes on without the agent${HANDED_ON[outside] ?? ''}`;
  const until = record.transition.data.state.timers?.find(({ name }) => name.startsWith('wrapUp'))?.due;
  const back =
    presence.returnTo === undefined || until === undefined
      ? ''
      : `; ${spaced(presence.returnTo.kind)} again at ${timeText(until)}`;
  const of = work === null ? '' : ` of ${queueName(view, actor.tenant, work.queue)}`;
  return {
    because: `call ${id}${of} ${end}${back}`,
    chain: tellers.map((teller, index) =>
      link(
        teller,
        index === 0
          ? `told the agent that the leg of call ${id} ended`
          : `told the next by ${teller.transition.data.event.type}`,
      ),
    ),
  };
}

/** Its time was over: what came before it holds again. */
function becauseWrapUpEnded({ before, view, actor }: Turning): Because {
  const other = before.findIndex((one) => presenceCauseOf(one) !== 'callEnded');
  const begun = before.at((other < 0 ? before.length : other) - 1);
  const work = begun === undefined ? null : contextOf<AgentContext>(begun.transition).queue.work;
  if (other === 0 || begun === undefined || work === null) return { because: 'the wrap-up was over', chain: [] };
  const of = queueName(view, actor.tenant, work.queue);
  return {
    because: `the wrap-up of ${durationText(work.wrapUpMs)} after call ${work.call} of ${of} was over, which gave back what it had interrupted`,
    chain: [link(begun, `wrap-up began after call ${work.call}`)],
  };
}

/** What else keeps offers away. */
function besides({ newest, view, actor }: Asked): readonly string[] {
  const { phone, dnd, queue } = contextOf<AgentContext>(newest.transition);
  const regions = regionsIn(newest.transition.data.to);
  const facts: string[] = [];
  if (dnd) facts.push('Do not disturb is on, so no queue call is offered.');
  if (regions.phone === 'unavailable') {
    const what = phone.line === null ? 'There is no line' : `Line ${phone.line} cannot be reached`;
    facts.push(`${what} since ${timeText(phone.since)}, so nothing is offered.`);
  }
  if (phone.legs.length > 0)
    facts.push(
      `The phone is ${spaced(String(regions.phone))} (${phone.legs.length === 1 ? 'call' : 'calls'} ${listText(phone.legs.map(({ call }) => call))}).`,
    );
  if (queue.work !== null)
    facts.push(
      `Queue work: ${spaced(String(regions.queue))}, call ${queue.work.call} of ${queueName(view, actor.tenant, queue.work.queue)}.`,
    );
  return facts;
}

function presenceCauseOf(record: LoggedTransition): PresenceCause {
  return contextOf<AgentContext>(record.transition).presence.cause;
}

function regionsIn(to: StateValue): Readonly<Record<string, StateValue>> {
  const present = typeof to === 'string' ? undefined : to.present;
  return present === undefined || typeof present === 'string' ? {} : present;
}

function presenceIn(to: StateValue): string | undefined {
  const { presence } = regionsIn(to);
  return typeof presence === 'string' ? presence : undefined;
}

function isMissed({ transition }: LoggedTransition): boolean {
  return transition.data.event.type === 'offer.missed';
}

function isOfferOf(record: LoggedTransition, call: string): boolean {
  return record.transition.data.event.type === 'offer' && callOf(record) === call;
}

function callOf({ transition }: LoggedTransition): string {
  return String(transition.data.event.call ?? '');
}

function link(record: LoggedTransition, says: string): Link {
  return { record, says };
}
