/**
 * Callers and hands for a running server behind the simulated switch, in real time: callers dial a queue, phones that ring
 * are picked up, whoever has talked enough or waited too long hangs up. Measures what the callers see.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulationPlan } from '../simulate/simulate.ts';
import { type Caller, callersOf } from '../simulate/traffic.ts';
import { type Api, ApiRefusal } from './api.ts';
import { tenantOf } from './tenant-choice.ts';
import type { Terminal } from './terminal.ts';

export interface LivePlan extends SimulationPlan {
  /** Of the queue. */
  readonly number: string;
  readonly tenant: string | undefined;
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

export async function simulateLive(
  api: Api,
  terminal: Terminal,
  plan: LivePlan,
  progress: (ended: number, calls: number) => void,
): Promise<LiveResult> {
  const calls = `/v1/tenants/${await tenantOf(api, terminal, plan.tenant)}/calls`;
  const lives: Promise<Lived>[] = [];
  let ended = 0;
  for (const caller of callersOf(plan)) {
    await delay(caller.afterMs);
    const life = live(api, calls, plan, caller, String(CALLER_NUMBER + lives.length));
    lives.push(life);
    void life.then(
      () => {
        ended += 1;
        progress(ended, plan.calls);
      },
      () => undefined,
    );
  }
  return summed(await Promise.all(lives), plan.serviceLevelMs);
}

async function live(api: Api, calls: string, plan: LivePlan, caller: Caller, from: string): Promise<Lived> {
  const { body } = await api.send('POST', calls, { from, to: plan.number });
  const path = `${calls}/${String(body.id)}`;
  const began = performance.now();
  const waited = () => performance.now() - began;
  const picked = new Set<string>();
  while (waited() < (caller.patienceMs ?? Number.POSITIVE_INFINITY)) {
    const { stage, legs } = await api.get<SeenCall>(path);
    if (stage === 'ended') return { how: 'refused', waitMs: waited() };
    if (stage === 'established') {
      const waitMs = waited();
      await delay(caller.talkMs);
      await hangUp(api, path);
      return { how: 'answered', waitMs };
    }
    const line = legs.find(({ state, line: own }) => state === 'ringing' && own !== undefined)?.line;
    if (line !== undefined && !picked.has(line)) {
      picked.add(line);
      await delay(plan.answerMs);
      await ignoringConflicts(api.send('POST', `${calls.replace(/calls$/, 'lines')}/${line}/answer`));
      picked.delete(line);
    } else await delay(LOOK_MS);
  }
  await hangUp(api, path);
  return { how: 'abandoned', waitMs: waited() };
}

function hangUp(api: Api, path: string): Promise<void> {
  return ignoringConflicts(api.send('POST', `${path}/hangup`));
}

/** Somebody was faster: the call ended, or another picked up. */
async function ignoringConflicts(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
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
