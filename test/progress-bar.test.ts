import { expect, test } from 'vitest';
import { progressBar } from '../src/progress-bar.ts';

/** What is written to a terminal, which is none. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  const stream = {
    ...{ isTTY, columns: 100 },
    write: (text: string) => written.push(text) > 0,
    on: () => undefined,
    once: () => undefined,
  };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

test('a bar does not guess how long it takes before it can', () => {
  const { stream, text } = terminal(true);
  const bar = progressBar(stream, 'archiving');
  bar.show(0, 20_000);
  bar.show(0, 20_000);
  bar.end();
  expect(text()).toContain('archiving');
  expect(text()).toContain('? left');
});

test('where nobody looks, a line is written for each tenth, and nothing for little work', () => {
  const { stream, text } = terminal(false);
  const bar = progressBar(stream, 'archiving');
  for (let done = 0; done <= 10_000; done += 500) bar.show(done, 10_000);
  bar.end();
  expect(text().trim().split('\n')).toHaveLength(11);
  const small = terminal(false);
  progressBar(small.stream, 'archiving').show(10, 100);
  expect(small.text()).toBe('');
});
