/** Verification and timelines over a log in memory, written by the real machines: calls through agents, and one busy agent. */
import { kinds } from '../../machines/index.ts';
import { actorTimeline } from '../../src/history/timeline.ts';
import { verify } from '../../src/history/verify.ts';
import {
  aCall,
  anAgent,
  aQueue,
  CENTRE,
  type Centre,
  givenCentre,
  hungUp,
  toAgent,
  toCall,
} from '../support/centre.ts';
import { type Bench, median, perSecond } from './table.ts';

const AGENTS = 50;
const CALLS = 3_000;
const BUSY_EVENTS = 10_000;
const ROUNDS = 5;

export const bench: Bench = async (log) => {
  const centre = await givenCentre();
  log('writing history');
  await written(centre);
  const records = centre.log.records.length;
  log(`verifying ${records} records`);
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = process.cpuUsage();
    const { found } = await verify({ log: centre.log, kinds });
    const { user, system } = process.cpuUsage(began);
    if (found > 0) throw new Error(`${found} findings in what the machines wrote`);
    ms.push((user + system) / 1000);
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
    { what: 'records verified, one core', figure: perSecond(records, median(ms)), aim: '>= 25,000/s' },
    { what: 'first page of 10,000 records of an actor', figure: `${median(pages).toFixed(1)} ms`, aim: '<= 20 ms' },
  ];
};

async function written(centre: Centre): Promise<void> {
  await centre.record(CENTRE, aQueue('sales', ['a0']));
  for (let agent = 0; agent < AGENTS; agent += 1) await centre.record(CENTRE, anAgent(`a${agent}`));
  for (let number = 0; number < CALLS; number += 1) {
    const [id, agent] = [`c${number}`, `a${number % AGENTS}`];
    const target = { leg: `${id}-2`, number: `1${agent}`, line: `1${agent}`, agent };
    await centre.record(CENTRE, aCall(id, 'sales'));
    await centre.record(CENTRE, toCall(id, { type: 'offer', target, ringMs: 20_000 }));
    await centre.record(CENTRE, toCall(id, { type: 'leg.ringing', leg: target.leg }));
    await centre.record(CENTRE, toCall(id, { type: 'leg.answered', leg: target.leg }));
    await centre.record(CENTRE, hungUp(id));
  }
  for (let number = 0; number < BUSY_EVENTS; number += 1)
    await centre.record(CENTRE, toAgent('a0', { type: number % 2 === 0 ? 'setAway' : 'setReady' }));
}
