import { expect, test } from 'vitest';
import { lastStep, pointerWords } from '../../../src/console/web/model/pointer-words.ts';

test.each([
  ['/value/present/presence', 'state › present › presence'],
  ['/value', 'state'],
  ['/context/phone/legs/0/state', 'phone › legs › 1 › state'],
  ['/context', 'context'],
  ['/timers/0/due', 'timers › 1 › due'],
  ['/context/userData/a~1b~0c', 'userData › a/b~c'],
])('%s is told as %s', (pointer, words) => {
  expect(pointerWords(pointer)).toBe(words);
});

test('its last step is the field', () => {
  expect(lastStep('/context/userData/a~1b')).toBe('a/b');
});
