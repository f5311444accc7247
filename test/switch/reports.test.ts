/** Reports when the log cannot be reached, and the lanes they travel in. */
import { queryObjects } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.ts';
import { LedgerlineError } from '../../src/errors.ts';
import type { Command, Outcome } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { Connector } from '../../src/switch/connector.ts';
import { SimulatedNetwork } from '../../src/switch/simulated/network.ts';
import { eventually } from '../support/eventually.ts';

const INCOMING = { tenant: 't', leg: 'x', call: 'C1', from: '1', to: '8000' };

/** A runtime that fails so often before it takes a command, and then answers as told. */
async function givenFailing(failures: Error[], outcome: Partial<Outcome> = { kind: 'accepted' }) {
  const submitted: Command[] = [];
  const following = { position: 0, ended: new Promise<void>(() => undefined), stop: () => undefined };
  const runtime = {
    live: { position: 0, now: 0, get: () => undefined, all: () => [] },
    follow: () => following,
    submit: async (command: Command) => {
      submitted.push(command);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return outcome;
    },
  } as unknown as Runtime;
  const clock = new ManualClock(0);
  const network = new SimulatedNetwork({ clock, outsideAnswerMs: 1, legsMax: 1 });
  const problems: unknown[] = [];
  const connector = new Connector({
    runtime,
    clock,
    switch: network,
    directory: { resolve: (_, number) => ({ kind: 'queue', number, entry: { queue: 'q1' } }) },
    allLiveCalls: () => [],
    retryMs: 100,
    report: (_, problem) => problems.push(problem),
  });
  await connector.start();
  return { connector, network, clock, submitted, problems };
}

const unavailable = () => new LedgerlineError('unavailable', 'the log cannot be reached');

describe('a report', () => {
  test('is repeated under the same id until the log is there', async () => {
    const { network, clock, submitted, problems } = await givenFailing([unavailable(), unavailable()]);
    const recorded = network.incoming(INCOMING);
    for (const tries of [1, 2]) {
      await eventually('the next try', () => (submitted.length === tries ? true : undefined));
      await clock.advance(100, () => Promise.resolve());
    }
    expect(await recorded).toBe(true);
    expect(new Set(submitted.map(({ id }) => id)).size).toBe(1);
    expect(problems).toEqual([]);
  });

  test('is given up when the process stops', async () => {
    const { connector, network, problems } = await givenFailing([unavailable()]);
    const recorded = network.incoming(INCOMING);
    await connector.stop();
    expect(await recorded).toBe(false);
    expect(problems).toHaveLength(1);
  });

  test('of a caller whom the log refuses hangs up on him', async () => {
    const { connector, network } = await givenFailing([], { kind: 'rejected' });
    expect(await network.incoming(INCOMING)).toBe(false);
    await connector.atRest();
    expect(network.view()).toEqual([]);
  });

  test('leaves nothing in memory once it is recorded', async () => {
    const { network } = await givenFailing([], { kind: 'rejected' });
    const reports = async (from: number) => {
      for (let leg = from; leg < from + 200; leg += 1) await network.incoming({ ...INCOMING, leg: `x${leg}` });
      return queryObjects(Promise, { format: 'count' });
    };
    const before = await reports(0);
    expect((await reports(200)) - before).toBeLessThan(100);
  });

  test('that breaks is told, and the next one goes on', async () => {
    const { network, problems } = await givenFailing([new Error('broken')]);
    expect(await network.incoming(INCOMING)).toBe(false);
    expect(problems).toMatchObject([{ message: 'broken' }]);
  });
});
