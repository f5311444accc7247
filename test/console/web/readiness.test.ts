import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { barred, followReadiness } from '../../../src/console/web/model/readiness.ts';

let answer: () => Promise<Response>;
const told = (status: number, ...dependencies: readonly object[]) =>
  Promise.resolve(Response.json({ dependencies }, { status }));
const page = { hidden: false };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', () => answer());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('the page says why nothing is recorded, for as long as that is so and somebody looks', async () => {
  const log = { name: 'log', state: 'down' };
  const commands = { name: 'commands', state: 'down', detail: 'the log cannot be reached' };
  answer = () => told(503, { name: 'nats', state: 'up', detail: 'up' }, log, commands);
  followReadiness();
  await vi.advanceTimersByTimeAsync(0);
  expect(barred.value).toBe('the log cannot be reached');
  answer = () => told(503, log);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(barred.value).toBe('log');
  page.hidden = true;
  answer = () => told(200, { ...log, state: 'up' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(barred.value).toBe('log');
  page.hidden = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(barred.value).toBeUndefined();
  answer = () => Promise.reject(new Error('gone'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(barred.value).toBeUndefined();
});
