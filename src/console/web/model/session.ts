/**
 * Holds the parts together: which tenants there are, the live log of the one that is looked at, and who is told of it.
 */
import { batch, effect, signal } from '@preact/signals';
import { messageOf } from '../../../errors.ts';
import type { Chart } from '../../charts.ts';
import { type Row, rowOf } from '../../row.ts';
import { ApiError, followLog, get, needsToken, type Pushed, returns } from './api.ts';
import { appendLive, followBuffer } from './buffer.ts';
import { followDeliveries } from './deliveries.ts';
import type { RowPage } from './log-buffer.ts';
import { followMomentTime } from './moment-time.ts';
import { actor, moment, tenant } from './place.ts';
import { followReadiness } from './readiness.ts';
import { followSelection, growStory } from './story.ts';
import { followWall, personOf, wallMoved } from './wall.ts';

export interface Tenant {
  readonly id: string;
  readonly name?: string;
}

export const tenants = signal<readonly Tenant[]>([]);
/** Undefined until an actor is selected and they are read. */
export const charts = signal<ReadonlyMap<string, Chart> | undefined>(undefined);
/** The newest position that was heard of, and its time on the server's clock. */
export const head = signal(0);
export const headTime = signal(0);
export const connected = signal(false);
/** It was connected, and the server is gone since. */
export const cut = signal(false);
export const trouble = signal('');

const RETRY_MS = 1_500;
/** Of more tenants than these the newest records are not asked for at a start. */
const ASKED_MAX = 8;

let stopFollowing = (): void => undefined;

/** What the address names is asked for at once: who may be looked at besides is learnt beside it. */
export function start(): void {
  effect(() => open(tenant.value));
  followBuffer();
  followWall();
  followSelection();
  followDeliveries();
  followMomentTime();
  followReadiness();
  effect(() => {
    returns.value;
    if (actor.value !== undefined && charts.peek() === undefined) void learnCharts();
  });
  void learnTenants();
}

async function learnTenants(): Promise<void> {
  const wanted = tenant.peek();
  try {
    const { items } = await get<{ items: readonly Tenant[] }>('/v1/tenants');
    const isThere = items.some(({ id }) => id === wanted);
    const other = isThere ? wanted : await liveliestOf(items);
    batch(() => {
      tenants.value = items;
      if (!isThere) startElsewhere(other);
    });
    if (wanted !== '' && !isThere) trouble.value = `There is no tenant ${wanted} here, or it is not yours.`;
  } catch (error) {
    if (!needsToken.value) trouble.value = messageOf(error);
    if (isNoAnswer(error)) setTimeout(() => void learnTenants(), RETRY_MS);
  }
}

/** To whom something happened last, of the first few: a page without an address shows a centre that is at work. */
async function liveliestOf(items: readonly Tenant[]): Promise<string> {
  const [first] = items;
  if (first === undefined || items.length === 1) return first?.id ?? '';
  const newest = await Promise.all(
    items.slice(0, ASKED_MAX).map(async ({ id }) => {
      const page = await get<RowPage>('/console/data/rows', { tenant: id, limit: 1 }).catch(() => undefined);
      return { id, position: page?.rows[0]?.position ?? 0 };
    }),
  );
  return newest.reduce((best, one) => (one.position > best.position ? one : best)).id;
}

async function learnCharts(): Promise<void> {
  const drawn = await get<readonly Chart[]>('/console/charts.json').catch(() => undefined);
  if (drawn !== undefined) charts.value = new Map(drawn.map((chart) => [chart.kind, chart]));
}

function isNoAnswer(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

/** A moment and an actor of a tenant that is not there mean nothing in another. */
function startElsewhere(other: string): void {
  if (tenant.peek() !== '') {
    moment.value = undefined;
    actor.value = undefined;
  }
  tenant.value = other;
}

/** The head first, so that nothing is missed between what is read and what is pushed. */
function open(name: string): void {
  stopFollowing();
  trouble.value = '';
  if (name === '') return;
  let stopped = false;
  let stop = (): void => undefined;
  stopFollowing = () => {
    stopped = true;
    stop();
  };
  get<{ position: number }>(`/v1/tenants/${encodeURIComponent(name)}/queues`, { limit: 1 })
    .then(({ position }) => {
      if (stopped) return;
      head.value = position;
      stop = followWhileSeen(name);
    })
    .catch((error: Error) => {
      if (stopped) return;
      trouble.value = error.message;
      if (isNoAnswer(error)) setTimeout(() => stopped || open(name), RETRY_MS);
    });
}

/**
 * A tab in the background needs no connection: it goes on where it was when it is looked at again.
 */
function followWhileSeen(name: string): () => void {
  let stop = (): void => undefined;
  const turn = (): void => {
    stop();
    connected.value = false;
    stop = document.hidden
      ? () => undefined
      : followLog(
          name,
          head.peek(),
          take,
          (up) => {
            if (up && cut.peek()) returns.value += 1;
            cut.value = !up;
            connected.value = up;
          },
          (why) => {
            trouble.value = `Not live: ${why}`;
          },
        );
  };
  turn();
  document.addEventListener('visibilitychange', turn);
  return () => {
    document.removeEventListener('visibilitychange', turn);
    stop();
  };
}

const arrived: Pushed[] = [];
let waiting = false;

/** Once per frame, however much arrives. */
function take(pushed: readonly Pushed[]): void {
  arrived.push(...pushed);
  if (waiting) return;
  waiting = true;
  // Not an animation frame: a page in the background goes on listening.
  setTimeout(() => {
    waiting = false;
    deliver(arrived.splice(0));
  }, 30);
}

function deliver(pushed: readonly Pushed[]): void {
  const rows: Row[] = pushed.map(({ position, record }) => rowOf(position, record, personOf));
  const newest = rows.at(-1);
  if (newest === undefined) return;
  batch(() => {
    head.value = Math.max(head.value, newest.position);
    headTime.value = Math.max(headTime.value, newest.time);
    appendLive(rows, newest.position);
    growStory(rows);
    wallMoved(rows);
  });
}
