/** Views of the past over a log in memory: the first one of a moment, made without a kept copy, and the next question to it. */
import { agentsOf } from '../../projections/agents.ts';
import type { View } from '../../src/model/projection.ts';
import { CENTRE } from '../support/centre.ts';
import { busyHistory } from './busy-history.ts';
import { type Bench, cpuMs, median, timed } from './table.ts';

const ROUNDS = 3;
const QUESTIONS = 2_000;

export const bench: Bench = async (say) => {
  say('writing history');
  const { runtime, log, close } = await busyHistory();
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
  await close();
  const per100k = (median(firsts) / records) * 100_000;
  return [
    { what: 'first answer of a moment, per 100,000 records', figure: `${per100k.toFixed(0)} ms`, aim: '<= 2000 ms' },
    {
      what: 'the next answer of it',
      figure: `${((median(nexts) / QUESTIONS) * 1000).toFixed(0)} us`,
      baseline: `${((median(lives) / QUESTIONS) * 1000).toFixed(0)} us live`,
      ratio: median(nexts) / median(lives),
      aim: '<= 2',
    },
  ];
};

function asked(view: View): void {
  agentsOf(view, { tenant: CENTRE, limit: 50 });
}

async function manyAsked(query: () => Promise<View>): Promise<void> {
  for (let question = 0; question < QUESTIONS; question += 1) asked(await query());
}
