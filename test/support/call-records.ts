/** Call contexts as the call machine writes them, for tests of readers, which never run a machine. */
import type { CallContext, Leg, Queued } from '../../machines/call/context.ts';
import { ABSENT } from '../../machines/call/context.ts';
import type { JsonObject } from '../../src/model/json.ts';

export function callContext(startedAt: number, more: Partial<CallContext> = {}): JsonObject {
  const legs: readonly Leg[] = [
    { id: 'caller', kind: 'caller', number: '19735550123', state: 'established', since: startedAt, startedAt },
  ];
  const call: CallContext = { ...ABSENT, linkedId: 'linked', direction: 'inbound', from: '19735550123', to: '8000' };
  return { ...call, legs, startedAt, ...more } as unknown as JsonObject;
}

export function queued(queue: string, at: number, more: Partial<Queued> = {}): Queued {
  const entry = { queue, priority: 0, skills: {}, shortAbandonMs: 5_000, offers: 0, missedBy: [] };
  return { ...entry, enteredAt: at, waitingSince: at, waiting: true, ...more };
}
