/** Verification and timelines over a log in memory; see busy-history.ts. The baseline is reading the JSON, and nothing else. */
import { kinds } from '../../machines/index.ts';
import { actorTimeline } from '../../src/history/timeline.ts';
import { verify } from '../../src/history/verify.ts';
import { CENTRE } from '../support/centre.ts';
import { busyHistory } from './busy-history.ts';
import { type Bench, cpuMs, median, perSecond } from './table.ts';

const ROUNDS = 7;

export const bench: Bench = async (log) => {
  log('writing history');
  const centre = await busyHistory();
  const records = centre.log.records.length;
  log(`verifying ${records} records`);
  const ms: number[] = [];
  const parsing: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ms.push(
      await cpuMs(async () => {
        const { found } = await verify({ log: centre.log, kinds });
        if (found > 0) throw new Error(`${found} findings in what the machines wrote`);
      }),
    );
    parsing.push(
      await cpuMs(async () => {
        for (const { payload } of centre.log.records) JSON.parse(Buffer.from(payload).toString());
      }),
    );
  }
  const pages: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const page = { after: 0, upTo: centre.runtime.live.position, limit: 100 };
    await actorTimeline(centre.runtime, { tenant: CENTRE, kind: 'agent', id: 'a0' }, page);
    pages.push(performance.now() - began);
  }
  await centre.close();
  return [
    {
      what: 'records verified, one core',
      figure: perSecond(records, median(ms)),
      baseline: `${perSecond(records, median(parsing))} parsed`,
      ratio: median(parsing) / median(ms),
      aim: '>= 25,000/s',
    },
    { what: 'first page of 10,000 records of an actor', figure: `${median(pages).toFixed(1)} ms`, aim: '<= 20 ms' },
  ];
};
