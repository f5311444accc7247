/**
 * The commands of the CTI socket: which are understood, and what each answers or asks of the contact centre. Those that the
 * client library knows and this server has nothing for are listed too, so that none is ignored in silence.
 */
import { zoneOf } from '../../../../projections/directory/zone.ts';
import { agentTimes } from '../../../../projections/statistics.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { dayBegin } from '../../../model/zone.ts';
import { historyOf, rangeBy } from '../history.ts';
import { agentsOf, type Person } from '../people.ts';
import * as plans from '../plans.ts';
import { agentIdOf, agentState, agentStates } from './agent-states.ts';
import { onCall } from './call-commands.ts';
import { onDirectory } from './directory-commands.ts';
import { errorFrame, type Frame, frame, hintFrame } from './frames.ts';
import { listen } from './listening.ts';
import { agentMeant, queueNamed, whole } from './named.ts';
import { agentConfig, configFrames, listFrame } from './objects.ts';
import { onPreferences } from './preferences.ts';
import { onQueueCalls } from './queue-calls.ts';
import { allQueueCounters, queueCounters } from './queue-counters.ts';
import { onQueueMembers } from './queue-members.ts';
import { type Asked, framed, planned, type Reaction, refused, text, variablesOf } from './reactions.ts';
import { statusMeaning } from './user-config.ts';

type Handler = (asked: Asked) => Reaction;

const HINTS_MAX = 2000;
const AGENT_ERROR = { errorType: 'AgentError' } as const;

/** Known to the client library, and nothing here: conference rooms, mobile calls, groups, texts. */
const UNSUPPORTED = [
  'addAgentsInGroup',
  'addAgentsNotInQueueFromGroupTo',
  'conferenceKick',
  'conferenceMute',
  'conferenceMuteAll',
  'conferenceMuteMe',
  'conferenceUnmute',
  'conferenceUnmuteAll',
  'conferenceUnmuteMe',
  'dialFromMobile',
  'findCustomerCallHistory',
  'flashTextBrowserRequest',
  'getQueueCallHistory',
  'inviteConferenceRoom',
  'moveAgentsInGroup',
  'removeAgentGroupFromQueueGroup',
  'setAgentGroup',
] as const;

const unsupported: Handler = () => refused('This command is not supported by this server');

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(UNSUPPORTED.map((name) => [name, unsupported])),
  ...onCall,
  ...onDirectory,
  ...onPreferences,
  ...onQueueMembers,
  ...onQueueCalls,
  dial,
  originate: dial,
  dialByUsername: ({ view, person, fields, command }) =>
    planned(plans.dialPerson(view, person, text(fields.username), { command, variables: variablesOf(fields) })),
  dialFromQueue: ({ view, person, fields, command }) => {
    const queueId = whole(fields.queueId);
    if (queueId === undefined) return refused('queueId must be a number');
    const [callerIdName, callerIdNumber] = [text(fields.callerIdName), text(fields.callerIdNumber)];
    const asked = { destination: text(fields.destination), queueId, callerIdName, callerIdNumber };
    return planned(plans.dialFromQueue(view, person, asked, { command, variables: variablesOf(fields) }));
  },
  dnd: ({ person, fields: { state } }) =>
    typeof state === 'boolean' ? planned(plans.doNotDisturb(person, state)) : refused('state must be true or false'),
  uncFwd: forwardBy('unconditional'),
  naFwd: forwardBy('noAnswer'),
  busyFwd: forwardBy('busy'),
  agentLogin: forAgent(({ view, fields }, agent) => plans.logIn(view, agent, text(fields.agentphonenumber))),
  agentLogout: forAgent(({ view }, agent) => plans.logOut(view, agent)),
  pauseAgent: forAgent(({ view, fields }, agent) => plans.pause(view, agent, text(fields.reason))),
  unpauseAgent: forAgent((_, agent) => plans.unpause(agent)),
  listenAgent: (asked) =>
    asked.mayActForOthers
      ? forAgent(({ view, person }, agent) => listen(view, person, agent))(asked)
      : framed(errorFrame('NotAllowed', 'AgentError')),
  userStatusUpdate: ({ view, person, fields }) => {
    const meaning = statusMeaning(view, person.actor.tenant, text(fields.status));
    if (meaning === undefined) return refused('There is no such status to choose');
    return planned(meaning.presence === 'ready' ? plans.unpause(person) : plans.pause(view, person, meaning.reason));
  },
  subscribeToAgentEvents: ({ subscriptions }) => {
    subscriptions.agentEvents = true;
    return framed();
  },
  getAgentStates: ({ view, person }) =>
    framed(...agentStates(view, person.actor.tenant).map((state) => frame('AgentStateEvent', state))),
  getAgentDirectory: ({ view, person }) => framed(frame('AgentDirectory', agentDirectory(view, person.actor.tenant))),
  subscribeToAgentStats: ({ view, person, subscriptions }) => {
    subscriptions.agentStatistics = true;
    return framed(...agentStatistics(view, person.actor.tenant));
  },
  subscribeToQueueStats: ({ view, person, subscriptions }) => {
    subscriptions.queueStatistics = true;
    return framed(...allQueueCounters(view, person.actor.tenant));
  },
  getQueueStatistics: queueStatistics,
  getConfig: ({ view, person, fields }) => {
    const frames = configFrames(view, person, text(fields.objectType));
    return frames === undefined
      ? refused(`There is no configuration of ${text(fields.objectType)}`)
      : framed(...frames);
  },
  getList: ({ view, person, fields }) => {
    const list = listFrame(view, person, text(fields.objectType));
    return list === undefined ? refused(`There is no list of ${text(fields.objectType)}`) : framed(list);
  },
  getUserCallHistory: history('size', 'CallHistory'),
  getAgentCallHistory: history('size', 'CallHistory'),
  getUserCallHistoryByDays: history('days', 'CallHistoryByDays'),
  subscribeToPhoneHints: ({ fields: { phoneNumbers }, subscriptions: { hints }, statusOf }) => {
    if (!Array.isArray(phoneNumbers)) return refused('phoneNumbers must be a list');
    const numbers = new Set(phoneNumbers.map(text).filter((number) => number !== ''));
    if (hints.union(numbers).size > HINTS_MAX) return refused(`No more than ${HINTS_MAX} telephones can be watched`);
    for (const number of numbers) hints.add(number);
    return framed(...[...numbers].map((number) => hintFrame(number, statusOf(number))));
  },
  unsubscribeFromAllPhoneHints: ({ subscriptions: { hints } }) => {
    hints.clear();
    return framed();
  },
};

