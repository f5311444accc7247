import { describe, expect, test } from 'vitest';
import { InTurn, Lanes } from '../../src/model/turns.ts';

test('work in turn does not overlap, and goes on after a failure', async () => {
  const turns = new InTurn();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.run(() => gate.promise.then(() => Promise.reject(new Error('no'))));
  const second = turns.run(async () => done.push('second'));
  first.catch(() => done.push('first failed'));
  gate.resolve();
  await turns.idle();
  await second;
  expect(done).toEqual(['first failed', 'second']);
});

describe('lanes', () => {
  test('keep the order within one, and hold up no other', async () => {
    const lanes = new Lanes();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lanes.run('a', () => gate.promise.then(() => done.push('a1')));
    const second = lanes.run('a', async () => done.push('a2'));
    await lanes.run('b', async () => done.push('b1'));
    gate.resolve();
    await Promise.all([first, second]);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  test('go on after a failure, and are forgotten when empty', async () => {
    const lanes = new Lanes();
    const failed = lanes.run('a', () => Promise.reject(new Error('no')));
    expect(await lanes.run('a', async () => 'yes')).toBe('yes');
    await expect(failed).rejects.toThrow('no');
    await lanes.idle('a');
    expect(lanes.busy).toBe(false);
  });
});
