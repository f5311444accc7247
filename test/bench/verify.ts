/**
 * Verification, in a process with the flags of `ledgerline verify` (verifying.ts), and timelines, over a log in memory; see
 * busy-history.ts. The baseline is reading the JSON, and nothing else.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { actorTimeline } from '../../src/history/timeline.ts';
import { CENTRE } from '../support/centre.ts';
import { VERIFY_FLAGS } from '../support/server-process.ts';
import { busyHistory } from './busy-history.ts';
import { type Bench, median, perSecond } from './table.ts';
import type { Verifying } from './verifying.ts';

const PAGES = 5;

export const bench: Bench = async (say) => {
  say('writing history and verifying it');
  const { records, verified, parsed } = await verifying();
  say('writing history and reading timelines');
  const centre = await busyHistory();
  const pages: number[] = [];
  for (let round = 0; round < PAGES; round += 1) {
    const began = performance.now();
    const page = { after: 0, upTo: centre.runtime.live.position, limit: 100 };
    await actorTimeline(centre.runtime, { tenant: CENTRE, kind: 'agent', id: 'a0' }, page);
    pages.push(performance.now() - began);
  }
  await centre.close();
  return [
    {
      what: 'records verified, one core',
      figure: perSecond(records, median(verified)),
      baseline: `${perSecond(records, median(parsed))} parsed`,
      ratio: median(parsed) / median(verified),
      aim: '>= 25,000/s',
    },
    { what: 'first page of 10,000 records of an actor', figure: `${median(pages).toFixed(1)} ms`, aim: '<= 20 ms' },
  ];
};

async function verifying(): Promise<Verifying> {
  const child = fork(join(import.meta.dirname, 'verifying.ts'), { execArgv: [...process.execArgv, ...VERIFY_FLAGS] });
  const exited = once(child, 'exit');
  const [done] = await once(child, 'message');
  await exited;
  return done as Verifying;
}
