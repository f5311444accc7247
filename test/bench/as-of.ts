/**
 * Views of the past over a log in memory: the first one of a moment, made without a kept copy, and the next question to it.
 * Then the same as a server makes it, by a thread that is started for it, and another moment by the same thread; and what of
 * it is left to the thread that answers everybody.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentsOf } from '../../projections/agents.ts';
import { projections } from '../../projections/index.ts';
import type { View } from '../../src/model/projection.ts';
import { AsOf } from '../../src/projector/as-of.ts';
import { KeptCopies } from '../../src/projector/kept-copies.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { CENTRE, type Centre } from '../support/centre.ts';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';
import { busyHistory } from './busy-history.ts';
import { type Bench, cpuMs, median, timed } from './table.ts';

const ROUNDS = 3;
const QUESTIONS = 2_000;

export const bench: Bench = async (say) => {
  say('writing history');
  const centre = await busyHistory();
  const { runtime, log, close } = centre;
  const records = log.records.length;
  const firsts: number[] = [];
  const nexts: number[] = [];
  const lives: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`round ${round + 1} of ${ROUNDS}`);
    const moment = { position: records - 1 - round };
    firsts.push(await cpuMs(async () => asked(await runtime.query(moment))));
    nexts.push(await timed(() => manyAsked(() => runtime.query(moment))));
    lives.push(await timed(() => manyAsked(() => runtime.query())));
  }
  say('by a thread');
  const apart = await byThread(centre, records);
  await close();
  const per100k = (ms: number) => `${((ms / records) * 100_000).toFixed(0)} ms`;
  return [
    {
      what: 'first answer of a moment, per 100,000 records',
      figure: per100k(median(firsts)),
      baseline: `${per100k(median(apart.all))} by a new thread, ${per100k(median(apart.again))} by the kept one`,
      aim: '<= 2000 ms',
    },
    {
      what: 'of that in the thread that answers everybody',
      figure: per100k(median(apart.here)),
      baseline: per100k(median(apart.all)),
      ratio: median(apart.here) / median(apart.all),
    },
    {
      what: 'the next answer of it',
      figure: `${((median(nexts) / QUESTIONS) * 1000).toFixed(0)} us`,
      baseline: `${((median(lives) / QUESTIONS) * 1000).toFixed(0)} us live`,
      ratio: median(nexts) / median(lives),
      aim: '<= 2',
    },
  ];
};

/** CPU time of the whole process, and of this thread alone; the thread's start is part of it. `again`: of another moment. */
async function byThread(
  { runtime, log, clock }: Centre,
  records: number,
): Promise<Record<'all' | 'again' | 'here', number[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const bounds = { everyRecords: records * 2, filesMax: 1, bytesMax: Infinity };
  const kept = await KeptCopies.open({ folder, ...bounds, failed: () => undefined });
  const times: Record<'all' | 'again' | 'here', number[]> = { all: [], again: [], here: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const spare = new SpareThread(PROJECTING_THREAD);
    const past = new AsOf({ log, projections, live: runtime.live, clock, kept, spare });
    const before = process.threadCpuUsage();
    times.all.push(await cpuMs(async () => asked(await past.viewAt({ position: records - 1 }))));
    const { user, system } = process.threadCpuUsage(before);
    times.here.push((user + system) / 1000);
    times.again.push(await cpuMs(async () => asked(await past.viewAt({ position: records - 2 }))));
    await spare.close();
  }
  await rm(folder, { recursive: true });
  return times;
}

function asked(view: View): void {
  agentsOf(view, { tenant: CENTRE, limit: 50 });
}

async function manyAsked(query: () => Promise<View>): Promise<void> {
  for (let question = 0; question < QUESTIONS; question += 1) asked(await query());
}
