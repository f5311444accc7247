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
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { paging, settling, settlingId } from './answer-schemas.ts';
import { listing } from './listing.ts';
import { type Ask, bodied, json, type NativeRoute, PAGE, param, type Reply, settled, unknown } from './route.ts';

const ALL = '/v1/tenants/:tenant/agents';
const ONE = `${ALL}/:id`;

const COMMANDS = ['signIn', 'signOut', 'setReady', 'setAway', 'setWrapUp', 'setDnd', 'setForward'] as const;

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
    {
      method: 'GET',
      path: ALL,
      summary: 'List: agent',
      answer: paging(shown),
      scope: 'read',
      asOf: true,
      query: PAGE,
      handle: list,
    },
    {
      method: 'GET',
      path: ONE,
      summary: 'Read: agent',
      answer: { body: shown },
      scope: 'read',
      asOf: true,
      handle: read,
    },
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
    ...COMMANDS.map((name) =>
      bodied({
        method: 'POST',
        path: `${ONE}/${name}`,
        summary: `Command: ${name}`,
        answer: settlingId,
        scope: 'write',
        body: withoutType(agentEvents[name]),
        handle: (ask) => tell(ask, agentOf(ask), name, ask.body),
      }),
    ),
  ];
}

function withoutType(schema: z.ZodObject): z.ZodType<object> {
  return schema.omit({ type: true });
}

async function tell(ask: Ask, to: ActorId, type: string, fields: object, status = 200): Promise<Reply> {
  const event: MachineEvent = { ...(fields as JsonObject), type };
  return settled(await ask.submit(to.tenant, [{ to, event }]), () => ({ id: to.id }), status);
}

function list(ask: Ask): Reply {
  return listing(ask, (page) => agentsOf(ask.view, page), agentJson);
}

function read(ask: Ask): Reply {
  const { tenant, id } = agentOf(ask);
  const found = agent(ask.view, tenant, id);
  return found === undefined ? unknown(`agent ${id}`) : json(agentJson(found));
}

function agentOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: 'agent', id: param(ask, 'id') };
}

function agentJson({ context: _, tenant: __, presenceSince, phoneSince, queueSince, ...rest }: AgentEntry): JsonObject {
  const time = (ms: number): string => new Date(ms).toISOString();
  return { ...rest, presenceSince: time(presenceSince), phoneSince: time(phoneSince), queueSince: time(queueSince) };
}
