import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Row } from '../../../src/console/row.ts';
import { buffer, followBuffer, loadEarlier, loading, neighbour } from '../../../src/console/web/model/buffer.ts';
import { moment, tenant, words } from '../../../src/console/web/model/place.ts';

const HEAD = 100_000;
const rowAt = (position: number): Row => ({
  position,
  time: position,
  kind: 'agent',
  id: 'a',
  version: position,
  event: 'e',
  from: '',
  to: 'ready',
  command: `c${position}`,
  part: 1,
  of: 1,
  by: 'user:a',
  via: 'native',
});

/** What was asked for and waits for its answer, oldest first. */
let asked: { readonly query: URLSearchParams; answer(): void }[] = [];

function pageOf(query: URLSearchParams): object {
  const limit = Number(query.get('limit'));
  const after = query.get('after');
  const first = after === null ? Math.max(1, Number(query.get('before') ?? HEAD + 1) - limit) : Number(after) + 1;
  const rows = Array.from({ length: limit }, (_, index) => rowAt(first + index));
  return { rows, reached: after === null ? first : first + limit - 1, end: false, head: HEAD };
}

/** All that waits is answered, and what comes of it has come. */
async function answerAll(): Promise<void> {
  for (const { answer } of asked.splice(0)) answer();
  await vi.advanceTimersByTimeAsync(0);
}

const held = () => buffer.rows.map(({ position }) => position);
const questions = () => asked.map(({ query }) => query.get('before') ?? `after ${query.get('after')}`);

beforeAll(followBuffer);
beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', (address: string, { signal }: { signal: AbortSignal }) => {
    const { searchParams } = new URL(address, 'http://page');
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      asked.push({ query: searchParams, answer: () => resolve(Response.json(pageOf(searchParams))) });
    });
  });
  asked = [];
  moment.value = undefined;
  words.value = '';
  tenant.value = 'big';
  await vi.advanceTimersByTimeAsync(0);
  await answerAll();
  expect([buffer.first, held().at(-1)]).toEqual([HEAD - 199, HEAD]);
});
afterEach(() => {
  tenant.value = '';
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('what is scrolled to while another moment is sought does not get among its rows', async () => {
  moment.value = 30_000;
  void loadEarlier();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(questions()).toEqual(['30001', 'after 30000']);
  await answerAll();
  expect(held()).toEqual(Array.from({ length: 300 }, (_, index) => 29_801 + index));
  expect(loading.value).toBe(false);
});

test('no row is the next of a moment whose own neighbourhood is still to be read', async () => {
  const next = (step: -1 | 1) => neighbour(moment.peek() ?? HEAD + 1, step, () => true)?.position;
  expect([next(-1), next(1)]).toEqual([HEAD, undefined]);
  moment.value = 30_000;
  expect([next(-1), next(1)]).toEqual([undefined, undefined]);
  await vi.advanceTimersByTimeAsync(1_000);
  await answerAll();
  expect([next(-1), next(1)]).toEqual([29_999, 30_001]);
  moment.value = HEAD;
  expect([next(-1), next(1)]).toEqual([undefined, undefined]);
});

test('a moment that was passed on the way is not read once what is held is looked at again', async () => {
  moment.value = 30_000;
  await vi.advanceTimersByTimeAsync(50);
  moment.value = HEAD - 10;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(questions()).toEqual([]);
  expect([buffer.first, loading.value]).toEqual([HEAD - 199, false]);
});

test('rows that another filter let through are not taken for those of the new one', async () => {
  words.value = 'ann';
  moment.value = HEAD - 10;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.map(({ query }) => query.get('q'))).toContain('ann');
  await answerAll();
  expect(held().at(-1)).toBe(HEAD + 90);
});
