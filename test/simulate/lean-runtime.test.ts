/** The lean runtime is the whole one without its weight: the same commands lead to the same states. */
import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import type { Command } from '../../src/model/command.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { LeanRuntime } from '../../src/simulate/lean-runtime.ts';
import { VirtualTime } from '../../src/simulate/virtual-time.ts';
import { aCall, anAgent, CENTRE, givenCentre, hungUp, toAgent, toCall } from '../support/centre.ts';
import { WORLD_START_MS } from '../support/world.ts';

const target = { leg: 'a-2', number: '1ann', line: '1ann', agent: 'ann' };
const DAY = [
  anAgent('ann', { wrapUpMs: 5_000 }),
  aCall('a', 'q'),
  toCall('a', { type: 'offer', target, ringMs: 9_000 }),
  toAgent('ann', { type: 'offer', call: 'b', queue: 'q' }),
  toCall('a', { type: 'leg.ringing', leg: 'a-2' }),
  toCall('a', { type: 'leg.answered', leg: 'a-2' }),
  hungUp('a'),
  toAgent('ann', { type: 'setDnd', on: true }),
];

function shown({ actor, transition }: LoggedTransition) {
  const { version, event, from, to, state } = transition.data;
  return { id: actor.id, version, event, from, to, state };
}

test('records, refusals and timers are those of the whole runtime', async () => {
  const commands = DAY.map((delivery, index): Command => {
    return { id: `day-${index}`, tenant: CENTRE, by: 'system:test', via: 'test', deliveries: [delivery] };
  });

  const time = new VirtualTime(WORLD_START_MS);
  const lean = new LeanRuntime(kinds, time);
  const light: LoggedTransition[] = [];
  lean.follow({ after: 0, deliver: (records) => void light.push(...records) });
  const lightAnswers = commands.map((command) => lean.take(command).kind);
  while (time.next());

  const centre = await givenCentre();
  const whole: LoggedTransition[] = [];
  centre.runtime.follow({ after: 0, deliver: (records) => void whole.push(...records) });
  const answers: string[] = [];
  for (const command of commands) answers.push((await centre.runtime.submit(command)).kind);
  await centre.wait(10_000);
  await centre.close();

  expect(lightAnswers).toEqual(answers);
  expect(answers).toContain('rejected');
  expect(light.map(shown)).toEqual(whole.map(shown));
  expect(light.map(({ position }) => position)).toEqual(whole.map(({ position }) => position));
});
