/**
 * StartContactCenterSession and EndContactCenterSession (genesys.md §1.2): a user begins to work on channels, at a place
 * or on his own device, and stops. Voice is the agent's presence; other media have no state here and are up unless an
 * installation says that they are down.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { agent } from '../../../projections/agents.ts';
import { entering } from '../../identity/leaving.ts';
import type { Delivery } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { lineTaken, takingOwnLine, workingAt } from '../../switch/line-taken.ts';
import type { Refusal } from './errors.ts';
import { type Answer, type Exchange, refused, settled } from './exchange.ts';
import { isMissing } from './fields.ts';
import { type Found, find, get, list, several } from './found.ts';
import { idOfReference } from './links.ts';
import { VOICE } from './render.ts';

/** The medium each channel name stands for. */
const MEDIA: Readonly<Record<string, string>> = {
  voice: VOICE,
  chat: 'multimedia',
  email: 'multimedia',
  multimedia: 'multimedia',
  workitem: 'multimedia',
};

interface Asked {
  readonly media: readonly string[];
  readonly down: readonly string[];
}

export async function startContactCenterSession(exchange: Exchange): Promise<Answer> {
  const { body, caller, options, runtime } = exchange;
  const asked = askedOf(body.channels, options.channelsDown);
  if ('kind' in asked) return refused(asked);
  const wrong =
    loginCodeProblem(body.loginCode, caller.user) ?? textProblem(body, 'queue') ?? textProblem(body, 'place');
  if (wrong !== undefined) return refused(wrong);

  const up = asked.media.filter((medium) => !asked.down.includes(medium));
  const isPartial = asked.down.length > 0;
  if (up.length === 0 || (isPartial && options.profile === 'seed')) {
    return refused({ kind: 'backendDown', message: `Channel not available: ${asked.down.join(', ')}` });
  }
  return settled(exchange, () => {
    const user = get(runtime.live, caller.user.actor.tenant, 'user', caller.user.actor.id) ?? caller.user;
    const work = up.includes(VOICE) ? signIn(exchange, user) : [];
    if ('kind' in work) return refused(work);
    const result = isPartial ? partial(up, asked.down) : {};
    return { deliveries: work, body: result };
  });
}

/** Signs out, gives the devices of a place back, and ends the HTTP session. */
export async function endContactCenterSession(exchange: Exchange): Promise<Answer> {
  const { caller, runtime } = exchange;
  const answer = await settled(exchange, () => {
    const user = get(runtime.live, caller.user.actor.tenant, 'user', caller.user.actor.id) ?? caller.user;
    const { tenant } = user.actor;
    const { devices = [], agent: id } = user.attributes;
    const lent = several(runtime.live, tenant, 'device', devices).filter(
      ({ attributes }) => attributes.place !== undefined,
    );
    const deliveries: Delivery[] = [];
    if (id !== undefined) deliveries.push({ to: { tenant, kind: 'agent', id }, event: { type: 'signOut' } });
    if (lent.length > 0) deliveries.push(devicesChange(user, without(user, ...lent)), ...lent.map(givingBack));
    return { deliveries };
  });
  if (answer.kind === 'done') exchange.endSession();
  return answer;
}

/** Away unless he works already: the person says when he is ready. */
function signIn({ runtime, body }: Exchange, user: Found<User>): readonly Delivery[] | Refusal {
  const { tenant } = user.actor;
  const { agent: id } = user.attributes;
  if (id === undefined) return { kind: 'notNow', message: 'User has no voice device' };
  if (user.attributes.enabled === false) return { kind: 'notNow', message: 'User is disabled' };
  const to = { tenant, kind: 'agent', id };
  const isOut = agent(runtime.live, tenant, id)?.presence === 'signedOut';
  const named = typeof body.place === 'string' ? body.place : '';
  if (named === '')
    return isOut
      ? [entering(user), ...takingOwnLine(runtime.live, to), { to, event: { type: 'signIn', initial: 'away' } }]
      : [];

  const place = placeOf(runtime.live, tenant, named);
  if (place === undefined) return { kind: 'notFound', resource: 'Place', id: named };
  const [device] = several(runtime.live, tenant, 'device', place.attributes.devices);
  if (device === undefined) return { kind: 'notNow', message: `Place '${place.attributes.name}' has no device` };
  const { phoneNumber } = device.attributes;
  const atWork = workingAt(runtime.live, tenant, phoneNumber).filter((other) => other.id !== id);
  const holder = otherHolder(runtime.live, user, device);
  // Who was lent it and works there no more has left without a word.
  const hasLeft = device.attributes.place !== undefined && !atWork.some((one) => one.id === holder?.attributes.agent);
  if (holder !== undefined && !hasLeft) {
    return { kind: 'inUse', message: `Place '${place.attributes.name}' is in use` };
  }
  const { devices = [] } = user.attributes;
  const isHis = devices.includes(device.actor.id);
  return [
    entering(user),
    ...atWork.map(lineTaken),
    { to, event: { type: 'signIn', initial: 'away', line: phoneNumber } },
    ...(holder === undefined ? [] : [devicesChange(holder, without(holder, device))]),
    ...(isHis ? [] : [devicesChange(user, [...devices, device.actor.id]), lending(device, user, place.actor.id)]),
  ];
}