export function react(name: string, asked: Asked): Reaction {
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined;
  return handler === undefined ? refused(`Unknown command ${name}`) : handler(asked);
}

/** Times and times of agents since midnight in the tenant's time zone, in seconds. */
export function agentStatistics(view: View, tenant: string): readonly Frame[] {
  const from = dayBegin(view.now, zoneOf(view, tenant));
  return agentsOf(view, tenant).map((person) => {
    const agents = person.attributes.agent === undefined ? [] : [person.attributes.agent];
    const { ready, away, wrap_up, talking } = agentTimes(view, { tenant, from, to: view.now + 1, agents });
    const statistics = Object.entries({
      AgentReadyTotalTime: ready,
      AgentPausedTotalTime: away,
      AgentWrapupTotalTime: wrap_up,
      AgentOnAcdCallTotalTime: talking,
    }).map(([name, ms]) => ({ name, value: Math.floor(ms / 1000) }));
    return frame('AgentStatistics', { id: agentIdOf(person), statistics });
  });
}

function dial({ view, person, fields, command }: Asked): Reaction {
  return planned(plans.dial(view, person, text(fields.destination), { command, variables: variablesOf(fields) }));
}

function forwardBy(kind: plans.ForwardKind): Handler {
  return ({ person, fields: { state, destination } }) =>
    typeof state === 'boolean'
      ? planned(plans.forward(person, kind, state, text(destination)))
      : refused('state must be true or false');
}

/** For an agent who has a number. Where nothing is to be done, he is told how it is. */
function forAgent(plan: (asked: Asked, agent: Person) => plans.Plan): Handler {
  return (asked) => {
    const agent = agentMeant(asked);
    if ('kind' in agent) return agent;
    if (agent.attributes.agentNumber === undefined) return framed(errorFrame('AgentNotFound', 'AgentError'));
    const made = plan(asked, agent);
    if (!made.ok || made.deliveries.length > 0) return { kind: 'plan', plan: made, ...AGENT_ERROR };
    return framed(frame('AgentStateEvent', agentState(asked.view, agent) ?? {}));
  };
}

function queueStatistics(asked: Asked): Reaction {
  const { view, fields } = asked;
  const queue = queueNamed(asked, fields.queueId);
  if (queue === undefined) return refused('There is no such queue');
  const [windowS, xqosS] = [whole(fields.window), whole(fields.xqos)];
  const counters = queueCounters(view, queue, {
    ...(windowS === undefined ? {} : { windowMs: windowS * 1000 }),
    ...(xqosS === undefined ? {} : { xqosS }),
  });
  return counters === undefined ? refused('xqos must be 15, 20 or 30') : framed(frame('GetQueueStatistics', counters));
}

function history(by: 'size' | 'days', type: string): Handler {
  return ({ view, person, fields }) => {
    const range = rangeBy(by, text(fields[by]));
    if (range === undefined) return refused(`${by} must be a whole number from 1`);
    return framed(frame(type, historyOf(view, person, range)));
  };
}

function agentDirectory(view: View, tenant: string): readonly JsonObject[] {
  return agentsOf(view, tenant).map((person) => ({
    agent: agentConfig(person),
    agentState: agentState(view, person) ?? {},
  }));
}
