/**
 * Who is behind a number, by the projections: queues and their access numbers, then lines with whoever sits there, then
 * numbers that lead on to others, then the world outside. Of the live view, at the moment of asking.
 */
import type { AgentContext } from '../../machines/agent/context.ts';
import type { QueueEntry, RecordingMode } from '../../machines/call/parts.ts';
import type { User } from '../../machines/record/attributes/people.ts';
import type { Queue, RoutingNumber } from '../../machines/record/attributes/queues.ts';
import type { Extension } from '../../machines/record/attributes/telephony.ts';
import { type AgentEntry, agent, agentsOnLine } from '../../projections/agents.ts';
import { type DirectoryEntry, entriesBy, entry } from '../../projections/directory.ts';
import type { View } from '../model/projection.ts';
import type { AccessCaller, Destination, Directory, Line } from './directory.ts';

/** What a service session adds to a call that dials its access number. */
export type AccessNumbers = (
  view: View,
  access: AccessCaller & { readonly tenant: string; readonly number: string },
) => Pick<Extract<Destination, { kind: 'accessNumber' }>, 'reservation' | 'userData' | 'also'>;

const RING_MS = 20_000;
/** Numbers of the world have at least so many digits; shorter ones that nobody here has lead nowhere. */
const OUTSIDE = /^[0-9]{7,20}$/;
/** Numbers that lead on to one another, at most: a circle of them leads nowhere. */
const LEADS_MAX = 8;
const RECORDING: Readonly<Record<NonNullable<Extension['recording']>, RecordingMode>> = {
  none: 'None',
  mandatory: 'Mandatory',
  onDemand: 'On Demand',
};

export function projectedDirectory(view: View, accessNumbers: AccessNumbers = () => ({})): Directory {
  const ask = (tenant: string, number: string, caller: AccessCaller, leadsMax: number): Destination => {
    const queued = queueAt(view, tenant, number);
    if (queued !== undefined) {
      const { actor, attributes } = queued.queue;
      const queue = queueEntry(actor.id, attributes);
      if (!queued.isAccessNumber) return { kind: 'queue', number, entry: queue };
      return { kind: 'accessNumber', number, entry: queue, ...accessNumbers(view, { ...caller, tenant, number }) };
    }
    const [line] = entriesBy(view, { tenant, kind: 'extension', key: 'number', value: number });
    if (line !== undefined) return lineOf(view, tenant, line.attributes);
    const leading = routingNumber(view, tenant, number);
    if (leading?.leadsTo !== undefined && leadsMax > 0) return ask(tenant, leading.leadsTo, caller, leadsMax - 1);
    const isOutside = leading === undefined && OUTSIDE.test(number);
    return isOutside ? { kind: 'outside', number } : { kind: 'unknown', number };
  };
  return { resolve: (tenant, number, caller = {}) => ask(tenant, number, caller, LEADS_MAX) };
}

/** Name of the queue, or of what stands in front of queues, that has a number; undefined for every other number. */
export function acdNameAt(view: View, tenant: string, number: string): string | undefined {
  return (queueAt(view, tenant, number)?.queue.attributes ?? routingNumber(view, tenant, number))?.name;
}

function queueAt(
  view: View,
  tenant: string,
  number: string,
): { readonly queue: DirectoryEntry<'queue'>; readonly isAccessNumber: boolean } | undefined {
  for (const key of ['extension', 'alternateExtensions', 'accessNumbers'] as const) {
    const [queue] = entriesBy(view, { tenant, kind: 'queue', key, value: number });
    if (queue !== undefined) return { queue, isAccessNumber: key === 'accessNumbers' };
  }
  return undefined;
}

function routingNumber(view: View, tenant: string, number: string): RoutingNumber | undefined {
  for (const kind of ['conditional-route', 'vrq'] as const) {
    for (const key of ['extension', 'alternateExtensions'] as const) {
      const [found] = entriesBy(view, { tenant, kind, key, value: number });
      if (found !== undefined) return found.attributes;
    }
  }
  return undefined;
}

/**
 * What a call is told about a queue it enters. Not its priority and skills: the distributor knows those as they are by the
 * time an agent is looked for, and a call that kept those of its arrival would stand before or behind its own queue.
 */
export function queueEntry(id: string, queue: Queue): QueueEntry {
  const { name, wrapUpMs, shortAbandonMs, ringsWhileWaiting } = queue;
  return {
    queue: id,
    name,
    ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    ...(shortAbandonMs === undefined ? {} : { shortAbandonMs }),
    ...(ringsWhileWaiting === true ? { rings: true } : {}),
  };
}

function lineOf(view: View, tenant: string, extension: Extension): Line {
  const { number } = extension;
  const owner = ownerOf(view, tenant, extension);
  const sitting = sitterOf(view, tenant, number, owner?.agent);
  const context = sitting?.context;
  const name = [owner?.firstName ?? extension.firstName, owner?.lastName ?? extension.lastName]
    .filter(Boolean)
    .join(' ');
  return {
    kind: 'line',
    number,
    ...(name === '' ? {} : { name }),
    ...(sitting === undefined ? {} : { agent: sitting.id }),
    ...(extension.recording === undefined ? {} : { recording: RECORDING[extension.recording] }),
    dnd: context?.dnd ?? false,
    forwards: {
      ...forward('unconditional', context),
      ...forward('noAnswer', context),
      ...forward('busy', context),
    },
    ringMs: context?.rules.ringMs ?? RING_MS,
  };
}

function ownerOf(view: View, tenant: string, { user }: Extension): User | undefined {
  if (user === undefined) return undefined;
  return entry(view, { tenant, kind: 'user', id: user })?.attributes;
}

/** Whoever is signed in there; else the owner, signed out as he is. */
function sitterOf(view: View, tenant: string, line: string, owner: string | undefined): AgentEntry | undefined {
  const owning = owner === undefined ? undefined : agent(view, tenant, owner);
  if (owning?.line === line && owning.presence !== 'signedOut') return owning;
  const [first] = agentsOnLine(view, tenant, line);
  return first?.presence === 'signedOut' && owning?.line === line ? owning : first;
}

function forward(which: keyof Line['forwards'], context: AgentContext | undefined): Line['forwards'] {
  const { enabled, destination } = context?.forwards[which] ?? { enabled: false, destination: '' };
  return enabled && destination !== '' ? { [which]: destination } : {};
}
