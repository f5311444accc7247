/** The host when the log says no, or nothing: somebody else wrote, or the answer was lost. */
import { describe, expect, test, vi } from 'vitest';
import { isFailure, LedgerlineError } from '../../src/errors.ts';
import { decode, encode } from '../../src/log/codec.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import { chainsOf } from '../support/log-chains.ts';
import { givenHost, open, pay, put } from './given-host.ts';

describe('another writer', () => {
  /** What a zombie process would store: a valid next record of the actor. */
  async function zombiePut(log: MemoryLog, id: string, amount: number) {
    const other = givenHost([], { log, chains: chainsOf(log), mintId: () => `zombie-${amount}` });
    await other.send(id, put(amount), { id: `zombie-${amount}` });
  }

  test('makes the command be decided again on what the other left', async () => {
    const { send, log, coins, history } = givenHost();
    await send('a', open);
    await zombiePut(log, 'a', 10);
    await send('a', put(1));
    expect(coins('a')).toBe(11);
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'a@3 put']);
  });

  test('in the middle of a chain of waiting commands: all that was decided on the lost states is decided again', async () => {
    const { send, log, coins, history } = givenHost();
    await Promise.all([send('a', open), send('b', open), send('c', open)]);
    await send('a', put(5));
    await zombiePut(log, 'b', 100);
    // a pays b, b pays c out of that, c pays it back: the first rests on a stale b, the others on what it led to.
    const outcomes = await Promise.all([send('a', pay(5, 'b')), send('b', pay(5, 'c')), send('c', pay(5, 'a'))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect([coins('a'), coins('b'), coins('c')]).toEqual([5, 100, 0]);
    expect(new Set(history()).size).toBe(history().length);
  });

  test('junk on a subject is stepped over: the last valid record stays the state', async () => {
    const { send, log, coins, history } = givenHost();
    await send('a', open);
    await send('a', put(4));
    await log.append([{ subject: 'evt.t.wallet.a', payload: Buffer.from('{"not":"a record"}'), expected: 2 }]);
    await send('a', put(1));
    expect(coins('a')).toBe(5);
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'junk', 'a@3 put']);
  });

  test('a forged record that breaks the chain is junk too', async () => {
    const { send, log, coins } = givenHost();
    await send('a', open);
    const decoded = decode(log.records[0] ?? { position: 0, subject: '', payload: Buffer.of() });
    if (decoded.kind === 'junk') throw new Error(decoded.reason);
    const { transition } = decoded.record;
    const forged = {
      ...transition,
      data: { ...transition.data, version: 2, prev: 'f'.repeat(64), state: { context: { coins: 999 } } },
    };
    await log.append([{ subject: 'evt.t.wallet.a', payload: encode(forged), expected: 1 }]);
    await send('a', put(1));
    expect(coins('a')).toBe(1);
  });

  test('leaves no refusal standing that rested on a state which never came to be', async () => {
    const { send, log } = givenHost();
    await send('a', open);
    await send('b', open);
    await send('a', put(5));
    await zombiePut(log, 'a', 5);
    const [first, second] = await Promise.all([send('a', pay(5, 'b')), send('a', pay(5, 'b'))]);
    expect([first.kind, second.kind]).toEqual(['accepted', 'accepted']);
  });
});

describe('a lost acknowledgement', () => {
  test('of a stored batch is resolved by reading back: answered once, stored once, with something acknowledged behind', async () => {
    const { send, history } = givenHost([undefined, 'stored']);
    await send('a', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { position: 2 } });
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'log@1 seal']);
  });

  test('of a batch that was never stored is sent again, unchanged', async () => {
    const { send, history } = givenHost([undefined, 'lost', 'lost']);
    await send('a', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { position: 2 } });
    expect(history()).toEqual(['a@1 open', 'a@2 put']);
  });

  test('that stays unresolved tells its callers so, takes no other command, and repeats give the one receipt', async () => {
    let reachable = true;
    const { send, log, coins, host } = givenHost([undefined, 'stored']);
    const outcomeOf = log.outcomeOf.bind(log);
    log.outcomeOf = (entries) =>
      reachable ? outcomeOf(entries) : Promise.reject(new LedgerlineError('unavailable', 'down'));
    await send('a', open);
    reachable = false;
    const doubtful = await send('a', put(1), { id: 'x' }).catch((error: unknown) => error);
    expect(isFailure(doubtful, 'outcomeUnknown')).toBe(true);
    await expect(send('a', put(2))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(send('a', put(1), { id: 'x' })).rejects.toMatchObject({ code: 'outcomeUnknown' });
    reachable = true;
    await host.drain();
    expect(coins('a')).toBe(1);
  });

  test('refuses what was taken before and can be decided only now, instead of keeping it behind the doubt', async () => {
    let reachable = true;
    const { send, log, host, options } = givenHost([undefined, 'stored']);
    const outcomeOf = log.outcomeOf.bind(log);
    log.outcomeOf = (entries) =>
      reachable ? outcomeOf(entries) : Promise.reject(new LedgerlineError('unavailable', 'down'));
    await send('a', open);
    reachable = false;
    const heard = Promise.withResolvers<undefined>();
    vi.spyOn(options.chains, 'endOf').mockReturnValueOnce(heard.promise);
    const doubtful = send('a', put(1));
    const waiting = send('b', open);
    await expect(doubtful).rejects.toMatchObject({ code: 'outcomeUnknown' });
    heard.resolve(undefined);
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    reachable = true;
    await host.drain();
    expect(await givenHost([], { log, chains: chainsOf(log), mintId: () => 'later' }).send('b', open)).toMatchObject({
      kind: 'accepted',
    });
  });

  test('before anything was sent refuses everything that waited, and nothing is recorded', async () => {
    const { send, log } = givenHost([undefined, 'unavailable']);
    await send('a', open);
    const answers = await Promise.allSettled([send('a', put(1)), send('a', put(2))]);
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(log.records).toHaveLength(1);
    expect(await send('a', put(3))).toMatchObject({ kind: 'accepted', receipt: { records: [{ version: 2 }] } });
  });
});
