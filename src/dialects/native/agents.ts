/**
 * Agents: their presence as everybody may see it, and the commands that a person or a supervisor gives. The bodies are
 * the machine's own events without their `type`; the rest of its events are facts that only calls and switches tell.
 */

import { z } from 'zod';
import { agentEvents } from '../../../machines/agent/events.ts';
import { id as recordId } from '../../../machines/fields.ts';
import { type AgentEntry, agent, agentsOf } from '../../../projections/agents.ts';
import { derivedId } from '../../http/command-id.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import { settling, settlingId } from './answer-schemas.ts';
import { readingRoutes } from './listing.ts';
import { commandRoutes, tell } from './machine-commands.ts';
import { type Ask, bodied, type NativeRoute, param } from './route.ts';

const ALL = '/v1/tenants/:tenant/agents';
const ONE = `${ALL}/:id`;

const COMMANDS = {
  signIn: 'Sign an agent in, at his own line or another one',
  signOut: 'Sign an agent out; calls that are up stay up',
  setReady: 'Make an agent ready for the calls of his queues',
  setAway: 'Set an agent away, with or without a reason',
  setWrapUp: 'Begin wrap-up by hand; it lasts until another presence is set',
  setDnd: 'Switch do not disturb on or off',
  setForward: 'Switch a forward on or off, and say where it leads',
};

const time = z.iso.datetime();
const shown = z
  .object({
    id: z.string(),
    presence: z.string().describe('`signedOut`, `ready`, `away` or `wrapUp`.'),
    presenceSince: time,
    reason: z.string().nullable(),
    phone: z.string().describe('`unavailable`, `idle`, `dialing`, `ringing`, `talking` or `held`.'),
    phoneSince: time,
    line: z.string().nullable().describe('Where the agent is reached; null when nowhere.'),
    queue: z.string().describe('Work for a queue: `none`, `offered`, `talking` or `wrapUp`.'),
    queueSince: time,
    missed: z.int().describe('Offers not answered in a row.'),
    dnd: z.boolean(),
    version: z.int(),
    position: z.int(),
    created: z.int().describe('Position of its first record.'),
  })
  .meta({ id: 'Agent' });

export function agentRoutes(): readonly NativeRoute[] {
  return [
    ...readingRoutes({ path: ALL, called: 'agent', shown, list: agentsOf, find: agent, render: agentJson }),
    bodied({
      method: 'POST',
      path: ALL,
      summary: 'Create: agent',
      answer: settling({ id: z.string() }, 201),
      scope: 'admin',
      body: agentEvents.create.omit({ type: true }).extend({ id: recordId.exactOptional() }),
      handle: (ask) => {
        const tenant = param(ask, 'tenant');
        const { id = derivedId(tenant, ask.commandId), ...fields } = ask.body;
        return tell(ask, { tenant, kind: 'agent', id }, 'create', fields, 201);
      },
    }),
    bodied({
      method: 'PATCH',
      path: ONE,
      summary: 'Change: agent (its line and its rules)',
      answer: settlingId,
      scope: 'admin',
      body: agentEvents.configure.omit({ type: true }),
      handle: (ask) => tell(ask, agentOf(ask), 'configure', ask.body),
    }),
    {
      method: 'DELETE',
      path: ONE,
      summary: 'Remove: agent',
      answer: settlingId,
      scope: 'admin',
      asOf: false,
      handle: (ask) => tell(ask, agentOf(ask), 'remove', {}),
    },
    ...commandRoutes('agent', ONE, agentEvents, COMMANDS),
  ];
}

function agentOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: 'agent', id: param(ask, 'id') };
}

function agentJson({ context: _, tenant: __, presenceSince, phoneSince, queueSince, ...rest }: AgentEntry): JsonObject {
  const time = (ms: number): string => new Date(ms).toISOString();
  return { ...rest, presenceSince: time(presenceSince), phoneSince: time(phoneSince), queueSince: time(queueSince) };
}
