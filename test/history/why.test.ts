import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Why, why } from '../../src/history/why.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Moment } from '../../src/model/runtime.ts';
import { aCall, answered, CENTRE, type Centre, hungUp, toAgent, toCall } from '../support/centre.ts';
import { givenBusyCentre } from './given.ts';

const CLOSES = { type: 'change', set: { isClosed: true } };
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
      /went into wrap-up at .* because call three of queue sales ended: the caller 19735550123 hung up; ready again at /,
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
    expect(besides.join(' ')).toContain('agent bob had it because the queue offered it');
    expect(chain.map(({ says }) => says)).toEqual(
      expect.arrayContaining([expect.stringContaining('it was offered to an agent (agent bob)')]),
    );
  });

  test('ended: that the caller gave up', async () => {
    const { sentence, besides } = await whyOf('call', 'one');
    expect(sentence).toMatch(/because the caller gave up after [\d.]+ s in queue sales/);
    expect(besides.join(' ')).toContain('missed by Ann Archer (agent ann)');
  });

  test('waits, how many do, and why no agent takes it', async () => {
    const { sentence, besides } = await whyOf('call', 'two');
    expect(sentence).toMatch(/is queued since .* because it waits in queue sales/);
    expect(besides).toContain(
      "It is number 1 of 1 there. Of the queue's 1 agent 0 can be offered a call, 0 are at work, 1 away, 0 signed out.",
    );
    await centre.happens(hungUp('two'));
    expect((await whyOf('call', 'two')).sentence).toContain('ended at');
  });
});

describe('why a call that goes on', () => {
  const talking = async (): Promise<void> => {
    await centre.happens(toAgent('bob', { type: 'setReady' }));
    await centre.happens(aCall('four', 'sales'));
    const target = { leg: 'four-2', number: '1bob', line: '1bob', agent: 'bob' };
    await centre.happens(toCall('four', { type: 'offer', target, ringMs: 20_000 }));
    await centre.happens(answered(centre.call('four')));
  };

  test('is talked in: who answered, and who is in it', async () => {
    await talking();
    expect((await whyOf('call', 'four')).sentence).toMatch(
      /is established since .* because agent bob answered; in it are the caller 19735550123 and agent bob\.$/,
    );
  });

  test('is held: who did it', async () => {
    await talking();
    await centre.happens(toCall('four', { type: 'hold', leg: 'four-2' }));
    expect((await whyOf('call', 'four')).sentence).toMatch(/is held since .* because agent bob put it on hold;/);
  });

  test('was sent on by a rule of its queue: which, and after how long', async () => {
    await centre.happens(aCall('five', 'sales'));
    await centre.wait(7_000);
    const target = { leg: 'five-2', number: '1ann', line: '1ann', agent: 'ann' };
    await centre.happens(toCall('five', { type: 'transferWaiting', target, why: 'noAgents' }));
    await centre.happens(toCall('five', { type: 'leg.ringing', leg: 'five-2' }));
    expect((await whyOf('call', 'five')).sentence).toMatch(
      /is ringing since .* because queue sales has nobody at work, and sent it on after 7 s; Ann Archer \(agent ann\) is being called\.$/,
    );
  });

  test('left an agent who transferred it: that is why he wraps up', async () => {
    await talking();
    const target = { leg: 'four-3', number: '1ann', line: '1ann', agent: 'ann' };
    await centre.happens(toCall('four', { type: 'blindTransfer', leg: 'four-2', target }));
    expect((await whyOf('agent', 'bob')).sentence).toMatch(
      /went into wrap-up at .* because call four of queue sales goes on without the agent, who transferred it;/,
    );
    const { sentence, besides } = await whyOf('call', 'four');
    expect(sentence).toContain('because agent bob transferred it;');
    expect(besides.join(' ')).toContain('agent bob had it');
  });
});

describe('why anything else is as it is', () => {
  test('is told by its newest record', async () => {
    const { sentence, chain } = await whyOf('queue', 'sales');
    expect(sentence).toMatch(/^Queue sales was created at .* because it was asked for by system:test via test\.$/);
    expect(chain).toHaveLength(1);
  });

  test('names what a change made of it, and nothing that stayed', async () => {
    await centre.happens({ to: { tenant: CENTRE, kind: 'queue', id: 'sales' }, event: CLOSES });
    expect((await whyOf('queue', 'sales')).sentence).toMatch(
      /^Queue sales was changed at .* by system:test via test: isClosed true\.$/,
    );
  });

  test('tells of a service how long it was to live and that it is over', async () => {
    const create = { type: 'create', configuration: 'basic', service: 'request-interaction', texts: {}, files: {} };
    await centre.happens({ to: { tenant: CENTRE, kind: 'service', id: 's1' }, event: { ...create, ttlMs: 3_600_000 } });
    expect((await whyOf('service', 's1')).sentence).toMatch(
      /^Service s1 \(request-interaction\) is active since .* asked for by system:test .*; its time to live of 1 h ends at /,
    );
    await centre.happens({
      to: { tenant: CENTRE, kind: 'service', id: 's1' },
      event: { type: 'setExpiration', ttlMs: 90_000 },
    });
    await centre.wait(90_000);
    const { sentence, chain } = await whyOf('service', 's1');
    expect(sentence).toMatch(/^Service s1 .* expired at .* because its time to live of 90 s \(set at .*\) was over\.$/);
    expect(chain).toHaveLength(3);
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
