import { expect, test } from 'vitest';
import { dueBy, nextDue, timers, timersOf } from '../../projections/timers.ts';
import type { ArmedTimer } from '../../src/model/transition.ts';
import { Chains, projected, type RecordDraft } from '../support/given.ts';

const agent = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };
const service = { tenant: 'genesys', kind: 'service', id: 's.1' };

function arming(...armed: readonly ArmedTimer[]): RecordDraft {
  return { state: { context: {}, timers: armed } };
}

test('armed timers come in the order in which they fall due', () => {
  const { stored } = new Chains()
    .add(service, arming({ name: 'ttl', due: 300, armed: 1 }))
    .add(agent, arming({ name: 'wrapUp', due: 100, armed: 1 }, { name: 'ring', due: 200, armed: 1 }));
  const { view } = projected(stored, [timers]);
  expect(nextDue(view)).toBe(100);
  expect(dueBy(view, 200, 10)).toEqual([
    { actor: agent, name: 'wrapUp', due: 100, armed: 1 },
    { actor: agent, name: 'ring', due: 200, armed: 1 },
  ]);
  expect(dueBy(view, 1000, 1)).toHaveLength(1);
  expect(timersOf(view, service)).toEqual([{ actor: service, name: 'ttl', due: 300, armed: 1 }]);
});

test('an actor has the timers of its last record and no others', () => {
  const { stored } = new Chains()
    .add(agent, arming({ name: 'wrapUp', due: 100, armed: 1 }))
    .add(agent, arming({ name: 'wrapUp', due: 500, armed: 2 }))
    .add(service, arming({ name: 'ttl', due: 300, armed: 1 }))
    .add(service);
  const { view } = projected(stored, [timers]);
  expect(dueBy(view, 1000, 10)).toEqual([{ actor: agent, name: 'wrapUp', due: 500, armed: 2 }]);
});

test('nothing is due where nothing is armed', () => {
  const { view } = projected(new Chains().add(agent).stored, [timers]);
  expect(nextDue(view)).toBeUndefined();
});