/** Somebody else whose device it is. */
function otherHolder(view: View, user: Found<User>, { actor, attributes }: Found<Device>): Found<User> | undefined {
  const { user: holder } = attributes;
  return holder === undefined || holder === user.actor.id ? undefined : get(view, actor.tenant, 'user', holder);
}

function without({ attributes: { devices = [] } }: Found<User>, ...gone: readonly Found<Device>[]): readonly string[] {
  return devices.filter((id) => !gone.some(({ actor }) => actor.id === id));
}

function placeOf(view: View, tenant: string, given: string) {
  const id = idOfReference(given, 'places') ?? given;
  return (
    find(view, tenant, 'place', id) ?? list(view, tenant, 'place').find(({ attributes }) => attributes.name === id)
  );
}

function devicesChange(user: Found<User>, devices: readonly string[]): Delivery {
  const expect = { devices: user.attributes.devices ?? null };
  return { to: user.actor, event: { type: 'change', expect, set: { devices } } };
}

/** It says to whom it is lent, and from where, until it is given back. */
function lending(device: Found<Device>, user: Found<User>, place: string): Delivery {
  return deviceChange(device, { set: { user: user.actor.id, place } });
}

function givingBack(device: Found<Device>): Delivery {
  return deviceChange(device, { unset: ['user', 'place'] });
}

function deviceChange({ actor, attributes }: Found<Device>, change: JsonObject): Delivery {
  return { to: actor, event: { type: 'change', expect: { user: attributes.user ?? null }, ...change } };
}

function askedOf(channels: Json | undefined, channelsDown: readonly string[]): Asked | Refusal {
  if (isMissing(channels)) return { kind: 'missing', parameter: 'channels' };
  if (!Array.isArray(channels) || channels.length === 0) {
    return { kind: 'invalid', message: "Parameter 'channels' is no list of channels" };
  }
  const names = channels as readonly Json[];
  const unknown = names.find((name) => typeof name !== 'string' || !Object.hasOwn(MEDIA, name));
  if (unknown !== undefined) return { kind: 'invalid', message: `Channel '${textOf(unknown)}' is not known` };
  const media = [...new Set(names.map((name) => MEDIA[String(name)] ?? VOICE))];
  return { media, down: media.filter((medium) => channelsDown.includes(medium)) };
}

function loginCodeProblem(loginCode: Json | undefined, { attributes }: Found<User>): Refusal | undefined {
  if (isMissing(loginCode) || attributes.agentNumber === undefined) return undefined;
  if (String(loginCode) === attributes.agentNumber) return undefined;
  return { kind: 'invalid', message: `Login code '${textOf(loginCode)}' is not the user's` };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textProblem(body: JsonObject, name: 'queue' | 'place'): Refusal | undefined {
  const value = body[name];
  if (isMissing(value) || typeof value === 'string') return undefined;
  return { kind: 'invalid', message: `Parameter '${name}' is no text` };
}

function partial(up: readonly string[], down: readonly string[]): JsonObject {
  return {
    statusCode: 7,
    failed: down.map((channel) => ({ statusCode: 4, statusMessage: `Channel not available: ${channel}`, channel })),
    succeeded: up.map((channel) => ({ statusCode: 0, channel })),
  };
}
