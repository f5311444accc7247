/**
 * The one event that is no record: how a queue stands (`queue_status`), told when anything about it changed, at most once
 * a second. It says how things are when it is sent, so a replay does not repeat it.
 */
import { agent } from '../../../../projections/agents.ts';
import { entriesBy } from '../../../../projections/directory.ts';
import type { View } from '../../../model/projection.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import type { CallRecords } from '../call-records.ts';
import { ccsIdOf, get, tenantRecord } from '../directory.ts';
import { durationOf, stampOf } from '../times.ts';
import { callRecordOf } from './call-events.ts';
import type { Emission } from './catalogue.ts';

const EVERY_MS = 1_000;

export interface QueueStatusParts {
  readonly calls: CallRecords;
  readonly view: View;
  readonly send: (emissions: readonly Emission[]) => void;
}

export class QueueStatus {
  readonly #parts: QueueStatusParts;
  /** Queues of which something changed, by tenant. */
  readonly #changed = new Map<string, Set<string>>();
  /** Queue that each live call was seen in last, by tenant and id. */
  readonly #queueOfCall = new Map<string, string>();
  #pause: NodeJS.Timeout | undefined;

  constructor(parts: QueueStatusParts) {
    this.#parts = parts;
  }

  note(records: readonly LoggedTransition[]): void {
    for (const record of records) {
      if (record.actor.kind === 'call') this.#noteCall(record);
      if (record.actor.kind === 'agent') this.#noteAgent(record);
    }
    if (this.#changed.size > 0 && this.#pause === undefined) this.#tell();
  }

  stop(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#changed.clear();
    this.#queueOfCall.clear();
  }

  #noteCall(record: LoggedTransition): void {
    const { tenant, id, stage, context } = callRecordOf(record);
    const key = `${tenant}/${id}`;
    const before = this.#queueOfCall.get(key);
    const now = context.queue?.queue;
    if (before !== undefined) this.#change(tenant, before);
    if (now !== undefined) this.#change(tenant, now);
    if (now === undefined || stage === 'ended') this.#queueOfCall.delete(key);
    else this.#queueOfCall.set(key, now);
  }

  #noteAgent({ actor }: LoggedTransition): void {
    const { tenant, id } = actor;
    const queues = entriesBy(this.#parts.view, { kind: 'queue', key: 'members.agent', value: id, tenant });
    for (const queue of queues) this.#change(tenant, queue.actor.id);
  }

  #change(tenant: string, queue: string): void {
    const queues = this.#changed.get(tenant) ?? new Set();
    this.#changed.set(tenant, queues.add(queue));
  }

  #tell(): void {
    const emissions = [...this.#changed].flatMap(([tenant, queues]) =>
      [...queues].flatMap((queue) => this.#status(tenant, queue)),
    );
    this.#changed.clear();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#changed.size > 0) this.#tell();
    }, EVERY_MS);
    this.#pause.unref();
    this.#parts.send(emissions);
  }

  #status(tenant: string, queue: string): readonly Emission[] {
    const { view, calls } = this.#parts;
    const found = get(view, 'queue', tenant, queue);
    const owner = tenantRecord(view, tenant);
    if (found === undefined || owner === undefined) return [];
    const waiting = calls
      .live(view, tenant)
      .map(({ context }) => context.queue)
      .filter((entry) => entry?.waiting === true && entry.queue === queue);
    const oldest = Math.min(view.now, ...waiting.map((entry) => entry?.waitingSince ?? view.now));
    const body = {
      event: 'queue_status',
      tenant_id: ccsIdOf(owner),
      timestamp: stampOf(view.now),
      sequence: view.position,
      queue: { uuid: ccsIdOf(found), name: found.attributes.name },
      waiting: waiting.length,
      ...agentCounts(
        view,
        tenant,
        found.attributes.members.map((member) => member.agent),
      ),
      longest_wait: durationOf(view.now - oldest),
    };
    const { telco } = owner.attributes;
    const about = { tenant, telco, sequence: view.position, part: 1 };
    return [{ ...about, permission: 'Inbound Queue Events', text: JSON.stringify(body) }];
  }
}

/** Ready: could be offered a call now. Away: signed in, and does not want one. Signed out counts nowhere. */
function agentCounts(view: View, tenant: string, members: readonly string[]): Readonly<Record<string, number>> {
  const counts = { agents_ready: 0, agents_busy: 0, agents_away: 0 };
  for (const id of members) {
    const member = agent(view, tenant, id);
    if (member === undefined || member.presence === 'signedOut') continue;
    if (member.phone !== 'idle' || member.queue !== 'none') counts.agents_busy += 1;
    else if (member.presence === 'ready') counts.agents_ready += 1;
    else counts.agents_away += 1;
  }
  return counts;
}
