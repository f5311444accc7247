/** A centre over a log in memory, written by the real machines: calls through its agents, and one agent who moves a lot. */
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

const AGENTS = 50;
const CALLS = 3_000;
const BUSY_EVENTS = 10_000;

/** The agent `a0` has more than 10,000 of its some 37,000 records. */
export async function busyHistory(): Promise<Centre> {
  const centre = await givenCentre();
  await written(centre);
  return centre;
}

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
