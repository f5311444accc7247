/**
 * Numbers as people give them, resolved to what the call machine takes: a line with the agent who sits there, a queue, or
 * a number of the outside world.
 */

import { createHash } from 'node:crypto';
import type { End, QueueEntry, RecordingMode } from '../../../machines/call/events.ts';
import type { View } from '../../model/projection.ts';
import { type Entry, extensionByNumber, ownerOf, queueByNumber } from './directory.ts';
import { personOf, RECORDING_TYPES } from './render-directory.ts';

export type Target =
  | { readonly kind: 'line' | 'outside'; readonly end: Omit<End, 'leg'> }
  | { readonly kind: 'queue'; readonly queue: QueueEntry };

/** Undefined when the number leads nowhere: no extension, no queue, and not of the outside form. */
export function targetOf(view: View, tenant: string, number: string, outside: RegExp): Target | undefined {
  const extension = extensionByNumber(view, tenant, number);
  if (extension !== undefined) return { kind: 'line', end: endOf(view, extension) };
  const queue = queueByNumber(view, tenant, number);
  if (queue !== undefined) return { kind: 'queue', queue: queueEntryOf(queue) };
  return outside.test(number) ? { kind: 'outside', end: { number } } : undefined;
}

export function endOf(view: View, extension: Entry<'extension'>): Omit<End, 'leg'> {
  const { number, recording = 'none' } = extension.attributes;
  const { firstName, lastName } = personOf(view, extension);
  const agent = ownerOf(view, extension)?.attributes.agent;
  const mode: RecordingMode = RECORDING_TYPES[recording];
  return {
    number,
    name: `${firstName} ${lastName}`.trim(),
    line: number,
    ...(agent === undefined ? {} : { agent }),
    recording: mode,
  };
}

export function queueEntryOf({ actor, attributes }: Entry<'queue'>): QueueEntry {
  const { name, priority, skills = [], wrapUpMs, shortAbandonMs } = attributes;
  return {
    queue: actor.id,
    name,
    ...(priority === undefined ? {} : { priority }),
    skills: Object.fromEntries(skills.map(({ skill, level }) => [skill, level])),
    ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    ...(shortAbandonMs === undefined ? {} : { shortAbandonMs }),
  };
}

const CALL_ID_CHARS = 13;

/** A new call's id in the document's form, 13 of `[0-9A-Z]`: the same whenever the same command makes it. */
export function callIdOf(tenant: string, command: string): string {
  const digest = createHash('sha256').update(`${tenant}\0${command}\0call`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).toUpperCase().slice(-CALL_ID_CHARS);
}
