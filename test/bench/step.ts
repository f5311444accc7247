/** One step of an agent, without log or I/O: a working day in events, over and over. */
import { agentKind } from '../../machines/agent/machine.ts';
import { type Live, stepperOf } from '../../src/actors/step.ts';
import { type Bench, median, perSecond } from './table.ts';

const EVENTS = 200_000;
const ROUNDS = 5;

const DAY = [
  { type: 'setReady', signIn: true },
  { type: 'offer', call: 'c', queue: 'q' },
  { type: 'leg.ringing', call: 'c', leg: 'l' },
  { type: 'leg.talking', call: 'c', leg: 'l' },
  { type: 'leg.held', call: 'c', leg: 'l' },
  { type: 'leg.retrieved', call: 'c', leg: 'l' },
  { type: 'leg.ended', call: 'c', leg: 'l' },
  { type: 'setAway', reason: { name: 'Coffee' } },
  { type: 'setReady' },
  { type: 'signOut' },
] as const;

export const bench: Bench = async () => {
  const stepper = stepperOf(agentKind);
  const self = { tenant: 't', kind: 'agent', id: 'a' };
  const run = (count: number): number => {
    const born = stepper.step(stepper.initial, { type: 'create', line: '100' }, 1, 0, self);
    if (born.kind !== 'moved') throw new Error('the agent is not born');
    let live: Live = born.live;
    const began = process.cpuUsage();
    for (let index = 0; index < count; index += 1) {
      const event = DAY[index % DAY.length] ?? DAY[0];
      const result = stepper.step(live, event, index + 2, index, self);
      if (result.kind !== 'moved') throw new Error(`${event.type} was not taken: ${JSON.stringify(result)}`);
      live = result.live;
    }
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  run(EVENTS / 10);
  const ms = median(Array.from({ length: ROUNDS }, () => run(EVENTS)));
  return [{ what: 'agent events stepped, one core', figure: perSecond(EVENTS, ms), aim: '>= 50,000/s' }];
};
