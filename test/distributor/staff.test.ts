import { expect, test } from 'vitest';
import type { Fact } from '../../src/distributor/fact.ts';
import { Staff } from '../../src/distributor/staff.ts';

const extension = (id: string, attributes: object | undefined): Fact => ({
  actor: { tenant: 'acme', kind: 'extension', id },
  version: 1,
  value: attributes === undefined ? 'removed' : 'present',
  context: { attributes },
  done: attributes === undefined,
});

test('a number is recorded as the extension asks that has it now, and as none when it has gone', () => {
  const staff = new Staff();
  const recorded = () => ['200', '201'].map((number) => staff.recordingOf(number, 'support'));
  staff.learn(extension('one', { number: '200', recording: 'mandatory' }));
  expect(recorded()).toEqual(['Mandatory', 'None']);
  staff.learn(extension('one', { number: '201', recording: 'mandatory' }));
  expect(recorded()).toEqual(['None', 'Mandatory']);
  staff.learn(extension('two', { number: '201', recording: 'onDemand' }));
  staff.learn(extension('one', undefined));
  expect(recorded()).toEqual(['None', 'On Demand']);
  staff.learn(extension('two', undefined));
  expect(recorded()).toEqual(['None', 'None']);
});
