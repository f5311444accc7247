/** Agents of the bench tenant who change their presence at a steady rate, and when each change was stored. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { directoryRecords } from '../../src/identity/directory-records.ts';
import { createIdentity, type Identity } from '../../src/identity/identity.ts';
import { createPasswordHasher, type PasswordHasher } from '../../src/identity/password.ts';
import { createThrottle } from '../../src/identity/throttle.ts';
import type { Delivery } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import type { BenchRuntime } from '../support/bench-runtime.ts';
import { CHEAP } from '../support/identities.ts';
import { inParallel } from './table.ts';

const TENANT = 'bench';

export function agentIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `a${index}`);
}

/** Each on an extension of his own, with a user who signs in to GWS without a password. */
export async function givenAgents({ runtime }: BenchRuntime, count: number): Promise<void> {
  const create = (kind: string, id: string, attributes: object): Delivery => ({
    to: { tenant: TENANT, kind, id },
    event: { type: 'create', ...attributes },
  });
  await inParallel(count, 64, async (index) => {
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
  { ratePerS, seconds, agents }: { readonly ratePerS: number; readonly seconds: number; readonly agents: number },
): Promise<ReadonlyMap<number, number>> {
  const before = await log.head();
  const began = performance.now();
  const changes: Promise<void>[] = [];
  const change = async (index: number): Promise<void> => {
    const isAway = Math.floor(index / agents) % 2 === 0;
    const outcome = await runtime.submit(command(`a${index % agents}`, { type: isAway ? 'setAway' : 'setReady' }));
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

/** Who may sign in, as the directory says; passwords cost next to nothing. */
export function identityOf({ live }: Runtime): { readonly identity: Identity; readonly hasher: PasswordHasher } {
  const hasher = createPasswordHasher(randomBytes, CHEAP);
  const throttle = createThrottle();
  const parts = { live, records: directoryRecords, hasher, throttle, clock: systemClock(), random: randomBytes };
  return { identity: createIdentity(parts), hasher };
}
