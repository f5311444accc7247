/** What the host promises of one command, and of what it keeps in memory. */
import { describe, expect, test, vi } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { decode } from '../../src/log/codec.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import { chainsOf } from '../support/log-chains.ts';
import { givenHost, open, pay, put } from './given-host.ts';

describe('the host', () => {
  test('answers with the position and version of every record once they are stored', async () => {
    const { send } = givenHost();
    await send('a', open);
    const outcome = await send('a', put(5));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      repeated: false,
      receipt: { position: 2, records: [{ actor: { id: 'a' }, version: 2, position: 2 }] },
    });
  });

  test('commits a command that moves two actors as one', async () => {
    const { send, log, coins } = givenHost();
    await send('a', open);
    await send('b', open);
    await send('a', put(5));
    const outcome = await send('a', pay(2, 'b'));
    expect(outcome.kind === 'accepted' && outcome.receipt.records.map(({ position }) => position)).toEqual([4, 5]);
    const parts = log.records.slice(3).map((stored) => JSON.parse(Buffer.from(stored.payload).toString()).data);
    expect(parts.map(({ part }) => part)).toEqual([
      { number: 1, of: 2 },
      { number: 2, of: 2 },
    ]);
    expect(parts[1].cause.told).toBe('t/wallet/a@3');
    expect([coins('a'), coins('b')]).toEqual([3, 2]);
  });

  test('refuses the whole command when one of its tells is refused', async () => {
    const { send, log } = givenHost();
    await send('a', open);
    await send('a', put(5));
    const outcome = await send('a', pay(2, 'nobody'));
    expect(outcome).toMatchObject({ kind: 'rejected', rejection: { code: 'unknownActor', actor: { id: 'nobody' } } });
    expect(log.records).toHaveLength(2);
  });

  test('decides waiting commands on states that are not stored yet, and stores them in one batch', async () => {
    const batches: number[] = [];
    const { send, coins } = givenHost([], { onBatch: (entries) => batches.push(entries) });
    await Promise.all([send('a', open), send('a', put(1)), send('a', put(2)), send('a', put(3))]);
    expect(coins('a')).toBe(6);
    expect(batches.length).toBeLessThan(4);
  });

  test('answers a repeated command with the first receipt and one effect', async () => {
    const { send, coins } = givenHost();
    await send('a', open);
    const [first, second] = await Promise.all([send('a', put(5), { id: 'same' }), send('a', put(5), { id: 'same' })]);
    const third = await send('a', put(5), { id: 'same' });
    expect(second).toEqual({ ...first, repeated: true });
    expect(third).toEqual({ ...first, repeated: true });
    expect(coins('a')).toBe(5);
  });

  test('refuses what is not in the schema, and events of the machine itself', async () => {
    const { send, log } = givenHost();
    await send('a', open);
    for (const event of [
      { type: 'put', amount: -1 },
      { type: 'fly' },
      { type: 'xstate.stop' },
      { type: 'timer', timer: 'x', armed: 1 },
    ]) {
      expect(await send('a', event)).toMatchObject({ kind: 'rejected', rejection: { code: 'badEvent' } });
    }
    expect(log.records).toHaveLength(1);
  });

  test('refuses a record that would exceed its size', async () => {
    const { send, log } = givenHost();
    await send('a', open);
    const outcome = await send('a', { type: 'put', amount: 1, note: 'x'.repeat(70_000) });
    expect(outcome).toMatchObject({ kind: 'rejected', rejection: { code: 'tooLarge' } });
    expect(log.records).toHaveLength(1);
  });

  test('never lets the time of an actor run backwards', async () => {
    const { send, tick } = givenHost();
    await send('a', open);
    tick(-500);
    const outcome = await send('a', put(1));
    expect(outcome.kind === 'accepted' && outcome.receipt.time).toBe('1970-01-01T00:00:01.000Z');
  });

  test('does not wait for a time that a record has from a clock that was wrong, nor takes others there', async () => {
    const { send, tick } = givenHost();
    const timeOf = async (id: string, event: MachineEvent) => {
      const outcome = await send(id, event);
      return outcome.kind === 'accepted' && Date.parse(outcome.receipt.time);
    };
    tick(7_200_000);
    await send('a', open);
    await send('a', put(9));
    tick(-7_200_000);
    expect(await timeOf('b', open)).toBe(1_000);
    expect(await timeOf('a', pay(1, 'b'))).toBe(1_000);
    tick(-1_000);
    expect(await timeOf('a', pay(1, 'b'))).toBe(1_000);
  });

  test('says overloaded when too many commands wait', async () => {
    const { send } = givenHost([], { waitingCommandsMax: 1 });
    const first = send('a', open);
    await expect(send('b', open)).rejects.toMatchObject({ code: 'overloaded' });
    await first;
  });

  test('lets one tenant have half of the places, so that the others are still served', async () => {
    const { send } = givenHost([], { waitingCommandsMax: 4 });
    const waiting = [send('a', open), send('b', open)];
    await expect(send('c', open)).rejects.toMatchObject({ code: 'overloaded', details: { tenant: 't' } });
    waiting.push(send('d', open, { tenant: 'other' }));
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect((await send('c', open)).kind).toBe('accepted');
  });
});

