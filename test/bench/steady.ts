/** Agents of the bench tenant who change their presence at a steady rate, and when each change was stored. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '../../src/model/command.ts';
import type { BenchRuntime } from '../support/bench-runtime.ts';
import { inParallel } from './table.ts';

const AGENTS = 200;
const TENANT = 'bench';

/** Each on an extension of his own, with a user who signs in to GWS without a password. */
export async function givenAgents({ runtime }: Pick<BenchRuntime, 'runtime'>): Promise<void> {
  const create = (kind: string, id: string, attributes: object): Delivery => ({
    to: { tenant: TENANT, kind, id },
    event: { type: 'create', ...attributes },
  });
  await inParallel(AGENTS, 64, async (index) => {
    const [id, line] = [`a${index}`, `${1000 + index}`];
    const logins = [{ dialect: 'gws', name: id }];
    const user = { firstName: 'A', lastName: id, roles: ['agent'], agent: id, extensions: [id], logins };
    const credential = { user: id, dialect: 'gws', name: id, allowEmpty: true };
    const outcome = await runtime.submit({
      id: `given-${id}`,
      tenant: TENANT,
      by: 'user:bench',
      via: 'bench',
      deliveries: [
        create('user', id, { attributes: user }),
        create('credential', id, { attributes: credential }),
        create('extension', id, { attributes: { number: line, user: id, isAgent: true } }),
        create('agent', id, { line, presence: 'ready' }),
      ],
    });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  });
}

/** Changes presences for some seconds. When the log stored each change, by position: ms since 1970. */
export async function drive(
  { runtime, log, command }: BenchRuntime,
  { ratePerS, seconds }: { readonly ratePerS: number; readonly seconds: number },
): Promise<ReadonlyMap<number, number>> {
  const before = await log.head();
  const began = performance.now();
  const changes: Promise<void>[] = [];
  const change = async (index: number): Promise<void> => {
    const isAway = Math.floor(index / AGENTS) % 2 === 0;
    const outcome = await runtime.submit(command(`a${index % AGENTS}`, { type: isAway ? 'setAway' : 'setReady' }));
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  };
  for (let index = 0; index < ratePerS * seconds; index += 1) {
    const waitMs = began + (index * 1000) / ratePerS - performance.now();
    if (waitMs > 0) await delay(waitMs);
    changes.push(change(index));
  }
  await Promise.all(changes);
  const stored = new Map<number, number>();
  for await (const records of log.read({ after: before, upTo: await log.head() }))
    for (const { position, storedAt } of records) stored.set(position, storedAt);
  return stored;
}
