import { describe, expect, test, vi } from 'vitest';
import { sealKind } from '../../machines/seal/machine.ts';
import { Host, type HostOptions } from '../../src/actors/host.ts';
import { isFailure, LedgerlineError } from '../../src/errors.ts';
import { decode, encode } from '../../src/log/codec.ts';
import { type AppendFault, MemoryLog } from '../../src/log/memory-log.ts';
import type { Command, MachineEvent, Outcome } from '../../src/model/command.ts';
import { chainsOf } from '../support/log-chains.ts';
import { toyKinds } from '../support/toy-kinds.ts';

/** Time that passes while nothing waits: a turn of the event loop for each ms. */
async function turnsOfTheLoop(ms: number): Promise<void> {
  for (let turn = 0; turn < ms; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function given(faults: (AppendFault | undefined)[] = [], overrides: Partial<HostOptions> = {}) {
  let now = 1_000;
  let minted = 0;
  const log = new MemoryLog({ id: 'test', now: () => now, fault: () => faults.shift() });
  const options: HostOptions = {
    log,
    kinds: new Map([...toyKinds, [sealKind.name, sealKind]]),
    clock: { now: () => now, at: () => () => undefined },
    chains: chainsOf(log),
    past: { receiptOf: () => undefined },
    mintId: () => `id-${++minted}`,
    pause: turnsOfTheLoop,
    cachedActorsMax: 100,
    waitingCommandsMax: 1_000,
    batchBytesMax: 1_000_000,
    settleRetryMs: 1,
    doubtMsMax: 20,
    ...overrides,
  };
  const host = new Host(options);
  let sent = 0;
  const send = (id: string, event: MachineEvent, command: Partial<Command> = {}): Promise<Outcome> =>
    host.submit({
      id: `c${++sent}`,
      tenant: 't',
      by: 'user:test',
      via: 'test',
      deliveries: [{ to: { tenant: 't', kind: 'wallet', id }, event }],
      ...command,
    });
  const history = () =>
    log.records.map((stored) => {
      const decoded = decode(stored);
      return decoded.kind === 'record'
        ? `${decoded.record.actor.id}@${decoded.record.transition.data.version} ${decoded.record.transition.data.event.type}`
        : 'junk';
    });
  const coins = (id: string) => {
    const stored = log.records.filter(({ subject }) => subject === `evt.t.wallet.${id}`).at(-1);
    const decoded = stored === undefined ? undefined : decode(stored);
    return decoded?.kind === 'record' ? decoded.record.transition.data.state.context.coins : undefined;
  };
  return { log, host, send, history, coins, options, tick: (ms: number) => (now += ms) };
}

/** Of what was stored of an actor, in order. */
function amounts(log: MemoryLog, id: string): unknown[] {
  return log.records
    .filter(({ subject }) => subject === `evt.t.wallet.${id}`)
    .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()).data.event.amount);
}

const open = { type: 'open' };
const put = (amount: number) => ({ type: 'put', amount });
const pay = (amount: number, to: string) => ({ type: 'pay', amount, to });

