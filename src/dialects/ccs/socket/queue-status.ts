/**
 * The one event that is no record: how a queue stands (`queue_status`), told when anything about it changed, at most once
 * a second. It says how things are when it is sent, so a replay does not repeat it.
 */
import { entriesBy } from '../../../../projections/directory.ts';
import { queueStatus } from '../../../../projections/queues.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { Position } from '../../../model/position.ts';
import type { View } from '../../../model/projection.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import { ccsIdOf, get, tenantRecord } from '../directory.ts';
import { durationOf, stampOf } from '../times.ts';
import { callRecordOf } from './call-events.ts';
import type { Emission } from './catalogue.ts';

const EVERY_MS = 1_000;
const KINDS: ReadonlySet<string> = new Set(['call', 'agent', 'queue']);

/** Records after which a queue may stand otherwise: of its calls, its agents, or its own. */
export function concernsQueues({ actor }: LoggedTransition): boolean {
  return KINDS.has(actor.kind);
}

export interface QueueStatusParts {
  readonly view: View;
  /** Position of the newest record whose events were sent: the view may be ahead of it, and who resumes there would miss them. */
  readonly toldUpTo: () => Position;
  readonly send: (emissions: readonly Emission[]) => void;
}

export class QueueStatus {
  readonly #parts: QueueStatusParts;
  /** Queues of which something changed, by tenant. */
  readonly #changed = new Map<string, Set<string>>();
  #pause: NodeJS.Timeout | undefined;

  constructor(parts: QueueStatusParts) {
    this.#parts = parts;
  }

  /** `queueOf`: where a call waited before the records. */
  note(records: readonly LoggedTransition[], queueOf: (call: ActorId) => string | undefined): void {
    for (const record of records) {
      const { actor } = record;
      if (actor.kind === 'call') this.#noteCall(record, queueOf(actor));
      if (actor.kind === 'agent') this.#noteAgent(record);
      if (actor.kind === 'queue') this.#change(actor.tenant, actor.id);
    }
  }

  /** What was noted: at once, or when a second has passed since the last time. */
  tell(): void {
    if (this.#changed.size === 0 || this.#pause !== undefined) return;
    const emissions = [...this.#changed].flatMap(([tenant, queues]) =>
      [...queues].flatMap((queue) => this.#status(tenant, queue)),
    );
    this.#changed.clear();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.tell();
    }, EVERY_MS);
    this.#pause.unref();
    this.#parts.send(emissions);
  }

  stop(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#changed.clear();
  }

  #noteCall(record: LoggedTransition, before: string | undefined): void {
    const { tenant, context } = callRecordOf(record);
    const now = context.queue?.queue;
    if (before !== undefined) this.#change(tenant, before);
    if (now !== undefined) this.#change(tenant, now);
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

  #status(tenant: string, queue: string): readonly Emission[] {
    const { view, toldUpTo } = this.#parts;
    const sequence = toldUpTo();
    const found = get(view, 'queue', tenant, queue);
    const owner = tenantRecord(view, tenant);
    if (found === undefined || owner === undefined) return [];
    const { waiting, longestWaitMs, members } = queueStatus(view, tenant, queue);
    const body = {
      event: 'queue_status',
      tenant_id: ccsIdOf(owner),
      timestamp: stampOf(view.now),
      sequence,
      queue: { uuid: ccsIdOf(found), name: found.attributes.name },
      waiting,
      agents_ready: members.ready,
      agents_busy: members.busy,
      agents_away: members.away,
      longest_wait: durationOf(longestWaitMs),
    };
    const { telco } = owner.attributes;
    const about = { tenant, telco, sequence, part: 1 };
    return [{ ...about, permission: 'Inbound Queue Events', text: JSON.stringify(body) }];
  }
}
