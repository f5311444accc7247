/**
 * Commands that are a machine's own events, told by name: the body is the event without its `type`.
 */
import type { z } from 'zod';
import type { ActorId } from '../../model/actor-id.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { settlingId } from './answer-schemas.ts';
import { type Ask, bodied, type NativeRoute, param, type Reply, settled } from './route.ts';

/** One route per name, under the path of the actor, which ends with its id. */
export function commandRoutes<Name extends string>(
  kind: string,
  path: string,
  events: Readonly<Record<NoInfer<Name>, z.ZodObject>>,
  /** What each of them does. */
  summaries: Readonly<Record<Name, string>>,
): readonly NativeRoute[] {
  return (Object.keys(summaries) as Name[]).map((name) =>
    bodied({
      method: 'POST',
      path: `${path}/${name}`,
      summary: summaries[name],
      answer: settlingId,
      scope: 'write',
      body: withoutType(events[name]),
      handle: (ask) => tell(ask, { tenant: param(ask, 'tenant'), kind, id: param(ask, 'id') }, name, ask.body),
    }),
  );
}

/** Gives the actor an event of these fields, as one command. */
export async function tell(ask: Ask, to: ActorId, type: string, fields: object, status = 200): Promise<Reply> {
  const event: MachineEvent = { ...(fields as JsonObject), type };
  return settled(await ask.submit(to.tenant, [{ to, event }]), () => ({ id: to.id }), status);
}

function withoutType(schema: z.ZodObject): z.ZodType<object> {
  return schema.omit({ type: true });
}
