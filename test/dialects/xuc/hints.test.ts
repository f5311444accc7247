/** What is told of telephones as they come, go and move, however many numbers were asked for. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDemo } from '../../../src/demo/load.ts';
import { PhoneHints } from '../../../src/dialects/xuc/hints.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { givenWorld, type World } from '../../support/world.ts';

let world: World;
let hints: PhoneHints;
let told: [string, number][];

beforeEach(async () => {
  world = await givenWorld();
  await loadDemo(world.runtime, world.hasher);
  hints = new PhoneHints(world.runtime.live);
  told = [];
  hints.listen((_, number, status) => told.push([number, status]));
  world.runtime.follow({
    after: 'now',
    deliver: (records) => {
      for (const record of records) hints.observe(record);
    },
  });
});
afterEach(() => world.close());

const extension = (id: string) => ({ tenant: 'avencall', kind: 'extension', id });
const renumbered = (id: string, number: string) =>
  world.record('avencall', { to: extension(id), event: { type: 'change', set: { number } } });
const created = (number: string) =>
  world.record('avencall', { to: extension(number), event: { type: 'create', attributes: { number } } });
const status = (number: string) => hints.statusOf('avencall', number);

test('a telephone that moves to another number is gone from the one it had, and comes back to it', async () => {
  expect(['1059', '1099'].map(status)).toEqual([0, -2]);
  await renumbered('1059', '1099');
  expect(told.splice(0)).toEqual([
    ['1059', -2],
    ['1099', 0],
  ]);
  expect(['1059', '1099'].map(status)).toEqual([-2, 0]);
  await renumbered('1059', '1059');
  expect(told.splice(0)).toEqual([
    ['1099', -2],
    ['1059', 0],
  ]);
});

test('a telephone has one number for all that it does', async () => {
  const toCall = (id: string, event: MachineEvent) =>
    world.record('avencall', { to: { tenant: 'avencall', kind: 'call', id }, event });
  const at = (leg: string, number: string, agent: string) => ({ leg, number, line: number, agent });
  const [bruce, john] = [at('bruce', '1059', 'bruce'), at('john', '1101', 'john')];
  await toCall('c', { type: 'originate', direction: 'internal', to: '1101', caller: bruce, target: john });
  await toCall('c', { type: 'leg.ringing', leg: 'john' });
  expect(['1059', '1101'].map(status)).toEqual([1, 8]);
  await toCall('c', { type: 'leg.answered', leg: 'john' });
  expect(['1059', '1101'].map(status)).toEqual([2, 2]);
  const again = at('again', '1101', 'john');
  await toCall('d', {
    type: 'originate',
    direction: 'internal',
    to: '1101',
    caller: at('alice', '1058', 'alicej'),
    target: again,
  });
  await toCall('d', { type: 'leg.ringing', leg: 'again' });
  expect(status('1101')).toBe(9);
  await toCall('c', { type: 'hold', leg: 'bruce' });
  expect(status('1059')).toBe(16);
});

test('a telephone is told of when it comes and when it goes', async () => {
  expect(status('1501')).toBe(-2);
  await created('1501');
  await world.record('avencall', { to: extension('1501'), event: { type: 'remove' } });
  expect(told).toEqual([
    ['1501', 0],
    ['1501', -2],
  ]);
  expect(hints.changesIn('avencall')).toBe(2);
});

test('a telephone is watched on, however many numbers of elsewhere are asked for', async () => {
  expect([status('1101'), status('1501')]).toEqual([0, -2]);
  for (let number = 0; number <= 100_000; number += 1) status(`06${number}`);
  await world.record('avencall', { to: extension('1101'), event: { type: 'remove' } });
  await created('1501');
  expect(told).toEqual([
    ['1101', -2],
    ['1501', 0],
  ]);
});
