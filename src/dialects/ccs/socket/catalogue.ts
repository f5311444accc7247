/**
 * The catalogue of events: from records of the log to what sockets are sent. Remembers which calls wait, because a record
 * does not say where its call waited before.
 * One for all sockets, and one for each that replays.
 */
import { allLiveCalls } from '../../../../projections/calls.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { View } from '../../../model/projection.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import { ccsIdOf, tenantRecord } from '../directory.ts';
import type { CallPicture } from '../render-call.ts';
import { stampOf } from '../times.ts';
import { agentEvents, extensionEvents } from './agent-events.ts';
import { callEvents, callRecordOf, type WaitingCall } from './call-events.ts';
import type { CatalogueEvent, EventPermission } from './event.ts';

/** An event as it is sent. `part` counts the events of its record from 1. */
export interface Emission {
  readonly tenant: string;
  readonly telco: string | undefined;
  readonly permission: EventPermission;
  readonly sequence: number;
  readonly part: number;
  readonly text: string;
}

const KINDS: ReadonlySet<string> = new Set(['agent', 'call', 'extension']);

/** Records that may make events. */
export function makesEvents({ actor }: LoggedTransition): boolean {
  return KINDS.has(actor.kind);
}

/** The calls of all tenants that wait in a queue now. */
export function waitingCalls(view: View): readonly WaitingCall[] {
  return allLiveCalls(view)
    .filter(({ context }) => context.queue?.waiting === true)
    .map((call) => ({ call, arrived: call.created }));
}

export class Catalogue {
  /** Calls that wait in a queue, by tenant and id. */
  readonly #waiting = new Map<string, Map<string, WaitingCall>>();

  /** The calls of some tenants that wait before the first record of a call of theirs. */
  begin(waiting: readonly WaitingCall[]): void {
    for (const known of waiting) this.#waitingOf(known.call.tenant).set(known.call.id, known);
  }

  /** Takes a record whose events nobody hears. */
  note(record: LoggedTransition): void {
    if (record.actor.kind === 'call') this.#noteCall(record);
  }

  /** The queue in which a call waits, as of the records taken so far; undefined when it waits in none. */
  queueOf({ tenant, id }: ActorId): string | undefined {
    return this.#waitingOf(tenant).get(id)?.call.context.queue?.queue;
  }

  /** The events of one record, in order. `before`: its call as it was, where that is better known than here. */
  emissions(record: LoggedTransition, view: View, before?: CallPicture): readonly Emission[] {
    const events = this.#events(record, view, before);
    if (events.length === 0) return [];
    const { tenant } = record.actor;
    const owner = tenantRecord(view, tenant);
    const about = {
      tenant_id: owner === undefined ? tenant : ccsIdOf(owner),
      timestamp: stampOf(record.time),
      sequence: record.position,
    };
    return events.map(({ permission, event, fields }, index) => ({
      tenant,
      telco: owner?.attributes.telco,
      permission,
      sequence: record.position,
      part: index + 1,
      text: JSON.stringify({ event, ...about, ...(events.length > 1 ? { part: index + 1 } : {}), ...fields }),
    }));
  }

  #events(record: LoggedTransition, view: View, before?: CallPicture): readonly CatalogueEvent[] {
    switch (record.actor.kind) {
      case 'agent':
        return agentEvents(record, view);
      case 'extension':
        return extensionEvents(record);
      case 'call': {
        const known = this.#noteCall(record);
        const waiting = [...this.#waitingOf(record.actor.tenant).values()];
        return callEvents(record, { view, before: before ?? known, waiting });
      }
      default:
        return [];
    }
  }

  /** The call as it waited until now. */
  #noteCall(record: LoggedTransition): CallPicture | undefined {
    const { tenant, id } = record.actor;
    const waiting = this.#waitingOf(tenant);
    const before = waiting.get(id);
    const call = callRecordOf(record);
    if (call.context.queue?.waiting === true) waiting.set(id, { call, arrived: before?.arrived ?? record.position });
    else waiting.delete(id);
    return before?.call;
  }

  #waitingOf(tenant: string): Map<string, WaitingCall> {
    const known = this.#waiting.get(tenant) ?? new Map<string, WaitingCall>();
    this.#waiting.set(tenant, known);
    return known;
  }
}
