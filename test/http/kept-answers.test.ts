import { expect, test } from 'vitest';
import { KeptAnswers } from '../../src/http/kept-answers.ts';
import { EMPTY_VIEW } from '../support/identities.ts';

const viewAt = (positions: Readonly<Record<string, number>>, now = 0) => ({
  ...EMPTY_VIEW,
  now,
  changedAt: (kind: string) => positions[kind] ?? 0,
});

test('an answer is kept until a record of one of its kinds is written', () => {
  const answers = new KeptAnswers();
  answers.keep('who', viewAt({ user: 1 }), ['user', 'skill'], { text: 'ann' });
  expect(answers.find('who', viewAt({ user: 1, call: 7 }), ['user', 'skill'])).toBe('ann');
  expect(answers.find('what', viewAt({ user: 1 }), ['user', 'skill'])).toBeUndefined();
  expect(answers.find('who', viewAt({ user: 1, skill: 2 }), ['user', 'skill'])).toBeUndefined();
});

test('an answer that shows time is kept until it would show another', () => {
  const answers = new KeptAnswers();
  answers.keep('when', viewAt({}, 500), [], { text: '0:00:07', until: 1_000 });
  expect(answers.find('when', viewAt({}, 999), [])).toBe('0:00:07');
  expect(answers.find('when', viewAt({}, 1_000), [])).toBeUndefined();
});
