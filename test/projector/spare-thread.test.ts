import { afterEach, expect, test, vi } from 'vitest';
import { ProjectingThread } from '../../src/projector/projecting-thread.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';

const HOUR_MS = 3_600_000;

const taken: ProjectingThread[] = [];

function take(spare: SpareThread): ProjectingThread {
  const thread = spare.take();
  taken.push(thread);
  return thread;
}

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const thread of taken.splice(0)) await thread.end();
});

test('a thread that is given back is the next one that is taken', async () => {
  const spare = new SpareThread(PROJECTING_THREAD);
  const thread = take(spare);
  await spare.give(thread);
  expect(take(spare)).toBe(thread);
  expect(take(spare)).not.toBe(thread);
});

test('a thread that was begun is the first one that is taken', () => {
  const spare = new SpareThread(PROJECTING_THREAD);
  const rest = vi.spyOn(ProjectingThread.prototype, 'rest');
  spare.begin();
  expect(rest.mock.contexts).toEqual([take(spare)]);
});

test('a thread that has ended is not kept', async () => {
  const spare = new SpareThread(PROJECTING_THREAD);
  const thread = take(spare);
  await spare.give(thread);
  await thread.terminate();
  expect(take(spare)).not.toBe(thread);
  await spare.give(thread);
  expect(take(spare)).not.toBe(thread);
});

test('one thread is kept and no more, not for long, and none once it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const spare = new SpareThread(PROJECTING_THREAD);
  const end = vi.spyOn(ProjectingThread.prototype, 'end');
  const [first, second] = [take(spare), take(spare)];
  await spare.give(first);
  await spare.give(second);
  expect(end.mock.contexts).toEqual([second]);
  vi.advanceTimersByTime(HOUR_MS);
  expect(end.mock.contexts).toEqual([second, first]);
  const third = take(spare);
  await spare.give(third);
  await spare.close();
  const fourth = take(spare);
  await spare.give(fourth);
  expect(end.mock.contexts).toEqual([second, first, third, fourth]);
  await Promise.all(end.mock.results.map(({ value }) => value));
});
