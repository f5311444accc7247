/**
 * `/settings/agent-states`: the built-in agent states and those an installation adds (genesys.md §1.6).
 */
import { z } from 'zod';
import { claimsOf } from '../../../machines/record/claims.ts';
import { entriesBy } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { BUILT_IN, settingBody } from './agent-states.ts';
import { answerCollection, answerOne } from './collection.ts';
import { type Answer, type Exchange, notFound, refused, settled, submitted } from './exchange.ts';
import { fieldsOf, missingAmong, present, readOnlyAmong } from './fields.ts';
import { find, ownStates } from './found.ts';
import { path } from './links.ts';
import { isTaken } from './operations.ts';
import { tenantOf } from './resources.ts';

const text = z.string().min(1).max(128);
const attributes = z.object({
  operationName: text,
  displayName: text,
  state: z.enum(['Ready', 'NotReady', 'Logout']),
  workMode: z.string().max(64).optional(),
  reason: z.string().max(128).optional(),
});

const STATES = { Ready: 'ready', NotReady: 'notReady', Logout: 'loggedOut' } as const;

export function listAgentStates(exchange: Exchange): Answer {
  const settings = [...BUILT_IN, ...ownStates(exchange.view, tenantOf(exchange))];
  const resources = settings.map((setting) => ({ path: pathOf(setting.id), body: () => settingBody(setting) }));
  return answerCollection(exchange, 'settings', resources);
}

export function readAgentState(exchange: Exchange): Answer {
  const { id = '' } = exchange.params;
  const found = [...BUILT_IN, ...ownStates(exchange.view, tenantOf(exchange))].find((setting) => setting.id === id);
  return found === undefined ? notFound('Agent state', id) : answerOne(exchange, 'settings', settingBody(found));
}

export async function createAgentState(exchange: Exchange): Promise<Answer> {
  const { body, runtime, commandId, uri, options } = exchange;
  const refusal = missingAmong(body, ['operationName', 'displayName', 'state']) ?? readOnlyAmong(body);
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, body);
  if (!fields.ok) return refused(fields.refusal);
  const { operationName, state } = fields.value;
  const tenant = tenantOf(exchange);
  const exists = {
    kind: 'exists',
    message: `Failed to create agent state. Operation '${operationName}' already exists.`,
  } as const;
  if (isTaken(operationName)) return refused(exists);
  const id = derivedId(tenant, commandId);
  const at = pathOf(id);
  const record = present({ ...fields.value, state: STATES[state] });
  const create = { type: 'create', attributes: record, claims: claimsOf('agent-state', record) };
  return settled(exchange, () => {
    // One that was made before operations were claimed.
    const isOwn = entriesBy(runtime.live, { kind: 'agent-state', key: 'operationName', value: operationName, tenant });
    if (isOwn.some(({ actor }) => actor.id !== id)) return refused(exists);
    return {
      deliveries: [{ to: { tenant, kind: 'agent-state', id }, event: create }],
      body: { id, uri: uri(at), ...(options.profile === 'ext' ? { path: at } : {}) },
      staleOn: ['taken'],
    };
  });
}

export async function removeAgentState(exchange: Exchange): Promise<Answer> {
  const { id = '' } = exchange.params;
  const found = find(exchange.runtime.live, tenantOf(exchange), 'agent-state', id);
  if (found === undefined) {
    const isBuiltIn = BUILT_IN.some((setting) => setting.id === id);
    return isBuiltIn
      ? refused({ kind: 'inUse', message: 'A built-in agent state stays' })
      : notFound('Agent state', id);
  }
  return submitted(exchange, [{ to: found.actor, event: { type: 'remove' } }]);
}

function pathOf(id: string): string {
  return path('settings', 'agent-states', id);
}
