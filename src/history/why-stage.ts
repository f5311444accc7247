/**
 * How a call that is not over came to where it is: who answered, held or transferred it, or which rule of its queue sent it
 * on. The record that moved it tells; where that was told by another, the one that came from outside does.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import type { View } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { agentName, durationText, principalName, queueName } from './wording.ts';

/** What came from outside, and the call as it became. */
interface Turn {
  readonly view: View;
  readonly tenant: string;
  readonly call: CallContext;
  readonly event: LoggedTransition['transition']['data']['event'];
  /** The person on the leg that the event is of, else whoever asked. */
  readonly who: string;
}

const LEFT: Readonly<Record<string, string>> = {
  closed: 'is closed',
  noAgents: 'has nobody at work',
  overflow: 'is full, or lets nobody wait longer',
};

/** As `because …`; of an event that is not here the stage says enough. */
const TOLD: Readonly<Record<string, (turn: Turn) => string>> = {
  answer: ({ who }) => `${who} answered`,
  'leg.answered': ({ who }) => `${who} answered`,
  hold: ({ who }) => `${who} put it on hold`,
  'leg.held': ({ who }) => `${who} put it on hold`,
  retrieve: ({ who }) => `${who} took it back from hold`,
  'leg.retrieved': ({ who }) => `${who} took it back from hold`,
  consult: ({ who }) => `${who} put it on hold to consult somebody`,
  cancelConsult: ({ who }) => `${who} ended the consult`,
  swapCalls: ({ who }) => `${who} went from one call to the other`,
  blindTransfer: ({ who }) => `${who} transferred it`,
  completeTransfer: ({ who }) => `${who} transferred it after a consult`,
  transferOnto: ({ who }) => `${who} joined it with another call at the phone`,
  completeConference: ({ who }) => `${who} made it a conference`,
  'leg.displaced': ({ who }) => `${who} talks in another call`,
  redirect: (turn) => sentOn(turn),
  transferWaiting: (turn) => sentOn(turn),
};

/** `root` is the record that came from outside; undefined where its event says nothing that the stage does not. */
export function stageStory(
  root: LoggedTransition,
  given: { readonly view: View; readonly tenant: string; readonly call: CallContext },
): string | undefined {
  const { event, cause } = root.transition.data;
  const { tenant } = given;
  const leg = given.call.legs.find(({ id }) => id === event.leg);
  const who = leg === undefined ? principalName(given.view, tenant, cause.by) : personText(given.view, leg, tenant);
  return TOLD[event.type]?.({ ...given, event, who });
}

function sentOn({ view, tenant, call, event, who }: Turn): string {
  const rule = LEFT[String(event.why)];
  const { queue } = call;
  if (rule === undefined || queue === null || event.type === 'redirect') return `${who} sent it on`;
  const waited = durationText((queue.leftAt ?? queue.enteredAt) - queue.waitingSince);
  return `${queueName(view, tenant, queue.queue)} ${rule}, and sent it on after ${waited}`;
}

/** `Reese Nath (agent rnath)`, `the caller 19735550123`. */
export function personText(view: View, { kind, agent, number, name }: Leg, tenant: string): string {
  if (agent !== undefined) return agentName(view, tenant, agent);
  const known = name ?? number;
  const who = known === '' ? '' : ` ${known}`;
  return kind === 'caller' ? `the caller${who}` : `the called party${who}`;
}
