import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandTree } from '../../src/history/command-tree.ts';
import { diffOf } from '../../src/history/diff.ts';
import { actorTimeline, callTimeline, personTimeline, type Timeline } from '../../src/history/timeline.ts';
import { diffVersions } from '../../src/history/versions.ts';
import { type ActorId, formatActor } from '../../src/model/actor-id.ts';
import { sameJson } from '../../src/model/json.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { CENTRE, type Centre, toCall } from '../support/centre.ts';
import { givenBusyCentre } from './given.ts';

let centre: Centre;

beforeAll(async () => {
  centre = await givenBusyCentre();
});
afterAll(() => centre.close());

const ANN: ActorId = { tenant: CENTRE, kind: 'agent', id: 'ann' };
const whole = () => ({ after: 0, upTo: centre.runtime.live.position, limit: 1_000 });
const namesOf = (records: readonly LoggedTransition[]) =>
  records.map(({ actor, transition }) => `${actor.kind} ${actor.id} ${transition.data.event.type}`);

describe('a timeline', () => {
  test('of an actor is its records, in order', async () => {
    const { records, next } = await actorTimeline(centre.runtime, ANN, whole());
    expect(records.map(({ transition }) => transition.data.version)).toEqual(records.map((_, index) => index + 1));
    expect(next).toBeUndefined();
  });

  test('of a call has the agents it told, and nobody else', async () => {
    const found = await callTimeline(centre.runtime, centre.runtime.live, { tenant: CENTRE, id: 'three' }, whole());
    expect(found?.actors.map(formatActor)).toEqual(['centre/call/three', 'centre/agent/bob']);
    expect(namesOf(found?.records ?? [])).toEqual(
      expect.arrayContaining(['call three arrive', 'agent bob offer', 'agent bob leg.talking', 'agent bob leg.ended']),
    );
  });

  test('of a call has the calls it is tied to', async () => {
    const target = { leg: 'four-2', number: '1bob', line: '1bob', agent: 'bob' };
    const caller = { leg: 'four-1', number: '19735550199' };
    await centre.happens(toCall('four', { type: 'arrive', direction: 'inbound', to: '1bob', caller, target }));
    await centre.happens(toCall('four', { type: 'leg.answered', leg: 'four-2' }));
    const consult = { leg: 'four-2', consult: 'five', consultLeg: 'five-1', target: { leg: 'five-2', number: '200' } };
    await centre.happens(toCall('four', { type: 'consult', ...consult, purpose: 'any' }));
    const found = await callTimeline(centre.runtime, centre.runtime.live, { tenant: CENTRE, id: 'five' }, whole());
    expect(found?.actors.map(formatActor)).toEqual(['centre/call/four', 'centre/call/five', 'centre/agent/bob']);
    expect(namesOf(found?.records ?? [])).toEqual(expect.arrayContaining(['call four arrive', 'call five consulting']));
  });

  test('of a person has the user, the agent and the calls, and no secrets', async () => {
    const who = { tenant: CENTRE, id: 'user-ann' };
    const found = await personTimeline(centre.runtime, centre.runtime.live, who, whole());
    const kinds = new Set(found?.actors.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['user', 'agent', 'call']));
    expect(kinds.has('credential')).toBe(false);
  });

  test('comes in pages that together are the whole, each record once', async () => {
    const view = centre.runtime.live;
    const who = { tenant: CENTRE, id: 'three' };
    const all = await callTimeline(centre.runtime, view, who, whole());
    const pages: LoggedTransition[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: Timeline | undefined = await callTimeline(centre.runtime, view, who, { ...whole(), after, limit: 3 });
      pages.push(...(page?.records ?? []));
      after = page?.next;
    }
    expect(pages.map(({ position }) => position)).toEqual(all?.records.map(({ position }) => position));
  });

  test('of what is unknown is none', async () => {
    const { runtime } = centre;
    expect(await callTimeline(runtime, runtime.live, { tenant: CENTRE, id: 'no' }, whole())).toBeUndefined();
    expect(await personTimeline(runtime, runtime.live, { tenant: CENTRE, id: 'no' }, whole())).toBeUndefined();
  });
});

describe('a command', () => {
  test('is a tree of who told whom', async () => {
    const { runtime } = centre;
    const { records } = await actorTimeline(runtime, ANN, whole());
    const offer = records.find(({ transition }) => transition.data.event.type === 'offer');
    const command = offer?.transition.data.cause.command ?? '';
    const [root, ...others] = (await commandTree(runtime, runtime.live, { tenant: CENTRE, command })) ?? [];
    expect(others).toEqual([]);
    expect(root?.record.actor).toMatchObject({ kind: 'call' });
    expect(root?.told.map(({ record }) => record.actor)).toEqual([ANN]);
  });

  test('that never was has no tree', async () => {
    expect(await commandTree(centre.runtime, centre.runtime.live, { tenant: CENTRE, command: 'no' })).toBeUndefined();
  });
});

describe('a difference', () => {
  test('between two versions names what changed', async () => {
    const { runtime } = centre;
    const found = await diffVersions(runtime, runtime.live, ANN);
    expect(found).toMatchObject({
      changes: expect.arrayContaining([expect.objectContaining({ path: expect.stringMatching(/^\/(value|context)/) })]),
    });
    const born = await diffVersions(runtime, runtime.live, ANN, { from: 0, to: 1 });
    expect(born?.changes.map(({ path }) => path)).toEqual(expect.arrayContaining(['/value', '/context']));
    expect(await diffVersions(runtime, runtime.live, ANN, { to: 10_000 })).toBeUndefined();
  });

  test('of lists goes by what their items are called', () => {
    const before = {
      legs: [
        { id: 'a', state: 'ringing' },
        { id: 'b', state: 'held' },
      ],
    };
    const after = { legs: [{ id: 'b', state: 'established' }] };
    expect(diffOf(before, after)).toEqual([
      { path: '/legs/0/state', before: 'held', after: 'established' },
      { path: '/legs/0', before: { id: 'a', state: 'ringing' } },
    ]);
  });

  test('of lists whose items have no such name is of the items that are not in both', () => {
    const [ann, bob, cid] = [{ agent: 'ann' }, { agent: 'bob' }, { agent: 'cid', penalty: 1 }];
    expect(diffOf({ closed: false, members: [ann, bob] }, { closed: true, members: [ann, bob] })).toEqual([
      { path: '/closed', before: false, after: true },
    ]);
    expect(diffOf({ members: [ann, bob] }, { members: [bob, cid] })).toEqual([
      { path: '/members/1', after: cid },
      { path: '/members/0', before: ann },
    ]);
  });

  test.each([
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [{ a: [] }, { a: {} }, false],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [2, 1], false],
    [null, {}, false],
  ])('of %j and %j: same is %j', (one, other, same) => {
    expect(sameJson(one, other)).toBe(same);
    expect(diffOf(one, other).length === 0).toBe(same);
  });
});
