/** In which order commands are decided that come at once. */
import { describe, expect, test, vi } from 'vitest';
import type { HostOptions } from '../../src/actors/host.ts';
import { LedgerlineError } from '../../src/errors.ts';
import { chainsOf } from '../support/log-chains.ts';
import { amounts, givenHost, open, put } from './given-host.ts';

describe('commands for the same actor, submitted at once', () => {
  /** Hearing of these actors takes so many turns of the loop; gives who was asked for. */
  function slowly({ chains }: HostOptions, turns: Readonly<Record<string, number>>) {
    const endOf = chains.endOf.bind(chains);
    const asked: string[] = [];
    vi.spyOn(chains, 'endOf').mockImplementation(async (actor, seen) => {
      asked.push(actor.id);
      for (let turn = turns[actor.id] ?? 0; turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
      return endOf(actor, seen);
    });
    return asked;
  }
  const wallet = (id: string) => ({ tenant: 't', kind: 'wallet', id });

  test('are decided in their order, though another actor of the first must be loaded', async () => {
    const { send, log, options } = givenHost();
    await send('a', open);
    slowly(options, { b: 5 });
    const first = send('a', put(1), {
      deliveries: [
        { to: wallet('b'), event: open },
        { to: wallet('a'), event: put(1) },
      ],
    });
    await Promise.all([first, send('a', put(2)), send('a', put(3))]);
    expect(amounts(log, 'a')).toEqual([undefined, 1, 2, 3]);
  });

  test('are decided in their order, though the actors of the second are loaded sooner', async () => {
    const { send, log, options } = givenHost();
    slowly(options, { b: 9, c: 1 });
    const begin = send('a', open, {
      deliveries: [
        { to: wallet('b'), event: open },
        { to: wallet('a'), event: open },
      ],
    });
    const goOn = send('a', put(1), {
      deliveries: [
        { to: wallet('c'), event: open },
        { to: wallet('a'), event: put(1) },
      ],
    });
    const outcomes = await Promise.all([begin, goOn, send('a', put(2))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(amounts(log, 'a')).toEqual([undefined, 1, 2]);
  });

  test('stay behind those that are decided again', async () => {
    const { send, log, options } = givenHost();
    await send('a', open);
    await givenHost([], { log, chains: chainsOf(log), mintId: () => 'zombie' }).send('a', put(100), { id: 'zombie' });
    slowly(options, { a: 5 });
    const conflicted = [send('a', put(1)), send('a', put(2))];
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([...conflicted, send('a', put(3))]);
    expect(amounts(log, 'a')).toEqual([undefined, 100, 1, 2, 3]);
  });

  test('are decided again in their order, though the first meets a second conflict before the others are decided', async () => {
    const { send, log, options } = givenHost();
    await Promise.all(['a', 'c', 'd'].map((id) => send(id, open)));
    slowly(options, { c: 10, d: 20 });
    vi.spyOn(log, 'append').mockResolvedValueOnce({ kind: 'conflict' }).mockResolvedValueOnce({ kind: 'conflict' });
    const first = send('a', put(1), {
      deliveries: [
        { to: wallet('a'), event: put(1) },
        { to: wallet('d'), event: put(1) },
      ],
    });
    const outcomes = await Promise.all([first, send('c', put(2)), send('a', put(3))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(amounts(log, 'a')).toEqual([undefined, 1, 3]);
  });

  test('share one reading of it', async () => {
    const { send, options } = givenHost();
    const asked = slowly(options, { a: 2 });
    await Promise.all([
      send('a', open),
      send('a', put(1)),
      send('b', open, { deliveries: [{ to: wallet('a'), event: put(2) }] }),
    ]);
    expect(asked).toEqual(['a']);
  });

  test('go on when the one ahead of them cannot be decided', async () => {
    const { send, coins, options } = givenHost();
    await send('a', open);
    vi.spyOn(options.chains, 'endOf').mockRejectedValue(new LedgerlineError('unavailable', 'down'));
    const first = send('a', put(1), {
      deliveries: [
        { to: wallet('b'), event: open },
        { to: wallet('a'), event: put(1) },
      ],
    });
    const second = send('a', put(2));
    await expect(first).rejects.toMatchObject({ code: 'unavailable' });
    expect(await second).toMatchObject({ kind: 'accepted' });
    expect(coins('a')).toBe(2);
  });
});

describe('more commands at once than are decided in a turn of the loop', () => {
  const many = Array.from({ length: 100 }, (_, index) => index + 1);

  test('are stored in their order, of each actor', async () => {
    const { send, host, log } = givenHost();
    const opened = many.map((each) => send(`w${each}`, open));
    const paid = many.map((each) => send('w1', put(each)));
    expect(host.waiting).toBe(200);
    const outcomes = await Promise.all([...opened, ...paid]);
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(amounts(log, 'w1')).toEqual([undefined, ...many]);
  });

  test('and repeated before the first was decided have one effect', async () => {
    const { send, log } = givenHost();
    const once = many.map((each) => send(`w${each}`, open, { id: `id${each}` }));
    const again = many.map((each) => send(`w${each}`, open, { id: `id${each}` }));
    const receipts = (await Promise.all(once)).map((outcome) => ({ ...outcome, repeated: true }));
    expect(await Promise.all(again)).toEqual(receipts);
    expect(log.records).toHaveLength(100);
  });

  test('count among those that wait', async () => {
    const { send, host } = givenHost([], { waitingCommandsMax: 100 });
    const taken = many.slice(0, 50).map((each) => send(`w${each}`, open));
    await expect(send('w51', open)).rejects.toMatchObject({ code: 'overloaded' });
    await Promise.all(taken);
    expect(host.waiting).toBe(0);
  });

  test('are settled before the host is drained, and nothing is taken after them', async () => {
    const { send, host, log } = givenHost();
    const taken = many.map((each) => send(`w${each}`, open));
    const drained = host.drain();
    await expect(send('late', open)).rejects.toMatchObject({ code: 'unavailable' });
    await drained;
    expect(log.records).toHaveLength(100);
    expect((await Promise.all(taken)).every(({ kind }) => kind === 'accepted')).toBe(true);
  });

  test('are not decided any more once the host is stopped', async () => {
    const { send, host, log } = givenHost();
    const answers = Promise.allSettled(many.map((each) => send(`w${each}`, open)));
    const lost = new LedgerlineError('alreadyRunning', 'another process writes');
    host.stop(lost);
    const refused = (await answers).flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(new Set(refused)).toEqual(new Set([lost]));
    expect(log.records).toHaveLength(100 - refused.length);
    expect(host.waiting).toBe(0);
  });

  test('stay behind those that are decided again', async () => {
    const { send, log } = givenHost();
    await send('a', open);
    vi.spyOn(log, 'append').mockResolvedValueOnce({ kind: 'conflict' });
    await Promise.all(many.map((each) => send(each % 2 === 0 ? 'a' : `w${each}`, each % 2 === 0 ? put(each) : open)));
    expect(amounts(log, 'a')).toEqual([undefined, ...many.filter((each) => each % 2 === 0)]);
    expect(log.records).toHaveLength(101);
  });
});
