/**
 * The queue that `simulate --live` calls: which one has the number, who is there for its callers, and a word to whoever
 * watches when nobody is, since the callers then wait in silence.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, ApiRefusal } from './api.ts';
import { CliFailure, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface Queue {
  readonly id: string;
  readonly extension?: string;
  readonly accessNumbers?: readonly string[];
  readonly members: readonly { readonly agent: string }[];
}

/** A tenant of a running server, and whom it is told to. */
export interface Place {
  readonly api: Api;
  readonly terminal: Terminal;
  readonly tenant: string;
}

interface Staff {
  readonly ready: number;
  readonly busy: number;
  readonly away: number;
  readonly signedOut: number;
}

/** How often it is asked who is there. */
const LOOK_MS = 1_000;

export async function queueWith({ api, tenant }: Place, number: string): Promise<Queue> {
  const known: string[] = [];
  for await (const queue of api.items<Queue>(`/v1/tenants/${encodeURIComponent(tenant)}/queues`)) {
    const numbers = [...(queue.extension === undefined ? [] : [queue.extension]), ...(queue.accessNumbers ?? [])];
    if (numbers.includes(number)) return queue;
    known.push(`${numbers[0] ?? 'no number'} (${queue.id})`);
  }
  const others = known.length === 0 ? 'it has no queue' : `there are ${known.slice(0, 10).join(', ')}`;
  throw new CliFailure(EXIT.failed, `no queue of ${tenant} has the number ${number}; ${others}`, { code: 'unknown' });
}

/** Makes so many of the queue's members ready; they stay so. */
export async function signIn({ api, tenant }: Place, { members }: Queue, most: number): Promise<void> {
  for (const { agent } of members.slice(0, most)) {
    const path = `/v1/tenants/${encodeURIComponent(tenant)}/agents/${encodeURIComponent(agent)}/setReady`;
    await ignoringConflicts(api.send('POST', path, { signIn: true }));
  }
}

/** Says who is there, and again whenever the last of them goes or the first one comes; until it is stopped. */
export async function watchStaff(place: Place, queue: Queue, stop: AbortSignal): Promise<void> {
  const { api, terminal, tenant } = place;
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/queues/${encodeURIComponent(queue.id)}/status`;
  let wasStaffed: boolean | undefined;
  while (!stop.aborted) {
    const { members } = await api.get<{ readonly members: Staff }>(path);
    const isStaffed = members.ready + members.busy > 0;
    if (isStaffed !== wasStaffed) terminal.err(staffText(place, queue, members));
    wasStaffed = isStaffed;
    await delay(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function staffText({ api, tenant }: Place, { id, members: [first] }: Queue, staff: Staff): string {
  const { ready, busy, away, signedOut } = staff;
  const counts = `${ready} ready, ${busy} busy, ${away} away, ${signedOut} signed out`;
  if (ready + busy > 0) return `queue ${id}: ${counts}`;
  const waiting = `nobody is ready in queue ${id} (${counts}): callers wait until somebody is`;
  if (first === undefined) return `${waiting}; put agents in with \`ledgerline member add ${id} <agent>\``;
  const request = `${api.url}/v1/tenants/${tenant}/agents/${first.agent}/setReady`;
  return `${waiting}; begin with --sign-in, or POST {"signIn":true} to ${request}`;
}

/** Somebody was faster: the agent is what he should become, the call ended, or another picked up. */
export async function ignoringConflicts(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
}
