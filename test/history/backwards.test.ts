import { describe, expect, test } from 'vitest';
import { backwards } from '../../src/history/backwards.ts';
import type { ReplayRange } from '../../src/model/runtime.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';

const CALL = { tenant: 'acme', kind: 'call', id: 'one' };

/** A log in which a call's first, second, … record stand at these positions; `asked` is what was read of it. */
function givenLog(...positions: readonly number[]) {
  const asked: (readonly [after: number, upTo: number])[] = [];
  async function* replay({ after, upTo, of }: ReplayRange): AsyncGenerator<LoggedTransition> {
    expect(of).toBe(CALL);
    asked.push([after, upTo]);
    for (const [index, position] of positions.entries()) {
      const record = { position, transition: { data: { version: index + 1 } } } as unknown as LoggedTransition;
      if (position > after && position <= upTo) yield record;
    }
  }
  return { runtime: { replay }, asked };
}

describe('an actor’s records, read backwards,', () => {
  test('come newest first, from as far back as they stand, and each once', async () => {
    const { runtime } = givenLog(1, 999, 1_000, 1_001, 5_000, 5_001, 6_000, 6_001);
    const found = await Array.fromAsync(backwards(runtime, { of: CALL, upTo: 6_000 }));
    expect(found.map(({ position }) => position)).toEqual([6_000, 5_001, 5_000, 1_001, 1_000, 999, 1]);
  });

  test('cost no more than how far back one goes', async () => {
    const { runtime, asked } = givenLog(10, 4_000, 99_990, 99_999);
    for await (const { position } of backwards(runtime, { of: CALL, upTo: 100_000 })) if (position < 99_999) break;
    expect(asked).toEqual([[99_000, 100_000]]);
    await Array.fromAsync(backwards(runtime, { of: CALL, upTo: 5_000 }));
    expect(asked.slice(1)).toEqual([
      [4_000, 5_000],
      [0, 4_000],
    ]);
  });

  test('end with the first there is: nothing is read before it', async () => {
    const { runtime, asked } = givenLog(9_500, 9_900);
    await Array.fromAsync(backwards(runtime, { of: CALL, upTo: 10_000 }));
    expect(asked).toEqual([[9_000, 10_000]]);
  });

  test('end behind where somebody says', async () => {
    const { runtime, asked } = givenLog(10, 9_500, 9_900);
    const found = await Array.fromAsync(backwards(runtime, { of: CALL, upTo: 10_000, after: 9_600 }));
    expect([found.map(({ position }) => position), asked]).toEqual([[9_900], [[9_600, 10_000]]]);
  });
});
