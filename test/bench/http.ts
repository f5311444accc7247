/** A state change through HTTP, durable and projected, against a bare Koa handler with the same sign-in and JSON. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { startBare } from '../support/bare-process.ts';
import { startServerProcess } from '../support/server-process.ts';
import { type Bench, inParallel, median, perSecond, timed } from './table.ts';

const CONNECTIONS = 64;
const REQUESTS = 6_000;
const ROUNDS = 3;
const USERS = ['ksippo', 'peer', 'third'];
const PATH = '/api/v2/me/channels/voice';

export const bench: Bench = async (say) => {
  const ours = await startServerProcess();
  const bare = await startBare(Response.json({ statusCode: 0 }));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const load = (url: string, count: number) =>
    timed(() => inParallel(count, CONNECTIONS, (index) => changeState(agent, `${url}${PATH}`, index)));
  const times: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
    const [theirs, mine] = [await load(bare.url, REQUESTS), await load(ours.url, REQUESTS)];
    if (round === 0) continue;
    times.bare.push(theirs);
    times.ours.push(mine);
  }
  agent.destroy();
  bare.stop();
  await ours.stop();
  await ours.remove();
  return [
    {
      what: `POST /me/channels/voice, ${CONNECTIONS} connections`,
      figure: perSecond(REQUESTS, median(times.ours)),
      baseline: `${perSecond(REQUESTS, median(times.bare))} bare Koa`,
      ratio: median(times.bare) / median(times.ours),
      aim: '>= 0.5',
    },
  ];
};

async function changeState(agent: Agent, url: string, index: number): Promise<void> {
  const operationName = Math.floor(index / USERS.length) % 2 === 0 ? 'Ready' : 'NotReady';
  const body = JSON.stringify({ operationName });
  const auth = `${USERS[index % USERS.length]}:`;
  const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
  const asked = request(url, { method: 'POST', agent, auth, headers });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`);
}
