/**
 * A record on one line, for people: position, time, actor, event, what changed, and who did it by which way.
 */
import { type ActorId, formatActor } from '../model/actor-id.ts';
import type { MachineEvent } from '../model/command.ts';
import type { StateValue, Transition } from '../model/transition.ts';
import { coloured, type Terminal } from './terminal.ts';

const POSITION_WIDTH = 7;

/** `actor`: absent where every line is of the same one. */
export function recordLine(
  terminal: Pick<Terminal, 'colours'>,
  { position, record, actor }: { readonly position: number; readonly record: Transition; readonly actor?: ActorId },
): string {
  const { time, data } = record;
  const who = `${data.cause.by} via ${data.cause.via}`;
  return [
    coloured(terminal, 'dim', String(position).padStart(POSITION_WIDTH)),
    coloured(terminal, 'dim', time),
    ...(actor === undefined ? [`v${data.version}`] : [coloured(terminal, 'cyan', formatActor(actor))]),
    coloured(terminal, 'bold', data.event.type),
    changeText(data.from, data.to) || attributesText(data.event),
    coloured(terminal, 'dim', `(${who})`),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** `presence ready -> away, queue offered -> none`; empty when the record moved nothing in the statechart. */
export function changeText(from: StateValue | null, to: StateValue): string {
  const before = from === null ? new Map<string, string>() : leavesOf(from);
  const after = leavesOf(to);
  const changes = [...after].flatMap(([region, state]) => {
    const was = before.get(region);
    if (was === state) return [];
    return [[region, was === undefined ? state : `${was} -> ${state}`].filter((word) => word !== '').join(' ')];
  });
  return changes.join(', ');
}

/** Names of the attributes that a directory record had changed; empty for other events. */
function attributesText({ set, add, unset }: MachineEvent): string {
  const names = [set, add].flatMap((part) => (typeof part === 'object' && part !== null ? Object.keys(part) : []));
  const gone = Array.isArray(unset) ? unset.map((name) => `-${name}`) : [];
  return [...names, ...gone].join(', ');
}

/** Innermost region -> state. Regions that are there once only need no longer name. */
function leavesOf(value: StateValue, region = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[region, value]]);
  return new Map(Object.entries(value).flatMap(([name, inner]) => [...leavesOf(inner, name)]));
}

/** The actor a record speaks of, read from its `source`; undefined for a source that is not of this form. */
export function actorOfSource(source: string): ActorId | undefined {
  const match = /^\/tenants\/([^/]+)\/(.+)s\/([^/]+)$/.exec(source);
  if (match === null) return undefined;
  const [, tenant = '', kind = '', id = ''] = match;
  return { tenant, kind, id: decodeURIComponent(id) };
}
