/**
 * Listening to agents: a supervisor's telephone is connected to the call an agent is in, until he hangs up or the call ends.
 * Both are told when it begins and when it ends.
 */
import type { CallContext, Leg } from '../../../../machines/call/context.ts';
import { isLive, legOf } from '../../../../machines/call/legs.ts';
import { callsOfAgent } from '../../../../projections/calls.ts';
import type { View } from '../../../model/projection.ts';
import { type Person, personOfAgent } from '../people.ts';
import { type Plan, refused } from '../plans.ts';
import { agentIdOf } from './agent-states.ts';
import { type Frame, frame } from './frames.ts';

/** Connects a supervisor to the call that an agent is in now. */
export function listen(view: View, supervisor: Person, agent: Person): Plan {
  const { tenant } = supervisor.actor;
  const [own, other] = [supervisor.attributes.agent, agent.attributes.agent];
  if (own === undefined || other === undefined) return refused('InvalidRequest', 'The user has no line');
  const isTalking = callsOfAgent(view, tenant, other).some(({ context }) =>
    context.legs.some((leg) => leg.agent === other && leg.state === 'established'),
  );
  if (!isTalking) return refused('InvalidRequest', 'The agent is in no call');
  const event = { type: 'supervise', agent: other, how: 'listen', calls: 'next', scope: 'call' };
  return { ok: true, tenant, deliveries: [{ to: { tenant, kind: 'agent', id: own }, event }] };
}

export interface Listening {
  readonly supervisor: Person;
  readonly agent: Person;
  readonly told: Frame;
}

/** Who began or ended to listen between two states of a call. */
export function listeningsBetween(
  view: View,
  tenant: string,
  before: CallContext | undefined,
  after: CallContext,
): readonly Listening[] {
  const [was, is] = [before === undefined ? [] : listenersOf(before), listenersOf(after)];
  const without = (some: readonly Leg[], others: readonly Leg[]) =>
    some.filter(({ id }) => !others.some((other) => other.id === id));
  return [
    ...without(is, was).flatMap((leg) => listeningOf(view, tenant, after, leg, true)),
    ...without(was, is).flatMap((leg) => listeningOf(view, tenant, after, leg, false)),
  ];
}

function listenersOf({ monitors = [] }: CallContext): readonly Leg[] {
  return monitors.filter((leg) => isLive(leg) && leg.state === 'established');
}

function listeningOf(view: View, tenant: string, call: CallContext, leg: Leg, started: boolean): readonly Listening[] {
  const watched = leg.watches === undefined ? undefined : legOf(call, leg.watches.leg);
  const supervisor = leg.agent === undefined ? undefined : personOfAgent(view, tenant, leg.agent);
  const agent = watched?.agent === undefined ? undefined : personOfAgent(view, tenant, watched.agent);
  if (watched === undefined || supervisor === undefined || agent === undefined) return [];
  const phoneNumber = watched.line ?? watched.number;
  return [{ supervisor, agent, told: frame('AgentListen', { started, phoneNumber, agentId: agentIdOf(agent) }) }];
}
