/**
 * Who works for a queue: one member put in or taken out, without knowing the others. A change of the list that came
 * between is not overwritten; it refuses the command with `changed`.
 */

import { z } from 'zod';
import { count } from '../../../machines/fields.ts';
import { agent as agentOf } from '../../../projections/agents.ts';
import { receiptOf } from '../../../projections/commands.ts';
import { type DirectoryEntry, entry } from '../../../projections/directory.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import { settling } from './answer-schemas.ts';
import { type Ask, bodied, type NativeRoute, param, type Reply, settled, unknown } from './route.ts';

const ONE = '/v1/tenants/:tenant/queues/:queue/members/:agent';

const membership = z.strictObject({ penalty: count.exactOptional() });

const members = settling({ members: z.array(z.looseObject({ agent: z.string() })) });

export function memberRoutes(): readonly NativeRoute[] {
  return [
    bodied({
      method: 'PUT',
      path: ONE,
      summary: 'Put an agent into a queue, or change his penalty there',
      answer: members,
      scope: 'admin',
      body: membership,
      handle: async (ask) => {
        const agent = param(ask, 'agent');
        if (agentOf(ask.view, param(ask, 'tenant'), agent) === undefined) return unknown(`agent ${agent}`);
        return change(ask, (members) => [...members.filter((one) => one.agent !== agent), { agent, ...ask.body }]);
      },
    }),
    {
      method: 'DELETE',
      path: ONE,
      summary: 'Take an agent out of a queue',
      answer: members,
      scope: 'admin',
      asOf: false,
      handle: (ask) => {
        const agent = param(ask, 'agent');
        const isRepeat = receiptOf(ask.view, param(ask, 'tenant'), ask.commandId) !== undefined;
        const queue = entry(ask.view, queueOf(ask));
        if (queue !== undefined && !isRepeat && !membersOf(queue).some((one) => one.agent === agent))
          return unknown(`member ${agent} of queue ${queue.actor.id}`);
        return change(ask, (members) => members.filter((one) => one.agent !== agent));
      },
    },
  ];
}

type Members = readonly JsonObject[];

async function change(ask: Ask, after: (members: Members) => Members): Promise<Reply> {
  const queue = entry(ask.view, queueOf(ask));
  if (queue === undefined) return unknown(`queue ${param(ask, 'queue')}`);
  const before = membersOf(queue);
  const members = after(before);
  const event = { type: 'change', expect: { members: before }, set: { members } };
  return settled(await ask.submit(queue.actor.tenant, [{ to: queue.actor, event }]), () => ({ members }));
}

function queueOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: 'queue', id: param(ask, 'queue') };
}

function membersOf({ attributes }: DirectoryEntry): Members {
  return Array.isArray(attributes.members) ? (attributes.members as Members) : [];
}
