import { expect, test } from 'vitest';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import { mustLeave, type Waiting } from '../../src/distributor/overflow.ts';

const PLAIN: Queue = { name: 'q', extension: '8000', members: [] };
const NOW = 60_000;

function waiting(queue: Partial<Queue> | undefined, more: Partial<Waiting> = {}): Waiting {
  const settings = queue === undefined ? undefined : { ...PLAIN, ...queue };
  return { queue: settings, enteredAt: 50_000, ahead: 0, staffed: 1, ...more };
}

test.each<[string, Waiting, ReturnType<typeof mustLeave>]>([
  ['a queue without limits keeps everybody', waiting({}, { ahead: 10_000, staffed: 0 }), undefined],
  ['a queue that was removed is closed', waiting(undefined), { why: 'closed' }],
  ['a closed queue sends on', waiting({ isClosed: true, onClosed: '9' }), { why: 'closed', to: '9' }],
  ['a closed queue without a destination sends away', waiting({ isClosed: true }), { why: 'closed' }],
  ['a queue of two is full for the third', waiting({ waitingMax: 2 }, { ahead: 2 }), { why: 'overflow' }],
  ['a queue of two has a place for the second', waiting({ waitingMax: 2 }, { ahead: 1 }), undefined],
  ['a full queue sends on', waiting({ waitingMax: 0, onFull: '9' }), { why: 'overflow', to: '9' }],
  ['ten seconds are not yet too long', waiting({ waitMsMax: 10_001 }), undefined],
  ['ten seconds are too long', waiting({ waitMsMax: 10_000, onWaitedTooLong: '9' }), { why: 'overflow', to: '9' }],
  ['with nobody at work it waits all the same', waiting({ onFull: '9' }, { staffed: 0 }), undefined],
  ['with nobody at work it is sent on', waiting({ onNoAgents: '9' }, { staffed: 0 }), { why: 'noAgents', to: '9' }],
  ['with somebody at work it waits', waiting({ onNoAgents: '9' }), undefined],
  [
    'one that nobody made waits with nobody at work',
    waiting({ onNoAgents: '9' }, { staffed: 0, agentFree: false }),
    undefined,
  ],
  [
    'one that nobody made waits too long while nobody is free',
    waiting({ waitMsMax: 10_000, onWaitedTooLong: '9' }, { agentFree: false }),
    { why: 'overflow', to: '9' },
  ],
  [
    'one that nobody made waits for who is free',
    waiting({ waitMsMax: 10_000, onWaitedTooLong: '9' }, { agentFree: true }),
    undefined,
  ],
])('%s', (_, one, expected) => {
  expect(mustLeave(one, NOW)).toEqual(expected);
});
