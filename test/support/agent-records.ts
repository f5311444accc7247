/** Agent records as the agent machine writes them, for tests of readers, which never run a machine. */
import type { JsonObject } from '../../src/model/json.ts';
import type { StateValue } from '../../src/model/transition.ts';
import type { RecordDraft } from './given.ts';

const FORWARD = { enabled: false, destination: '' };

export function agentContext(since: number, more: JsonObject = {}): JsonObject {
  return {
    presence: { since, cause: 'self', reason: { name: 'Lunch Break' } },
    phone: { since, line: '15000', homeLine: '15000', reachable: true, legs: [] },
    queue: { since, work: null },
    consecutiveMissed: 0,
    dnd: false,
    forwards: { unconditional: FORWARD, noAnswer: FORWARD, busy: FORWARD },
    rules: { wrapUpMs: 30_000, missedMax: 2, ringMs: 20_000 },
    ...more,
  };
}

export function agentState(presence: string, since: number, more: JsonObject = {}): RecordDraft {
  const to: StateValue = { present: { presence, phone: 'idle', queue: 'none' } };
  return { event: { type: 'setPresence' }, to, state: { context: agentContext(since, more) } };
}
