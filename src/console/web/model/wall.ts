/**
 * Agents, calls and queues as they are, or were at the moment the page stands at. Asked of the native API, again and
 * again while live; what it answers is never patched here, so it is what every other client sees.
 */
import { computed, effect, signal } from '@preact/signals';
import { messageOf } from '../../../errors.ts';
import type { Actor, Row } from '../../row.ts';
import { ApiError, get, needsToken, returns } from './api.ts';
import { wholeMoment } from './buffer.ts';
import { callers } from './callers.ts';
import { moment, tenant } from './place.ts';
import { soon } from './soon.ts';

export interface AgentSeen {
  readonly id: string;
  readonly presence: string;
  readonly phone: string;
  readonly queue: string;
  readonly reason: string | null;
  readonly line: string | null;
  readonly missed: number;
  readonly dnd: boolean;
  readonly presenceSince: string;
  readonly phoneSince: string;
}

export interface LegSeen {
  readonly number: string;
  readonly agent?: string;
  readonly state: string;
  readonly kind: string;
}

export interface CallSeen {
  readonly id: string;
  readonly stage: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly legs: readonly LegSeen[];
  readonly queue: { readonly queue: string; readonly waiting: boolean; readonly waitingSince: number } | null;
  readonly startedAt: number;
  readonly endedAt?: number | null;
  readonly abandoned?: boolean;
}

export interface QueueSeen {
  readonly id: string;
  readonly name?: string;
  readonly extension?: string;
  readonly members?: readonly { readonly agent: string }[];
}

export interface Wall {
  readonly at: number | undefined;
  readonly position: number;
  readonly agents: readonly AgentSeen[];
  readonly calls: readonly CallSeen[];
  readonly queues: readonly QueueSeen[];
  /** Names of agents, by id. */
  readonly names: ReadonlyMap<string, string>;
}

interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
  readonly position: number;
}

const NOBODY: Wall = { at: undefined, position: 0, agents: [], calls: [], queues: [], names: new Map() };
const PAGE = 1_000;
const PAGES_MAX = 5;
/** Of the newest calls: those that are over are shown from among them. */
const CALLS = 60;
const SETTLE_MS = 90;
const REFRESH_MS = 300;

export const wall = signal<Wall>(NOBODY);
export const wallProblem = signal('');
export const wallBusy = signal(false);
export const liveCalls = computed(() => wall.value.calls.filter(({ stage }) => stage !== 'ended'));

/** What people call an actor: a name, the number that calls, else the id. */
export function nameOf(kind: string, id: string): string {
  const { names, queues } = wall.value;
  if (kind === 'agent') return names.get(id) || id;
  if (kind === 'queue') return queues.find((queue) => queue.id === id)?.name ?? id;
  return kind === 'call' ? (callers.get(id) ?? id) : id;
}

/** The person an agent is. */
export function personOf({ kind, id }: Actor): string | undefined {
  return kind === 'agent' ? wall.peek().names.get(id) || undefined : undefined;
}

let reading = new AbortController();
const nudge = signal(0);

export function followWall(): void {
  let before = '';
  effect(() => {
    nudge.value;
    returns.value;
    const [name, at] = [tenant.value, wholeMoment.value];
    if (name === '') return;
    if (name !== before) wall.value = NOBODY;
    before = name;
    reading.abort();
    const mine = new AbortController();
    reading = mine;
    wallBusy.value = true;
    setTimeout(() => void read(name, at, mine), at === undefined ? 0 : SETTLE_MS);
  });
}

const askSoon = soon(
  () => {
    nudge.value += 1;
  },
  { ms: REFRESH_MS, isAsking: () => wallBusy.peek() },
);

/** Something happened: the wall is asked again, soon. A frozen page stays. */
export function wallMoved(rows: readonly Row[]): void {
  if (moment.peek() !== undefined) return;
  if (rows.some(({ kind }) => kind === 'agent' || kind === 'call' || kind === 'queue' || kind === 'user')) askSoon();
}

async function read(name: string, at: number | undefined, { signal }: AbortController): Promise<void> {
  if (signal.aborted) return;
  const base = `/v1/tenants/${encodeURIComponent(name)}`;
  const past = at === undefined ? {} : { as_of: at };
  try {
    const [agents, live, newest, queues, users] = await Promise.all([
      all<AgentSeen>(`${base}/agents`, past, signal),
      get<Listed<CallSeen>>(`${base}/calls`, { ...past, live: 'true' }, signal),
      get<Listed<CallSeen>>(`${base}/calls`, { ...past, limit: CALLS }, signal),
      all<QueueSeen>(`${base}/queues`, past, signal),
      all<{ agent?: string; firstName?: string; lastName?: string }>(`${base}/users`, past, signal),
    ]);
    const names = users.flatMap(({ agent, firstName = '', lastName = '' }) =>
      agent === undefined ? [] : [[agent, `${firstName} ${lastName}`.trim()] as const],
    );
    const calls = [...live.items.toReversed(), ...newest.items.filter(({ stage }) => stage === 'ended')];
    for (const { id, from } of calls) callers.set(id, from);
    wall.value = { at, position: live.position, agents, calls, queues, names: new Map(names) };
    wallProblem.value = '';
  } catch (error) {
    if (signal.aborted) return;
    if (!needsToken.value) wallProblem.value = messageOf(error);
    // Before a tenant existed there was nobody: that is an answer.
    if (error instanceof ApiError && error.status === 404) wall.value = { ...NOBODY, at };
  } finally {
    if (!signal.aborted) wallBusy.value = false;
  }
}

async function all<Item>(path: string, past: object, signal: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const listed = await get<Listed<Item>>(path, { ...past, limit: PAGE, cursor }, signal);
    items.push(...listed.items);
    cursor = listed.next;
    if (cursor === undefined) break;
  }
  return items;
}
