import { expect, test } from 'vitest';
import { keeping } from '../../../projections/directory/kept-answers.ts';
import type { View } from '../../../src/model/projection.ts';

const MIB = 1024 * 1024;

function given() {
  let changedAt = 1;
  const view: View = { position: 1, now: 0, changedAt: () => changedAt, get: () => undefined, all: () => [] };
  const asked: string[] = [];
  const ask = (question: string, chars = 1) =>
    keeping(view, 'user', question, () => {
      asked.push(question);
      return { answer: question, chars };
    });
  const change = () => {
    changedAt += 1;
  };
  return { ask, asked, change };
}

test('an answer is kept until a record of its kind is written', () => {
  const { ask, asked, change } = given();
  expect([ask('a'), ask('a'), ask('b')]).toEqual(['a', 'a', 'b']);
  change();
  ask('a');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('answers are kept by what they weigh, however few or many they are', () => {
  const { ask, asked } = given();
  ask('first');
  for (let page = 1; page <= 16; page += 1) ask(`page ${page}`, MIB);
  ask('first');
  expect(asked.filter((question) => question === 'first')).toHaveLength(2);
});

test('the same answer made again weighs once', () => {
  const { ask, asked, change } = given();
  for (let times = 1; times <= 100; times += 1) {
    change();
    ask('large', MIB);
  }
  ask('other');
  ask('large', MIB);
  expect(asked.filter((question) => question === 'large')).toHaveLength(100);
});

test('an answer that weighs more than all may is kept alone', () => {
  const { ask, asked } = given();
  ask('huge', 100 * MIB);
  ask('huge', 100 * MIB);
  ask('small');
  ask('huge', 100 * MIB);
  expect(asked).toEqual(['huge', 'small', 'huge']);
});
