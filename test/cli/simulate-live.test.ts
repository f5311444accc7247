/** Callers of `simulate --live`, at the demo's queue and on its simulated telephones. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDemo } from '../../src/demo/load.ts';
import { eventually } from '../support/eventually.ts';
import { givenServed, type Served } from '../support/served.ts';
import { openSimulated, type SimulatedTelephony } from '../support/simulated-telephony.ts';
import { type Around, ran } from './command-line.ts';

const QUICK = '--calls 2 --per-hour 999999 --talk 0.01';

let served: Served;
/** Whose call the switch cannot make. */
let refused = '';
let telephony: SimulatedTelephony;
beforeAll(async () => {
  served = await givenServed({
    behind: () => ({
      hands: {
        placeCall: (call) =>
          call.from === refused ? Promise.reject(new Error('no line is free')) : telephony.hands.placeCall(call),
        hangupOutside: (tenant, call) => telephony.hands.hangupOutside(tenant, call),
        line: (tenant, number) => telephony.hands.line(tenant, number),
      },
    }),
  });
  await loadDemo(served.world.runtime, served.world.hasher);
  telephony = await openSimulated({ ...served.world, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await telephony.stop();
  await served.stop();
});

const live = (words: string, around: Around = {}) =>
  ran(`simulate --tenant genesys --live ${words}`.split(' '), { ...around, env: { LEDGERLINE_URL: served.url } });
const calls = async () => {
  const answer = await fetch(`${served.url}/v1/tenants/genesys/calls?live=true`);
  return ((await answer.json()) as { readonly items: readonly object[] }).items;
};

describe('simulate --live', () => {
  test('says that the callers wait for nobody, and how somebody is made ready', async () => {
    const { code, out, err } = await live(`8000 ${QUICK} --patience 0.05 --json`);
    expect({ code, err }).toEqual({
      code: 0,
      err: [expect.stringMatching(/^nobody is ready in queue callback \(.* 3 signed out\).* --sign-in, or POST/)],
    });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ abandoned: 2 });
  });

  test('tells people in words what the callers met', async () => {
    const { out } = await live(`8000 ${QUICK} --patience 0.05 --within 15`);
    expect(out).toEqual([
      'calls                      2',
      'answered                   0',
      'abandoned                  2',
      'turned away                0',
      'mean wait             0.00 s',
      'answered within 15 s       0',
    ]);
  });

  test('hangs up when it is broken off, and shows what came of it', async () => {
    const stop = new AbortController();
    const calling = live(`8000 ${QUICK} --json`, { interrupted: stop.signal });
    await eventually('a caller waits', async () => ((await calls()).length > 0 ? true : undefined));
    stop.abort();
    const { code, out, err } = await calling;
    expect({ code, last: err.at(-1) }).toEqual({ code: 1, last: expect.stringContaining('have hung up') });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ answered: 0 });
    expect(await calls()).toEqual([]);
  });

  test('ends at a call that could not be made, and the others hang up', async () => {
    refused = '19735550001';
    const { code, err } = await live('8000 --calls 3 --per-hour 9999999 --patience 9999');
    expect({ code, last: err.at(-1) }).toEqual({ code: 1, last: expect.stringContaining('ledgerline: ') });
    expect(await calls()).toEqual([]);
    refused = '';
  });

  test('makes members of the queue ready where it is asked to', async () => {
    const { code, out, err } = await live(`8000 ${QUICK} --sign-in --agents 2 --json`);
    expect({ code, err }).toEqual({
      code: 0,
      err: ['queue callback: 2 ready, 0 busy, 0 away, 1 signed out'],
    });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ answered: 2 });
  });

  test('knows the queues by their numbers', async () => {
    expect(await live('9999')).toMatchObject({ code: 1, err: [expect.stringContaining('8000 (callback)')] });
    expect(await ran(['simulate', '--sign-in'])).toMatchObject({ code: 2 });
  });
});
