/**
 * The life of a service through HTTP (start, store five keys, read, delete) against a bare handler that parses the same
 * bodies and writes as many raw records; and what an upload of 100 MB adds to the memory of the process.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { startNatsServer } from '../support/nats-server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { type Bench, inParallel, median, perSecond, timed } from './table.ts';

const CONNECTIONS = 32;
const LIVES = 400;
const ROUNDS = 3;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const KEYS = 'Key1=Value1&Key2=Value2&Key3=Value3&Key4=Value4&Key5=Value5';
const BASE = '/genesys/1/service';
const MB = 1024 * 1024;
const UPLOAD_MB = 100;
const SAMPLE_MS = 20;

export const bench: Bench = async (say) => {
  await using up = new AsyncDisposableStack();
  const ours = await startServerProcess();
  up.defer(() => ours.remove());
  const bare = await startBare();
  up.defer(() => bare.stop());
  const load = (url: string) =>
    connected((agent) => timed(() => inParallel(LIVES, CONNECTIONS, () => live(agent, url))));
  const times: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
    const [theirs, mine] = [await load(bare.url), await load(ours.url)];
    if (round === 0) continue;
    times.bare.push(theirs);
    times.ours.push(mine);
  }
  say(`uploading ${UPLOAD_MB} MB`);
  const addedMb = await connected(async (agent) => {
    const started = await ask(agent, 'POST', `${ours.url}${BASE}/request-interaction`, FORM, '');
    const { _id } = JSON.parse(started) as Started;
    return mbAddedBy(ours.pid, () => upload(agent, `${ours.url}${BASE}/${_id}/storage`));
  });
  await ours.stop();
  return [
    {
      what: `life of a service with 5 keys, ${CONNECTIONS} connections`,
      figure: perSecond(LIVES, median(times.ours)),
      baseline: `${perSecond(LIVES, median(times.bare))} bare Koa and raw records`,
      ratio: median(times.bare) / median(times.ours),
      aim: '>= 0.5',
    },
    { what: `upload of ${UPLOAD_MB} MB, memory added`, figure: `${addedMb.toFixed(0)} MB`, aim: '< 50 MB' },
  ];
};

interface Started {
  readonly _id: string;
}

/** With connections of its own: those of before have been idle, and may be closed in the moment in which they are used again. */
async function connected<Result>(work: (agent: Agent) => Promise<Result>): Promise<Result> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    return await work(agent);
  } finally {
    agent.destroy();
  }
}

async function live(agent: Agent, url: string): Promise<void> {
  const started = await ask(agent, 'POST', `${url}${BASE}/request-interaction`, FORM, '_phone_number=6504669999');
  const { _id } = JSON.parse(started) as Started;
  await ask(agent, 'POST', `${url}${BASE}/${_id}/storage`, FORM, KEYS);
  await ask(agent, 'GET', `${url}${BASE}/${_id}/storage`);
  await ask(agent, 'DELETE', `${url}${BASE}/${_id}`);
}

async function ask(agent: Agent, method: string, url: string, headers = {}, body?: string): Promise<string> {
  const asked = request(url, { method, agent, headers });
  asked.end(body);
  return answerOf(asked);
}

async function answerOf(asked: ReturnType<typeof request>): Promise<string> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  if (answer.statusCode !== 200) throw new Error(`${asked.method} ${asked.path}: ${answer.statusCode} ${text}`);
  return text;
}

async function upload(agent: Agent, url: string): Promise<void> {
  const asked = request(url, { method: 'POST', agent, headers: { 'Content-Type': 'multipart/form-data; boundary=b' } });
  const answered = answerOf(asked);
  // Heard of below, whatever comes first: an answer, or a connection that breaks while more is sent.
  answered.catch(() => undefined);
  asked.on('error', () => undefined);
  asked.write('--b\r\nContent-Disposition: form-data; name="big"; filename="big"\r\n\r\n');
  for (let sent = 0; sent < UPLOAD_MB; sent += 1)
    if (!asked.write(randomBytes(MB))) await Promise.race([once(asked, 'drain'), answered]);
  asked.end('\r\n--b--\r\n');
  await answered;
}

/** The most that the resident memory of a process rises above what it was. */
async function mbAddedBy(pid: number, act: () => Promise<void>): Promise<number> {
  const before = await residentMb(pid);
  let most = before;
  const sampling = setInterval(() => {
    // Of a process that has ended nothing is read; that it did is heard of where it is asked.
    const raise = (mb: number) => {
      most = Math.max(most, mb);
    };
    residentMb(pid).then(raise, () => undefined);
  }, SAMPLE_MS);
  try {
    await act();
  } finally {
    clearInterval(sampling);
  }
  return most - before;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function startBare(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const nats = await startNatsServer();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/bare-services.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NATS_URL: nats.url },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the bare server ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    url: String(line).trim(),
    stop: async () => {
      child.kill();
      await nats.remove();
    },
  };
}
