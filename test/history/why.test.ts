import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Why, why } from '../../src/history/why.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Moment } from '../../src/model/runtime.ts';
import { CENTRE, type Centre, hungUp, toAgent } from '../support/centre.ts';
import { givenBusyCentre } from './given.ts';

let centre: Centre;

beforeEach(async () => {
  centre = await givenBusyCentre();
});
afterEach(() => centre.close());

async function whyOf(kind: string, id: string, moment?: Moment): Promise<Why> {
  const actor: ActorId = { tenant: CENTRE, kind, id };
  const answer = await why(centre.runtime, await centre.runtime.query(moment), actor);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** Time of the first record of an agent with a presence that has this cause. */
function whenCaused(agent: string, cause: string): number {
  const found = centre.log.records
    .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()))
    .find(({ source, data }) => source.endsWith(`agents/${agent}`) && data.state.context.presence.cause === cause);
  return Date.parse(found.time);
}

describe('why an agent is unavailable', () => {
  test('names the offers that were missed, their calls, the queue and the rule', async () => {
    const { sentence, chain } = await whyOf('agent', 'ann');
    expect(sentence).toMatch(
      /^Ann Archer \(agent ann\) became away \(Missed Calls\) at 2026-01-01T00:00:\d\d\.000Z because 2 offers in a row of queue sales were missed \(calls one and two\), rule missed ≥ 2\.$/,
    );
    expect(chain.map(({ says }) => says)).toEqual([
      'was offered call one',
      'did not take call one (no answer)',
      'was offered call two',
      'did not take call two (no answer); presence became away (Missed Calls)',
    ]);
  });

  test('names the supervisor who did it', async () => {
    const { sentence } = await whyOf('agent', 'bob');
    expect(sentence).toMatch(
      /agent bob became away \(Training\) at .* because a supervisor, user:boss, set it \(setAway by system:test via test\)/,
    );
  });

  test('names the call whose end began the wrap-up, and what was there again after it', async () => {
    const inWrapUp = await whyOf('agent', 'bob', { time: whenCaused('bob', 'callEnded') });
    expect(inWrapUp.sentence).toMatch(
      /became wrap up at .* because call three of queue sales ended: the caller 19735550123 hung up; ready again at /,
    );
    const after = await whyOf('agent', 'bob', { time: whenCaused('bob', 'wrapUpEnded') });
    expect(after.sentence).toMatch(
      /became ready at .* because the wrap-up of 10 s after call three of queue sales was over/,
    );
    expect(after.chain.map(({ says }) => says)).toContain('wrap-up began after call three');
  });

  test('says what else keeps calls away', async () => {
    await centre.happens(toAgent('ann', { type: 'setDnd', on: true }));
    await centre.happens(toAgent('ann', { type: 'line.unreachable', line: '1ann' }));
    const { besides, sentence } = await whyOf('agent', 'ann');
    expect(besides).toEqual([
      expect.stringContaining('Do not disturb'),
      expect.stringContaining('Line 1ann cannot be reached since'),
    ]);
    expect(sentence).toContain('rule missed ≥ 2');
  });

  test('says that the agent did it himself', async () => {
    await centre.happens(toAgent('ann', { type: 'setReady' }));
    expect((await whyOf('agent', 'ann')).sentence).toMatch(
      /became ready at .* because the agent asked for it \(setReady by/,
    );
  });
});

describe('why a call', () => {
  test('ended: who hung up, and who had it', async () => {
    const { sentence, besides, chain } = await whyOf('call', 'three');
    expect(sentence).toMatch(
      /^Call three from 19735550123 to 8sales ended at .* because the caller 19735550123 hung up \(leg\.ended/,
    );
    expect(besides.join(' ')).toContain('agent bob has it because the queue offered it');
    expect(chain.map(({ says }) => says)).toEqual(
      expect.arrayContaining([expect.stringContaining('it was offered to an agent (agent bob)')]),
    );
  });

  test('ended: that the caller gave up', async () => {
    const { sentence, besides } = await whyOf('call', 'one');
    expect(sentence).toMatch(/because the caller gave up after [\d.]+ s in queue sales/);
    expect(besides.join(' ')).toContain('missed by Ann Archer (agent ann)');
  });

  test('waits', async () => {
    expect((await whyOf('call', 'two')).sentence).toMatch(/is queued since .* because it waits in queue sales/);
    await centre.happens(hungUp('two'));
    expect((await whyOf('call', 'two')).sentence).toContain('ended at');
  });
});

describe('why anything else is as it is', () => {
  test('is told by its newest record', async () => {
    const { sentence, chain } = await whyOf('queue', 'sales');
    expect(sentence).toMatch(/^centre\/queue\/sales is .* because of create, asked for by system:test via test\.$/);
    expect(chain).toHaveLength(1);
  });

  test('is not told of what is private or unknown', async () => {
    const view = centre.runtime.live;
    for (const [kind, id] of [
      ['credential', 'gws.ann'],
      ['agent', 'nobody'],
    ] as const)
      expect(await why(centre.runtime, view, { tenant: CENTRE, kind, id })).toBeUndefined();
  });
});
