/**
 * Callers and hands for a running server behind the simulated switch, in real time: callers dial a queue, phones that ring
 * are picked up, whoever has talked enough or waited too long hangs up. Measures what the callers see.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulationPlan } from '../simulate/simulate.ts';
import { type Caller, callersOf } from '../simulate/traffic.ts';
import type { Api } from './api.ts';
import { ignoringConflicts, type Place, queueWith, signIn, watchStaff } from './simulate-queue.ts';
import { tenantOf } from './tenant-choice.ts';

export interface LivePlan extends SimulationPlan {
  /** Of the queue. */
  readonly number: string;
  readonly tenant: string | undefined;
  /** Members of the queue are made ready first, as many as there are to be agents. */
  readonly signsIn: boolean;
}

export interface LiveResult {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  /** The system ended them: a closed or full queue, nobody there. */
  readonly refused: number;
  /** Of answered calls. */
  readonly waitSecondsMean: number;
  readonly answeredWithin: number;
}

interface Play {
  readonly api: Api;
  /** Of the tenant. */
  readonly path: string;
  readonly plan: LivePlan;
  readonly stop: AbortSignal;
}

interface Lived {
  readonly how: 'answered' | 'abandoned' | 'refused';
  readonly waitMs: number;
}

interface SeenCall {
  readonly stage: string;
  readonly legs: readonly { readonly state: string; readonly line?: string }[];
}

/** How often a caller's side looks: the precision of what is measured. */
const LOOK_MS = 100;
/** Callers one command line plays: their real numbers. */
const CALLER_NUMBER = 19_735_550_000;

/** `stop`: nobody calls any more, and those who wait or talk hang up. */
export async function simulateLive(
  { api, terminal }: Pick<Place, 'api' | 'terminal'>,
  plan: LivePlan,
  progress: (ended: number, calls: number) => void,
  stop: AbortSignal,
): Promise<LiveResult> {
  const tenant = await tenantOf(api, terminal, plan.tenant);
  const place = { api, terminal, tenant };
  const queue = await queueWith(place, plan.number);
  if (plan.signsIn) await signIn(place, queue, plan.agents);
  const over = new AbortController();
  const watching = watchStaff(place, queue, AbortSignal.any([over.signal, stop]));
  try {
    const lives = allLives({ api, path: `/v1/tenants/${encodeURIComponent(tenant)}`, plan, stop }, progress);
    // What breaks the watch breaks the calls too, which say so better.
    watching.catch(() => undefined);
    return summed(await lives, plan.serviceLevelMs);
  } finally {
    over.abort();
  }
}

/** A call that could not be made is the last one: those who wait or talk hang up. */
async function allLives(play: Play, progress: (ended: number, calls: number) => void): Promise<readonly Lived[]> {
  const { plan } = play;
  const broken = new AbortController();
  const stop = AbortSignal.any([play.stop, broken.signal]);
  const lives: Promise<Lived>[] = [];
  let ended = 0;
  for (const caller of callersOf(plan)) {
    await pause(caller.afterMs, stop);
    if (stop.aborted) break;
    const life = live({ ...play, stop }, caller, String(CALLER_NUMBER + lives.length));
    lives.push(life);
    void life.then(
      () => {
        ended += 1;
        progress(ended, plan.calls);
      },
      (error: unknown) => broken.abort(error),
    );
  }
  await Promise.allSettled(lives);
  broken.signal.throwIfAborted();
  return Promise.all(lives);
}

async function live({ api, path: tenant, plan, stop }: Play, caller: Caller, from: string): Promise<Lived> {
  const { body } = await api.send('POST', `${tenant}/calls`, { from, to: plan.number });
  const path = `${tenant}/calls/${String(body.id)}`;
  const began = performance.now();
  const waited = () => performance.now() - began;
  const picked = new Set<string>();
  while (!stop.aborted && waited() < (caller.patienceMs ?? Number.POSITIVE_INFINITY)) {
    const { stage, legs } = await api.get<SeenCall>(path);
    if (stage === 'ended') return { how: 'refused', waitMs: waited() };
    if (stage === 'established') {
      const waitMs = waited();
      await pause(caller.talkMs, stop);
      await hangUp(api, path);
      return { how: 'answered', waitMs };
    }
    const line = legs.find(({ state, line: own }) => state === 'ringing' && own !== undefined)?.line;
    if (line !== undefined && !picked.has(line)) {
      picked.add(line);
      await pause(plan.answerMs, stop);
      await ignoringConflicts(api.send('POST', `${tenant}/lines/${line}/answer`));
      picked.delete(line);
    } else await pause(LOOK_MS, stop);
  }
  await hangUp(api, path);
  return { how: 'abandoned', waitMs: waited() };
}

function hangUp(api: Api, path: string): Promise<void> {
  return ignoringConflicts(api.send('POST', `${path}/hangup`));
}

/** Over at once when it is stopped. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal: stop }).catch(() => undefined);
}

function summed(lives: readonly Lived[], serviceLevelMs: number): LiveResult {
  const of = (how: Lived['how']) => lives.filter((life) => life.how === how);
  const answered = of('answered');
  const within = answered.filter(({ waitMs }) => waitMs <= serviceLevelMs);
  const mean = answered.reduce((sum, { waitMs }) => sum + waitMs, 0) / Math.max(1, answered.length);
  return {
    offered: lives.length,
    answered: answered.length,
    abandoned: of('abandoned').length,
    refused: of('refused').length,
    waitSecondsMean: Math.round(mean) / 1000,
    answeredWithin: within.length,
  };
}
