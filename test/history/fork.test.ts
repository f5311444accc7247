import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentKind } from '../../machines/agent/machine.ts';
import { kinds } from '../../machines/index.ts';
import { type WhatIf, whatIf } from '../../src/history/what-if.ts';
import type { Position } from '../../src/model/position.ts';
import type { Transition } from '../../src/model/transition.ts';
import { CENTRE, type Centre, toAgent } from '../support/centre.ts';
import { givenBusyCentre, withoutGuard } from './given.ts';

let centre: Centre;

beforeAll(async () => {
  centre = await givenBusyCentre();
});
afterAll(() => centre.close());

function positionOf(wanted: (transition: Transition) => boolean): Position {
  const found = centre.log.records.find(({ payload }) => wanted(JSON.parse(Buffer.from(payload).toString())));
  if (found === undefined) throw new Error('no such record');
  return found.position;
}

const firstOffer = () => positionOf(({ data }) => data.event.type === 'offer');

function tried(more: Partial<WhatIf>) {
  const { runtime } = centre;
  const upTo = runtime.live.position;
  return whatIf({ runtime, kinds, tenant: CENTRE, at: 1, upTo, events: [], ...more });
}

describe('a fork', () => {
  test('in which nothing is different comes to where history came', async () => {
    const at = firstOffer() - 1;
    const report = await tried({ at });
    expect(report).toMatchObject({ at, commands: { different: 0, refused: 0 }, ends: [] });
    expect(report.first).toBeUndefined();
    expect(report.commands.same).toBeGreaterThan(10);
  });

  test('begins at the end of the last whole command', async () => {
    expect((await tried({ at: 2 })).at).toBe(0);
  });

  test('with another event says where the two first part, and how they end', async () => {
    const at = firstOffer() - 1;
    const report = await tried({ at, events: [toAgent('ann', { type: 'setAway' })] });
    expect(report.first).toMatchObject({
      position: at + 1,
      problem: expect.stringContaining('does not take offer (away)'),
    });
    expect(report.commands.refused).toBeGreaterThan(0);
    const ann = report.ends.find(({ actor }) => actor.id === 'ann');
    expect(ann?.changes.map(({ path }) => path)).toContain('/context/consecutiveMissed');
  });

  test('with another machine says which record it would have decided otherwise', async () => {
    const changed = new Map(kinds).set('agent', withoutGuard(agentKind, 'missedTooMany'));
    const report = await tried({ at: firstOffer() - 1, kinds: changed });
    const position = positionOf(
      ({ data }) => (data.state.context.presence as { cause?: string } | undefined)?.cause === 'missedCalls',
    );
    expect(report.first).toMatchObject({ position, actor: { id: 'ann' } });
    expect(report.first?.changes).toContainEqual({ path: '/value/present/presence', before: 'away', after: 'ready' });
  });

  test('of one actor feeds it what it was fed by whomever, and moves nobody else', async () => {
    const actor = { tenant: CENTRE, kind: 'agent', id: 'ann' };
    const at = firstOffer() - 1;
    const same = await tried({ at, actor });
    expect(same).toMatchObject({ commands: { different: 0, refused: 0 }, ends: [] });
    expect(same.commands.same).toBeGreaterThan(3);
    const away = await tried({ at, actor, events: [toAgent('ann', { type: 'setDnd', on: true })] });
    expect(away.ends.map(({ actor: { id } }) => id)).toEqual(['ann']);
  });

  test('fires the timers of those who went their own way', async () => {
    const wrapUp = positionOf(
      ({ data }) => (data.state.context.presence as { cause?: string } | undefined)?.cause === 'callEnded',
    );
    const report = await tried({ at: wrapUp, events: [toAgent('bob', { type: 'setDnd', on: true })] });
    const bob = report.ends.find(({ actor }) => actor.id === 'bob');
    expect(bob?.changes).toEqual([{ path: '/context/dnd', before: false, after: true }]);
  });

  test('does not begin with events that are refused', async () => {
    const report = await tried({ events: [toAgent('ann', { type: 'create' })], at: centre.runtime.live.position });
    expect(report.refused).toMatchObject({ code: 'reason', reason: 'exists' });
    expect(report.commands).toEqual({ same: 0, different: 0, refused: 0 });
  });

  test('appends nothing', async () => {
    const before = centre.log.records.length;
    await tried({ at: firstOffer() - 1, events: [toAgent('bob', { type: 'setReady' })] });
    expect(centre.log.records.length).toBe(before);
  });
});
