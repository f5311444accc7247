/**
 * Who is told what happens, and how far each has been told: webhooks with what was tried, NATS consumers with what they
 * acknowledged. Asked again while it is looked at.
 */
import { effect, signal } from '@preact/signals';
import { messageOf } from '../../../errors.ts';
import { ApiError, get } from './api.ts';
import { tenant } from './place.ts';

export interface Subscriber {
  readonly kind: 'webhook' | 'NATS consumer';
  readonly name: string;
  /** Delivered, or acknowledged, up to here. */
  readonly position: number | undefined;
  readonly behind: number;
  readonly says: string;
  readonly healthy: boolean;
}

interface Listed<Item> {
  readonly items: readonly Item[];
}

interface Hook {
  readonly id: string;
  readonly url?: string;
  readonly enabled?: boolean;
}

interface Told {
  readonly position: number;
  readonly head: number;
  readonly waiting: number;
  readonly failures: number;
  readonly dead: readonly unknown[];
  readonly attempts: readonly { readonly at: string; readonly outcome: Readonly<Record<string, unknown>> }[];
}

interface Consumer {
  readonly name: string;
  readonly progress: { readonly acknowledged: number; readonly waiting: number } | null;
}

export const deliveriesShown = signal(false);
export const subscribers = signal<readonly Subscriber[] | undefined>(undefined);
export const deliveriesProblem = signal('');

const AGAIN_MS = 2_000;

export function followDeliveries(): void {
  effect(() => {
    const name = tenant.value;
    if (!deliveriesShown.value || name === '') return;
    subscribers.value = undefined;
    const look = () => void read(name);
    look();
    const again = setInterval(look, AGAIN_MS);
    return () => clearInterval(again);
  });
}

async function read(name: string): Promise<void> {
  const base = `/v1/tenants/${encodeURIComponent(name)}`;
  try {
    const found = await Promise.all([offered(hooks(base)), offered(consumers(base))]);
    if (tenant.peek() !== name) return;
    subscribers.value = found.flat();
    deliveriesProblem.value = '';
  } catch (error) {
    deliveriesProblem.value = messageOf(error);
  }
}

/** A server on a NATS of another's makes no consumers: there are none then. */
async function offered(subscribers: Promise<readonly Subscriber[]>): Promise<readonly Subscriber[]> {
  return subscribers.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  });
}

async function hooks(base: string): Promise<readonly Subscriber[]> {
  const { items } = await get<Listed<Hook>>(`${base}/webhooks`, { limit: 100 });
  return Promise.all(
    items.map(async ({ id, url = id }) => {
      const told = await get<Told>(`${base}/webhooks/${encodeURIComponent(id)}/deliveries`);
      return {
        kind: 'webhook',
        name: url,
        position: told.position,
        behind: Math.max(0, told.head - told.position),
        says: sayingsOf(told).join(', '),
        healthy: told.failures === 0 && told.dead.length === 0,
      };
    }),
  );
}

function sayingsOf({ waiting, failures, dead, attempts }: Told): readonly string[] {
  const outcome = attempts.at(-1)?.outcome;
  return [
    ...(waiting > 0 ? [`${waiting} under way`] : []),
    ...(failures > 0 ? [`failed ${failures} times in a row`] : []),
    ...(dead.length > 0 ? [`${dead.length} given up`] : []),
    ...(outcome === undefined ? ['nothing sent yet'] : [`last: ${Object.values(outcome).join(' ')}`]),
  ];
}

async function consumers(base: string): Promise<readonly Subscriber[]> {
  const { items } = await get<Listed<Consumer>>(`${base}/consumers`);
  return items.map(({ name, progress }) => ({ kind: 'NATS consumer', name, ...progressOf(progress) }));
}

function progressOf(progress: Consumer['progress']): Pick<Subscriber, 'position' | 'behind' | 'says' | 'healthy'> {
  if (progress === null) return { position: undefined, behind: 0, says: 'has no consumer in NATS', healthy: false };
  const { acknowledged, waiting } = progress;
  const says = waiting === 0 ? 'has all there is' : 'not all delivered or acknowledged yet';
  return { position: acknowledged, behind: waiting, says, healthy: waiting === 0 };
}
