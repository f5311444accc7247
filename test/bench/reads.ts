/**
 * Reads of the CCS and GWS dialects on the real server, each against a bare Koa handler with the same sign-in that sends
 * the same bytes, head and body, in a process of its own too. By turns, so that a loud neighbour is heard by both; more
 * connections than the server can be busy with, so that its processor is what is measured.
 */
import { startBare } from '../support/bare-process.ts';
import { eventually } from '../support/eventually.ts';
import { loaded, type Spent } from '../support/http-load.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Bench, inParallel, median, perSecond, type Row } from './table.ts';

const CONNECTIONS = 16;
const ROUNDS = 5;
/** Rounds before the first that counts: V8 compiles such a path anew until some 40,000 requests have gone through it. */
const WARM_UP = 4;
const USERS = 1_000;
const LIVE_CALLS = 10;
const ADMIN = basic('admin:admin1');

interface Read {
  readonly what: string;
  readonly path: string;
  readonly authorization: string;
  readonly requests: number;
}

const ANN = '/tenants/c255052e-c560-4340-b73e-675eabc3aed3/extensions/az123456-5cca-4ff1-874e-dc1c92d6de64';
const READS: readonly Read[] = [
  {
    what: 'CCS agent_state',
    path: `/6/v2/api${ANN}/agent_state`,
    authorization: 'Bearer demo-telco-north',
    requests: 12_000,
  },
  {
    what: `CCS /calls, ${LIVE_CALLS} live`,
    path: '/6/v2/api/calls',
    authorization: 'Bearer demo-tenant-lunch',
    requests: 12_000,
  },
  { what: 'GWS /me', path: '/api/v2/me', authorization: basic('ksippo:'), requests: 12_000 },
  {
    what: `GWS /users?fields=*, ${USERS} users`,
    path: '/api/v2/users?fields=*',
    authorization: ADMIN,
    requests: 1_200,
  },
];

export const bench: Bench = async (say) => {
  const ours = await startServerProcess();
  say(`${USERS} users and ${LIVE_CALLS} calls`);
  await fill(ours.url);
  const rows: Row[] = [];
  for (const read of READS) rows.push(await compared(read, ours, say));
  await ours.stop();
  await ours.remove();
  return rows;
};

async function compared(read: Read, ours: ServerProcess, say: (line: string) => void): Promise<Row> {
  const headers = { Authorization: read.authorization };
  const bare = await startBare(await fetch(ours.url + read.path, { headers }));
  const load = ({ url, pid }: { readonly url: string; readonly pid: number }, requests = read.requests) =>
    loaded({ url: url + read.path, pid, headers, requests, connections: CONNECTIONS });
  const mine: Spent[] = [];
  const theirs: Spent[] = [];
  for (const server of [bare, ours]) await load(server, read.requests * WARM_UP);
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`${read.what}: round ${round} of ${ROUNDS}`);
    theirs.push(await load(bare));
    mine.push(await load(ours));
  }
  bare.stop();
  const figure = (spent: readonly Spent[]) =>
    `${perSecond(read.requests, msOf(spent))}, ${median(spent.map(({ cpuMs }) => cpuMs)).toFixed(3)} ms cpu`;
  return {
    what: read.what,
    figure: figure(mine),
    baseline: `${figure(theirs)}, bare Koa`,
    ratio: msOf(theirs) / msOf(mine),
    aim: '>= 0.5',
  };
}

function msOf(spent: readonly Spent[]): number {
  return median(spent.map(({ ms }) => ms));
}

/** People for the list, and callers who wait because nobody is signed in. */
async function fill(url: string): Promise<void> {
  const post = async (path: string, body: object, authorization?: string): Promise<void> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await inParallel(USERS, 32, (index) =>
    post(
      '/api/v2/users',
      { userName: `user${index}`, password: '', firstName: 'F', lastName: `L${index}`, roles: ['ROLE_AGENT'] },
      ADMIN,
    ),
  );
  for (const extension of ['101', '102']) await signOut(post, extension);
  await inParallel(LIVE_CALLS, 4, (index) =>
    post('/v1/tenants/lunchlab/calls', { from: `1973555${index}`, to: '200' }),
  );
  await eventually('all calls wait', async () => {
    const answer = await fetch(`${url}/6/v2/api/calls`, { headers: { authorization: 'Bearer demo-tenant-lunch' } });
    const { items } = (await answer.json()) as { items: readonly { wait_state?: string }[] };
    return items.filter(({ wait_state }) => wait_state === 'waiting').length === LIVE_CALLS ? true : undefined;
  });
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  '101': 'az123456-5cca-4ff1-874e-dc1c92d6de64',
  '102': 'az123456-30b7-4b06-9d87-7607033e2712',
};

function signOut(
  post: (path: string, body: object, authorization: string) => Promise<void>,
  extension: string,
): Promise<void> {
  return post(
    `/6/v2/api/extensions/${EXTENSIONS[extension]}`,
    { request: 'updateAgentState', name: 'Sign Out' },
    'Bearer demo-tenant-lunch',
  );
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
