/**
 * The agent behind a user, as his devices and channels show him. Read from a view, or from the record an event came with.
 */
import type { AgentContext } from '../../../machines/agent/context.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import { agent } from '../../../projections/agents.ts';
import type { View } from '../../model/projection.ts';
import { contextOf, type LoggedTransition } from '../../model/transition.ts';
import type { Found } from './found.ts';
import { type AtDevice, NOBODY } from './render.ts';
import { mayMonitor, monitoringState } from './supervision.ts';

/** A user without an agent actor has no presence. */
export function atDevicesOf(view: View, user: Found<User>): AtDevice {
  const { actor, attributes } = user;
  const known = attributes.agent === undefined ? undefined : agent(view, actor.tenant, attributes.agent);
  return known === undefined ? NOBODY : shown(view, user, known.presence, known.context);
}

/** As the record left him; undefined when it left no agent. */
export function atDevicesAfter(view: View, user: Found<User>, { transition }: LoggedTransition): AtDevice | undefined {
  const { to } = transition.data;
  const present = typeof to === 'string' ? undefined : to.present;
  if (present === undefined || typeof present === 'string' || typeof present.presence !== 'string') return undefined;
  return shown(view, user, present.presence, contextOf(transition));
}

function shown(view: View, user: Found<User>, kind: string, context: AgentContext): AtDevice {
  const { presence, dnd, forwards, supervision } = context;
  const monitors = supervision ? monitoringState(view, user.actor.tenant, { supervision }) : undefined;
  const { enabled, destination } = forwards.unconditional;
  return {
    presence: { kind, stamp: presence },
    doNotDisturb: dnd,
    forwardTo: enabled ? destination : '',
    mayMonitor: mayMonitor(user),
    ...(monitors === undefined ? {} : { monitors }),
  };
}