describe('the host', () => {
  test('answers with the position and version of every record once they are stored', async () => {
    const { send } = given();
    await send('a', open);
    const outcome = await send('a', put(5));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      repeated: false,
      receipt: { position: 2, records: [{ actor: { id: 'a' }, version: 2, position: 2 }] },
    });
  });

  test('commits a command that moves two actors as one', async () => {
    const { send, log, coins } = given();
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
    const { send, log } = given();
    await send('a', open);
    await send('a', put(5));
    const outcome = await send('a', pay(2, 'nobody'));
    expect(outcome).toMatchObject({ kind: 'rejected', rejection: { code: 'unknownActor', actor: { id: 'nobody' } } });
    expect(log.records).toHaveLength(2);
  });

  test('decides waiting commands on states that are not stored yet, and stores them in one batch', async () => {
    const batches: number[] = [];
    const { send, coins } = given([], { onBatch: (entries) => batches.push(entries) });
    await Promise.all([send('a', open), send('a', put(1)), send('a', put(2)), send('a', put(3))]);
    expect(coins('a')).toBe(6);
    expect(batches.length).toBeLessThan(4);
  });

  test('answers a repeated command with the first receipt and one effect', async () => {
    const { send, coins } = given();
    await send('a', open);
    const [first, second] = await Promise.all([send('a', put(5), { id: 'same' }), send('a', put(5), { id: 'same' })]);
    const third = await send('a', put(5), { id: 'same' });
    expect(second).toEqual({ ...first, repeated: true });
    expect(third).toEqual({ ...first, repeated: true });
    expect(coins('a')).toBe(5);
  });

  test('refuses what is not in the schema, and events of the machine itself', async () => {
    const { send, log } = given();
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
    const { send, log } = given();
    await send('a', open);
    const outcome = await send('a', { type: 'put', amount: 1, note: 'x'.repeat(70_000) });
    expect(outcome).toMatchObject({ kind: 'rejected', rejection: { code: 'tooLarge' } });
    expect(log.records).toHaveLength(1);
  });

  test('never lets the time of an actor run backwards', async () => {
    const { send, tick } = given();
    await send('a', open);
    tick(-500);
    const outcome = await send('a', put(1));
    expect(outcome.kind === 'accepted' && outcome.receipt.time).toBe('1970-01-01T00:00:01.000Z');
  });

  test('says overloaded when too many commands wait', async () => {
    const { send } = given([], { waitingCommandsMax: 1 });
    const first = send('a', open);
    await expect(send('b', open)).rejects.toMatchObject({ code: 'overloaded' });
    await first;
  });

  test('lets one tenant have half of the places, so that the others are still served', async () => {
    const { send } = given([], { waitingCommandsMax: 4 });
    const waiting = [send('a', open), send('b', open)];
    await expect(send('c', open)).rejects.toMatchObject({ code: 'overloaded', details: { tenant: 't' } });
    waiting.push(send('d', open, { tenant: 'other' }));
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect((await send('c', open)).kind).toBe('accepted');
  });
});

test('a command that nothing should be stored of now is refused with the reason, and taken when it may be', async () => {
  let problem: LedgerlineError | undefined = new LedgerlineError('unavailable', 'the disk is full');
  const { send, log } = given([], { hindrance: () => problem });
  await expect(send('a', open)).rejects.toBe(problem);
  expect(log.records).toEqual([]);
  problem = undefined;
  expect((await send('a', open)).kind).toBe('accepted');
});

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
    const { send, log, options } = given();
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
    const { send, log, options } = given();
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
    const { send, log, options } = given();
    await send('a', open);
    await given([], { log, chains: chainsOf(log), mintId: () => 'zombie' }).send('a', put(100), { id: 'zombie' });
    slowly(options, { a: 5 });
    const conflicted = [send('a', put(1)), send('a', put(2))];
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([...conflicted, send('a', put(3))]);
    expect(amounts(log, 'a')).toEqual([undefined, 100, 1, 2, 3]);
  });

  test('are decided again in their order, though the first meets a second conflict before the others are decided', async () => {
    const { send, log, options } = given();
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
    const { send, options } = given();
    const asked = slowly(options, { a: 2 });
    await Promise.all([
      send('a', open),
      send('a', put(1)),
      send('b', open, { deliveries: [{ to: wallet('a'), event: put(2) }] }),
    ]);
    expect(asked).toEqual(['a']);
  });

  test('go on when the one ahead of them cannot be decided', async () => {
    const { send, coins, options } = given();
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
    const { send, host, log } = given();
    const opened = many.map((each) => send(`w${each}`, open));
    const paid = many.map((each) => send('w1', put(each)));
    expect(host.waiting).toBe(200);
    const outcomes = await Promise.all([...opened, ...paid]);
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(amounts(log, 'w1')).toEqual([undefined, ...many]);
  });

  test('and repeated before the first was decided have one effect', async () => {
    const { send, log } = given();
    const once = many.map((each) => send(`w${each}`, open, { id: `id${each}` }));
    const again = many.map((each) => send(`w${each}`, open, { id: `id${each}` }));
    const receipts = (await Promise.all(once)).map((outcome) => ({ ...outcome, repeated: true }));
    expect(await Promise.all(again)).toEqual(receipts);
    expect(log.records).toHaveLength(100);
  });

  test('count among those that wait', async () => {
    const { send, host } = given([], { waitingCommandsMax: 100 });
    const taken = many.slice(0, 50).map((each) => send(`w${each}`, open));
    await expect(send('w51', open)).rejects.toMatchObject({ code: 'overloaded' });
    await Promise.all(taken);
    expect(host.waiting).toBe(0);
  });

  test('are settled before the host is drained, and nothing is taken after them', async () => {
    const { send, host, log } = given();
    const taken = many.map((each) => send(`w${each}`, open));
    const drained = host.drain();
    await expect(send('late', open)).rejects.toMatchObject({ code: 'unavailable' });
    await drained;
    expect(log.records).toHaveLength(100);
    expect((await Promise.all(taken)).every(({ kind }) => kind === 'accepted')).toBe(true);
  });

  test('are not decided any more once the host is stopped', async () => {
    const { send, host, log } = given();
    const answers = Promise.allSettled(many.map((each) => send(`w${each}`, open)));
    const lost = new LedgerlineError('alreadyRunning', 'another process writes');
    host.stop(lost);
    const refused = (await answers).flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(new Set(refused)).toEqual(new Set([lost]));
    expect(log.records).toHaveLength(100 - refused.length);
    expect(host.waiting).toBe(0);
  });

  test('stay behind those that are decided again', async () => {
    const { send, log } = given();
    await send('a', open);
    vi.spyOn(log, 'append').mockResolvedValueOnce({ kind: 'conflict' });
    await Promise.all(many.map((each) => send(each % 2 === 0 ? 'a' : `w${each}`, each % 2 === 0 ? put(each) : open)));
    expect(amounts(log, 'a')).toEqual([undefined, ...many.filter((each) => each % 2 === 0)]);
    expect(log.records).toHaveLength(101);
  });
});