test('a command that nothing should be stored of now is refused with the reason, and taken when it may be', async () => {
  let problem: LedgerlineError | undefined = new LedgerlineError('unavailable', 'the disk is full');
  const { send, log } = givenHost([], { hindrance: () => problem });
  await expect(send('a', open)).rejects.toBe(problem);
  expect(log.records).toEqual([]);
  problem = undefined;
  expect((await send('a', open)).kind).toBe('accepted');
});

describe('an actor that nobody here has heard of', () => {
  test('is taken for unborn, and the log is not asked', async () => {
    const { send, log } = givenHost();
    const last = vi.spyOn(log, 'last');
    expect(await send('a', open)).toMatchObject({ kind: 'accepted', receipt: { position: 1 } });
    expect(last).not.toHaveBeenCalled();
  });

  test('and that another wrote meanwhile, is looked for in the log when the first batch meets it', async () => {
    const { send, log, history, coins, options } = givenHost();
    const other = givenHost([], { log, chains: chainsOf(log), mintId: () => 'zombie' });
    await other.send('a', open, { id: 'zombie-open' });
    await log.append([{ subject: 'evt.t.wallet.b', payload: Buffer.from('junk'), expected: 0 }]);
    vi.spyOn(options.chains, 'endOf').mockResolvedValueOnce(undefined);
    expect(await send('a', open)).toMatchObject({ kind: 'rejected', rejection: { actor: { id: 'a' } } });
    expect(await send('b', open)).toMatchObject({ kind: 'accepted' });
    expect(await send('a', put(3))).toMatchObject({ kind: 'accepted' });
    expect(history()).toEqual(['a@1 open', 'junk', 'b@1 open', 'a@2 put']);
    expect(coins('a')).toBe(3);
  });

  test('because there was no room to keep it, is waited for until the read side knows it', async () => {
    const { send, options } = givenHost([], { cachedActorsMax: 1 });
    const endOf = vi.spyOn(options.chains, 'endOf');
    await send('a', open);
    await send('b', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { records: [{ version: 2 }] } });
    expect(endOf.mock.calls.map(([{ id }, seen]) => `${id} ${seen}`)).toEqual(['a 0', 'b 0', 'a 1', 'a 1']);
  });
});

test.each(['before', 'after'])(
  'a command that is projected %s its acknowledgement is left to the projection',
  async (when) => {
    const projected = () => {
      for (const stored of log.records) {
        const decoded = decode(stored);
        if (decoded.kind === 'record') host.observe(decoded.record);
      }
    };
    const { host, send, log, coins } = givenHost([], { onBatch: () => when === 'before' && projected() });
    await send('a', open);
    await send('a', put(5), { id: 'same' });
    if (when === 'after') projected();
    // A host of this kind has no projection to ask, so nobody has heard of it any more.
    expect(await send('a', put(5), { id: 'same' })).toMatchObject({ kind: 'accepted', repeated: false });
    expect(coins('a')).toBe(10);
  },
);

test('actors that have ended make room for those that live, and are found in the log when something comes for them', async () => {
  const { host, send, options } = givenHost([], { cachedActorsMax: 1_000_000 });
  const nobodyYet = vi.spyOn(options.chains, 'endOf').mockResolvedValue(undefined);
  const ids = Array.from({ length: 5_000 }, (_, index) => `w${index}`);
  await send('living', open);
  for (const id of ids) {
    await send(id, open);
    await send(id, { type: 'close' });
  }
  expect(host.cached).toBeLessThan(ids.length);
  nobodyYet.mockRestore();
  expect(await send('w0', put(1))).toMatchObject({ kind: 'rejected', rejection: { code: 'finished' } });
  expect(await send('living', put(1))).toMatchObject({ kind: 'accepted', receipt: { records: [{ version: 2 }] } });
});
