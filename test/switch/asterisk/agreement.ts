/**
 * What an Asterisk ought to have for the calls of the log, against what it has: channels, bridges with who is in them, and
 * telephones. Knows nothing of what the switch remembers.
 */
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import { isUp, phonesOf } from '../../../machines/call/legs.ts';
import { type AriChannel, ariBridges, ariChannels } from '../../../src/switch/asterisk/ari-events.ts';
import { namesOf } from '../../../src/switch/asterisk/names.ts';
import type { SipPhone } from '../../support/sip-phone.ts';
import type { Telephones } from './telephones.ts';

const SNOOP = 'snoop';
const COACH = 'coach';
const names = namesOf('ledgerline');
/** Of every leg that was ever seen to use the connection of another: that one. */
const shared = new Map<string, string>();

/** Empty where they agree. */
export async function disagreements(telephones: Telephones): Promise<readonly string[]> {
  const calls = telephones.live();
  const channels = await channelsOf(telephones);
  const bridges = ariBridges.parse(await telephones.asterisk.get('/bridges'));
  if (JSON.stringify(telephones.live()) !== JSON.stringify(calls)) return ['it goes on'];
  for (const { context } of calls)
    for (const { id, shares } of context.legs) if (shares !== undefined) shared.set(id, shares);
  const owners = new Map(channels.map((channel) => [channel.id, ownerOf(channel)]));
  const legs = calls.flatMap(({ context }) => phonesOf(context)).filter(({ state }) => state !== 'released');
  return [
    ...wrongChannels(legs, channels, owners),
    ...difference(
      'bridges',
      bridges.map((one) => `${nameOf(one.id)}(${one.channels.map((id) => owners.get(id) ?? id).sort()})`),
      calls.flatMap(({ id, context }) => bridgesOf(id, context)),
    ),
    ...Object.values(telephones.phones).flatMap((phone) => wrongTalks(phone, channels)),
  ];
}

function wrongChannels(
  legs: readonly Leg[],
  channels: readonly AriChannel[],
  owners: ReadonlyMap<string, string>,
): readonly string[] {
  const there = [...owners.values()].filter((owner) => owner !== SNOOP);
  // Of two who are to be called, the second waits for the first.
  const mayWait = ({ state, shares }: Leg) => state === 'dialing' && shares === undefined;
  const ought = legs.filter((leg) => !mayWait(leg) || there.includes(leg.id)).map(({ id }) => rootOf(id));
  const inAnotherState = legs.flatMap((leg) => {
    const channel = channels.find(({ id }) => owners.get(id) === rootOf(leg.id));
    // A caller is through when whom he calls is; until then his own telephone may be up.
    const agrees = channel === undefined || leg.kind === 'caller' || isUp(leg) === (channel.state === 'Up');
    return agrees ? [] : [`${leg.id} is ${leg.state}, its channel ${channel.state}`];
  });
  return [...difference('channels', there, new Set(ought)), ...inAnotherState];
}

function wrongTalks({ name, talks }: SipPhone, channels: readonly AriChannel[]): readonly string[] {
  const here = talks.filter(({ state }) => state === 'up').length;
  const there = channels.filter((one) => one.name.startsWith(`PJSIP/${name}-`) && one.state === 'Up').length;
  return here === there ? [] : [`${name} is in ${here} calls, Asterisk has ${there} channels of it that are up`];
}

function difference(what: string, is: Iterable<string>, ought: Iterable<string>): readonly string[] {
  const [here, there] = [[...is].sort().join(' '), [...ought].sort().join(' ')];
  return here === there ? [] : [`${what}: is [${here}], ought to be [${there}]`];
}

/** Asterisk goes on listing a channel that was hung up on while its phone asked for a transfer. It cannot be asked for anything. */
async function channelsOf({ asterisk }: Telephones): Promise<readonly AriChannel[]> {
  const listed = ariChannels.parse(await asterisk.get('/channels'));
  const isThere = ({ id }: AriChannel) =>
    asterisk.get(`/channels/${id}/variable?variable=CHANNEL(name)`).then(
      () => true,
      () => false,
    );
  const there = await Promise.all(listed.map(isThere));
  return listed.filter((_, at) => there[at]);
}

/** Of the leg whose connection it is. */
function rootOf(leg: string): string {
  const other = shared.get(leg);
  return other === undefined ? leg : rootOf(other);
}

function ownerOf({ id }: AriChannel): string {
  if (names.isCoaching(id)) return SNOOP;
  return names.ownChannel(id)?.leg ?? id;
}

function nameOf(bridge: string): string {
  return names.callOf(bridge)?.call ?? COACH;
}

function bridgesOf(id: string, { legs, monitors = [], recording }: CallContext): readonly string[] {
  const talking = legs.filter(({ state }) => state === 'established');
  const listening = recording.suppressed ? [] : monitors.filter(({ state }) => state === 'established');
  const listeners = listening.filter(({ watches }) => watches?.how === 'listen');
  const coaches = listening.filter(({ watches }) => watches?.how === 'coach');
  return [
    ...(talking.length < 2 ? [] : [`${id}(${[...talking, ...listeners].map((leg) => rootOf(leg.id)).sort()})`]),
    ...coaches.map((leg) => `${COACH}(${leg.id},${SNOOP})`),
  ];
}
