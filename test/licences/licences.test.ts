/** What is decided on a view that is behind by now, in each order in which it can happen. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginsMoving, isOvertaken, taking } from '../../src/licences/licences.ts';
import type { Delivery } from '../../src/model/command.ts';
import { givenWorld, type World } from '../support/world.ts';

const ACME = { tenant: 'acme', kind: 'tenant', id: 'acme' };
const change = (event: object): Delivery => ({ to: ACME, event: { type: 'change', ...event } });

describe('a first limit', () => {
  let world: World;
  beforeEach(async () => {
    world = await givenWorld();
    await world.record('acme', { to: ACME, event: { type: 'create', attributes: { name: 'Acme' } } });
  });
  afterEach(() => world.close());

  let asked = 0;
  const submit = (...deliveries: readonly Delivery[]) =>
    world.runtime.submit({ id: `${++asked}`, tenant: 'acme', by: 'user:root', via: 'test', deliveries });
  /** The command that makes a queue, as it is decided now. */
  const makingQueue = (number: string): readonly Delivery[] => {
    const to = { tenant: 'acme', kind: 'queue', id: number };
    const attributes = { name: number, extension: number, members: [] };
    const licensed = taking(world.runtime.live, to, undefined, attributes);
    if (licensed.kind === 'exceeded') throw new Error('there is no limit');
    return [{ to, event: { type: 'create', attributes } }, ...licensed.deliveries];
  };

  test('is no limit yet: who takes a licence leaves the record of the tenant as it is', async () => {
    expect(await submit(...makingQueue('300'))).toMatchObject({ receipt: { records: [{ actor: { kind: 'queue' } }] } });
  });

  test('overtakes who decided when there was none', async () => {
    const making = makingQueue('300');
    await world.record('acme', change({ set: { queuesMax: 0 } }));
    const outcome = await submit(...making);
    if (outcome.kind === 'accepted') throw new Error('it exceeds the limit');
    expect(isOvertaken(outcome.rejection)).toBe(true);
    expect(outcome.rejection).toMatchObject({ event: 'check', details: { attributes: ['queuesMax'] } });
  });

  test('is announced: who decided before is overtaken, who decides after is noticed', async () => {
    const making = makingQueue('300');
    await world.record('acme', ...beginsMoving(world.runtime.live, 'acme'));
    expect(beginsMoving(world.runtime.live, 'acme')).toEqual([]);
    expect(await submit(...making)).toMatchObject({ rejection: { details: { attributes: ['licensing'] } } });

    const limit = change({ expect: { licensing: 0 }, set: { queuesMax: 0 } });
    expect((await submit(...makingQueue('301'))).kind).toBe('accepted');
    expect(await submit(limit)).toMatchObject({ rejection: { reason: 'changed' } });
  });

  test('that is announced and not set yet does not make those wait for one another who take what has no limit', async () => {
    await world.record('acme', ...beginsMoving(world.runtime.live, 'acme'));
    const [first, second] = [makingQueue('300'), makingQueue('301')];
    expect((await submit(...first)).kind).toBe('accepted');
    expect((await submit(...second)).kind).toBe('accepted');
  });
});
