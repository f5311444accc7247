/**
 * A day at a small centre, made by the real machines: Ann misses two offers and is set away, Bob takes the call and wraps
 * up, a caller gives up; and a way to change a machine.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import {
  aCall,
  anAgent,
  answered,
  aQueue,
  CENTRE,
  type Centre,
  givenCentre,
  hungUp,
  toAgent,
  toCall,
} from '../support/centre.ts';

const RING_MS = 20_000;

export async function givenBusyCentre(): Promise<Centre> {
  const centre = await givenCentre();
  const person = { firstName: 'Ann', lastName: 'Archer', roles: ['agent'], agent: 'ann' };
  const credential = { user: 'user-ann', dialect: 'gws', name: 'ann', allowEmpty: true };
  await centre.record(
    CENTRE,
    aQueue('sales', ['ann']),
    anAgent('ann', { missedMax: 2 }),
    anAgent('bob', { presence: 'away', wrapUpMs: 10_000 }),
    { to: { tenant: CENTRE, kind: 'user', id: 'user-ann' }, event: { type: 'create', attributes: person } },
    { to: { tenant: CENTRE, kind: 'credential', id: 'gws.ann' }, event: { type: 'create', attributes: credential } },
  );
  await offered(centre, 'one', 'ann');
  await centre.wait(RING_MS);
  await offered(centre, 'two', 'ann', 'twoAgain');
  await centre.wait(RING_MS);
  await centre.happens(toAgent('bob', { type: 'setReady' }));
  await offered(centre, 'three', 'bob');
  await centre.happens(answered(centre.call('three')));
  await centre.wait(5_000);
  await centre.happens(hungUp('three'));
  await centre.wait(60_000);
  await centre.happens(hungUp('one'));
  await centre.happens(
    toAgent('bob', { type: 'setAway', cause: 'supervisor', by: 'user:boss', reason: { name: 'Training' } }),
  );
  return centre;
}

/** A call arrives and rings at an agent. */
async function offered(centre: Centre, id: string, agent: string, leg = id): Promise<void> {
  await centre.happens(aCall(id, 'sales'));
  const target = { leg: `${leg}-2`, number: `1${agent}`, line: `1${agent}`, agent };
  await centre.happens(toCall(id, { type: 'offer', target, ringMs: RING_MS }));
  await centre.happens(toCall(id, { type: 'leg.ringing', leg: target.leg }));
}

/** The same machine, with a guard that always says no. */
export function withoutGuard(kind: ActorKind, guard: string): ActorKind {
  const machine = (kind.machine as AnyStateMachine).provide({ guards: { [guard]: () => false } } as never);
  return { ...kind, machine };
}
