import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Ran, ran } from './command-line.ts';

const AGENT = 'genesys/agent/ksippo';
const FIRST = join('archive', 'generation-1');

let server: ServerProcess;
let history: Ran;
let seam: number;
let call: string;
let away: number;

beforeAll(async () => {
  server = await startServerProcess({ LEDGERLINE_DEMO: '1' });
  await post('agents/ksippo/signIn', { initial: 'ready' });
  const { receipt } = (await post('agents/ksippo/setAway')) as { readonly receipt: { readonly position: number } };
  away = receipt.position;
  await run('create skills id=gone name=Gone --tenant genesys');
  await run('remove skills gone --tenant genesys');
  call = String(((await post('calls', { from: '5550001', to: '15000' })) as { readonly id: unknown }).id);
  await eventually('it rings', async () => ((await get(callPath())).json.stage === 'ringing' ? true : undefined));
  await post(`calls/${call}/hangup`, { as: 'caller' });
  await eventually('it is over', async () => ((await get(callPath())).json.stage === 'ended' ? true : undefined));
});
afterAll(() => server.remove());

const callPath = (): string => `/v1/tenants/genesys/calls/${call}`;

async function post(path: string, body: object = {}): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `test-${path}` };
  const url = `${server.url}/v1/tenants/genesys/${path}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.ok, path).toBe(true);
  return response.json();
}

async function get(path: string): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Positions that a stream of events brings, up to one of them. */
async function positionsUntil(last: number, since: number): Promise<readonly number[]> {
  const stop = new AbortController();
  const response = await fetch(`${server.url}/v1/events?since=${since}`, { signal: stop.signal });
  const seen: number[] = [];
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen.push(...[...text.matchAll(/^id: (\d+)$/gm)].map(([, position]) => Number(position)));
    if ((seen.at(-1) ?? 0) >= last) break;
  }
  stop.abort();
  return seen;
}

function run(words: string): Promise<Ran> {
  const env = {
    PATH: process.env.PATH,
    LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN,
    LEDGERLINE_DATA: server.dataDir,
    LEDGERLINE_NATS_PORT: '0',
    LEDGERLINE_PORT: '0',
    LEDGERLINE_URL: server.url,
  };
  return ran(words.split(' '), { env });
}

test('a new generation is refused while a server holds the folder, by its pid', async () => {
  expect(await run('generation new')).toMatchObject({
    code: 1,
    err: [expect.stringContaining(`process ${server.pid} is already running`)],
  });
});

test('a consumer that has records to read is not left behind unless that is asked for', async () => {
  expect(await run('consumer add genesys board --from 0')).toMatchObject({ code: 0 });
  history = await run(`history ${AGENT}`);
  seam = Number((await get('/healthz')).json.position);
  expect(await server.stop()).toBe(0);
  const refused = await run('generation new --json');
  expect(refused).toMatchObject({ code: 1, out: [] });
  expect(JSON.parse(refused.err.join(''))).toMatchObject({
    error: { code: 'consumersBehind', consumers: [{ name: 'genesys=board', unread: expect.any(Number) }] },
  });
});

test('a dry run says what would happen, and nothing does', async () => {
  const { code, out } = await run('generation new --dry-run --leave-behind --json');
  expect(code).toBe(0);
  expect(JSON.parse(out.join(''))).toMatchObject({ generation: 2, seam, records: seam, dryRun: true });
  expect(await run('archive list')).toMatchObject({ code: 0, out: [], err: ['none'] });
});

test('a new generation keeps positions, histories and receipts', async () => {
  const { code, out } = await run('generation new --leave-behind');
  expect(out.join('\n')).toContain(`generation 2 goes on after position ${seam}`);
  expect(code).toBe(0);
  await server.start();
  expect((await get('/healthz')).json).toMatchObject({ position: seam });
  expect((await run(`history ${AGENT}`)).out).toEqual(history.out);
  expect(await post('agents/ksippo/setAway')).toMatchObject({ receipt: { position: expect.any(Number) } });
  expect((await get('/healthz')).json).toMatchObject({ position: seam });
  await post('agents/ksippo/setReady');
  expect((await get('/healthz')).json).toMatchObject({ position: seam + 1 });
  expect((await run(`history ${AGENT}`)).out).toEqual([...history.out, expect.stringContaining('setReady')]);
});

test('moments, streams of events and explanations reach into the archive', async () => {
  const path = '/v1/tenants/genesys/agents/ksippo';
  expect((await get(`${path}?as_of=${away}`)).json).toMatchObject({ presence: 'away' });
  expect((await get(`${path}?as_of=${away - 1}`)).json).toMatchObject({ presence: 'ready' });
  const seen = await positionsUntil(seam + 1, seam - 2);
  expect(seen).toEqual([seam - 1, seam, seam + 1]);
  expect((await run(`why ${AGENT} --at ${away}`)).out.join('\n')).toContain('away');
});

test('consumers outside go on after the seam, and cannot begin before it', async () => {
  const { out } = await run('consumer list genesys --json');
  expect(JSON.parse(out.join(''))).toMatchObject({ name: 'board', progress: { acknowledged: seam, waiting: 1 } });
  for (const words of ['consumer rewind genesys board 0', 'consumer add genesys other --from 1']) {
    const { code, err } = await run(words);
    expect({ code, err: err.join() }).toEqual({ code: 1, err: expect.stringContaining(`after position ${seam}`) });
  }
});

test('verify proves the archive, the seam and the new generation, also beside the server', async () => {
  expect(await run('verify')).toMatchObject({
    code: 0,
    out: expect.arrayContaining([expect.stringContaining('whole')]),
  });
  expect(await server.stop()).toBe(0);
  const { code, out } = await run('verify --json');
  expect(JSON.parse(out.join(''))).toMatchObject({ upTo: seam + 1, found: 0, archives: [], projections: [] });
  expect(code).toBe(0);
});

test('tables made again from the archive and the stream are the same', async () => {
  const { code, out } = await run('rebuild --json');
  expect(JSON.parse(out.join(''))).toMatchObject({ position: seam + 1 });
  expect(code).toBe(0);
  expect((await run('verify')).code).toBe(0);
});

test('one archived byte that is another is named', async () => {
  const file = join(server.dataDir, FIRST, 'records-000000000001.jsonl.gz');
  const good = await readFile(file);
  const bad = Buffer.from(good);
  bad[5000] = (bad[5000] ?? 0) ^ 1;
  await writeFile(file, bad);
  for (const words of ['verify', 'archive check']) {
    const { code, out } = await run(words);
    expect(code).toBe(1);
    expect(out[0]).toContain(`${file}: its SHA-256 is `);
    expect(out[1]).toContain(`${file}, positions 1 to `);
  }
  await writeFile(file, good);
  expect(await run('archive check')).toMatchObject({ code: 0 });
  expect((await run('doctor')).out.join('\n')).toContain(`1, positions 1 to ${seam}: archived in `);
});

test('an archive that is away is missed by what needs it, and by nothing else', async () => {
  const [here, away] = [join(server.dataDir, 'archive'), join(server.dataDir, 'away')];
  await rename(here, away);
  // As a rebuild leaves it that was killed.
  const projections = join(server.dataDir, 'projections');
  await rename(projections, `${projections}.before`);
  await mkdir(projections);
  expect(await run('rebuild')).toMatchObject({ code: 1, err: [expect.stringContaining('is archived')] });
  await server.start();
  await post('agents/ksippo/setDnd', { on: true });
  const { status, json } = await get(`/v1/tenants/genesys/agents/ksippo?as_of=${seam - 1}`);
  expect({ status, json }).toMatchObject({ status: 404, json: { code: 'momentUnavailable' } });
  expect(await get('/v1/tenants/genesys/records?format=csv')).toMatchObject({ json: { code: 'momentUnavailable' } });
  expect(await get(`/v1/events?since=3`)).toMatchObject({
    status: 400,
    json: { detail: expect.stringContaining(`the first position to begin after is ${seam}`) },
  });
  await server.stop();
  await rename(away, here);
});

test('a copy of what is in no archive yet can be written and checked anywhere', async () => {
  const folder = join(server.dataDir, 'copy');
  expect(await run(`archive write ${folder}`)).toMatchObject({ code: 0 });
  expect(await run(`archive check ${folder}`)).toMatchObject({
    code: 0,
    out: [expect.stringContaining('generation 2')],
  });
  expect(await run(`archive write ${folder}`)).toMatchObject({ code: 2, err: [expect.stringContaining('not empty')] });
  const file = join(folder, 'manifest.json');
  expect(await run(`archive write ${file}`)).toMatchObject({
    code: 1,
    err: [expect.stringContaining('there is such a file already')],
  });
  expect(await readFile(file, 'utf8')).toContain('previous');
  await rm(folder, { recursive: true });
});

test('a third generation goes on from the second', async () => {
  const { out } = await run('generation new --leave-behind --keep 0 --json');
  expect(JSON.parse(out.join(''))).toMatchObject({ generation: 3, actors: { endedLeft: expect.any(Number) } });
  expect(out.join('')).not.toContain('"endedLeft":0');
  expect(await run('verify')).toMatchObject({ code: 0 });
  const { code, err } = await run('generation new');
  expect({ code, err: err.join() }).toEqual({ code: 1, err: expect.stringContaining('nothing to archive') });
  await server.start();
  expect((await run(`history ${AGENT}`)).out.slice(0, history.out.length)).toEqual(history.out);
  await post('agents/ksippo/signOut');
  expect((await get(callPath())).json).toMatchObject({ stage: 'ended' });
  // An id that was removed is never used again, also when only the archive knows of it.
  expect(await run('create skills id=gone name=Again --tenant genesys')).toMatchObject({ code: 1 });
  expect(await server.stop()).toBe(0);
});