describe('an actor that nobody here has heard of', () => {
  test('is taken for unborn, and the log is not asked', async () => {
    const { send, log } = given();
    const last = vi.spyOn(log, 'last');
    expect(await send('a', open)).toMatchObject({ kind: 'accepted', receipt: { position: 1 } });
    expect(last).not.toHaveBeenCalled();
  });

  test('and that another wrote meanwhile, is looked for in the log when the first batch meets it', async () => {
    const { send, log, history, coins, options } = given();
    const other = given([], { log, chains: chainsOf(log), mintId: () => 'zombie' });
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
    const { send, options } = given([], { cachedActorsMax: 1 });
    const endOf = vi.spyOn(options.chains, 'endOf');
    await send('a', open);
    await send('b', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { records: [{ version: 2 }] } });
    expect(endOf.mock.calls.map(([{ id }, seen]) => `${id} ${seen}`)).toEqual(['a 0', 'b 0', 'a 1', 'a 1']);
  });
});

test('actors that have ended make room for those that live, and are found in the log when something comes for them', async () => {
  const { host, send, options } = given([], { cachedActorsMax: 1_000_000 });
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

describe('another writer', () => {
  /** What a zombie process would store: a valid next record of the actor. */
  async function zombiePut(log: MemoryLog, id: string, amount: number) {
    const other = given([], { log, chains: chainsOf(log), mintId: () => `zombie-${amount}` });
    await other.send(id, put(amount), { id: `zombie-${amount}` });
  }

  test('makes the command be decided again on what the other left', async () => {
    const { send, log, coins, history } = given();
    await send('a', open);
    await zombiePut(log, 'a', 10);
    await send('a', put(1));
    expect(coins('a')).toBe(11);
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'a@3 put']);
  });

  test('in the middle of a chain of waiting commands: all that was decided on the lost states is decided again', async () => {
    const { send, log, coins, history } = given();
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
    const { send, log, coins, history } = given();
    await send('a', open);
    await send('a', put(4));
    await log.append([{ subject: 'evt.t.wallet.a', payload: Buffer.from('{"not":"a record"}'), expected: 2 }]);
    await send('a', put(1));
    expect(coins('a')).toBe(5);
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'junk', 'a@3 put']);
  });

  test('a forged record that breaks the chain is junk too', async () => {
    const { send, log, coins } = given();
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
    const { send, log } = given();
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
    const { send, history } = given([undefined, 'stored']);
    await send('a', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { position: 2 } });
    expect(history()).toEqual(['a@1 open', 'a@2 put', 'log@1 seal']);
  });

  test('of a batch that was never stored is sent again, unchanged', async () => {
    const { send, history } = given([undefined, 'lost', 'lost']);
    await send('a', open);
    expect(await send('a', put(1))).toMatchObject({ kind: 'accepted', receipt: { position: 2 } });
    expect(history()).toEqual(['a@1 open', 'a@2 put']);
  });

  test('that stays unresolved tells its callers so, takes no other command, and repeats give the one receipt', async () => {
    let reachable = true;
    const { send, log, coins, host } = given([undefined, 'stored']);
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
    const { send, log, host, options } = given([undefined, 'stored']);
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
    expect(await given([], { log, chains: chainsOf(log), mintId: () => 'later' }).send('b', open)).toMatchObject({
      kind: 'accepted',
    });
  });

  test('before anything was sent refuses everything that waited, and nothing is recorded', async () => {
    const { send, log } = given([undefined, 'unavailable']);
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
