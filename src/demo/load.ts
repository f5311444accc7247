/**
 * Loads the demo world through the front door: one command per tenant, with a fixed id. A marker written with the first
 * and finished by the last says what an interrupted start still has to do; a log that began without it is never touched.
 */
import { claimsOf } from '../../machines/record/claims.ts';
import { entry } from '../../projections/directory.ts';
import { LedgerlineError } from '../errors.ts';
import type { PasswordHasher } from '../identity/password.ts';
import { type ActorId, INSTALLATION } from '../model/actor-id.ts';
import type { Delivery, Outcome } from '../model/command.ts';
import { digestOf } from '../model/digest.ts';
import type { JsonObject } from '../model/json.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { DemoCall, DemoService, DemoTenant } from './demo-tenant.ts';
import { demoWorld } from './world.ts';

const MARKER: ActorId = { tenant: INSTALLATION, kind: 'preference', id: 'demo' };
const LOADING: JsonObject = { section: 'demo', values: { state: { value: 'loading' } } };
const LOADED: JsonObject = { section: 'demo', values: { state: { value: 'loaded' } } };

/** True for an empty log, and for one whose demo was not loaded to the end. */
export function wantsDemo(view: View): boolean {
  if (view.position === 0) return true;
  const marker = entry(view, MARKER);
  return marker !== undefined && JSON.stringify(marker.attributes) === JSON.stringify(LOADING);
}

/** True for a log that holds the demo, whole. */
export function holdsDemo(view: View): boolean {
  const marker = entry(view, MARKER);
  return marker !== undefined && JSON.stringify(marker.attributes) === JSON.stringify(LOADED);
}

/** Throws LedgerlineError when the log cannot take it. `progress` is told after each tenant. */
export async function loadDemo(
  runtime: Runtime,
  hasher: PasswordHasher,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  for (const [index, world] of demoWorld.entries()) {
    const marker = index === 0 ? [create(MARKER, LOADING)] : [];
    await submit(runtime, `demo-${world.tenant}`, world.tenant, [...marker, ...(await deliveriesOf(world, hasher))]);
    progress(index + 1, demoWorld.length);
  }
  await submit(runtime, 'demo-loaded', INSTALLATION, [{ to: MARKER, event: { type: 'change', set: LOADED } }]);
}

async function submit(runtime: Runtime, id: string, tenant: string, deliveries: readonly Delivery[]): Promise<void> {
  const outcome: Outcome = await runtime.submit({ id, tenant, by: 'system:demo', via: 'demo', deliveries });
  if (outcome.kind === 'accepted') return;
  const { rejection } = outcome;
  throw new LedgerlineError('badConfiguration', `the demo data does not fit this log: ${JSON.stringify(rejection)}`);
}

async function deliveriesOf(world: DemoTenant, hasher: PasswordHasher): Promise<readonly Delivery[]> {
  const { tenant } = world;
  const record = (kind: string, id: string, attributes: JsonObject) => create({ tenant, kind, id }, attributes);
  const passwords = await Promise.all(
    world.passwords.map(async ({ user, dialect, name, password }) => {
      const proof = password === '' ? { allowEmpty: true } : { hash: await hasher.hash(password) };
      return record('credential', `${dialect}.${name}`, { user, dialect, name, ...proof });
    }),
  );
  // Known by its place in the list: the id stands in every record of what the token did, and the token itself must not.
  const tokens = world.tokens.map(({ token, ...rest }, index) =>
    record('token', `${tenant}-${index + 1}`, { sha256: digestOf(token), label: `demo token ${index + 1}`, ...rest }),
  );
  const agents = world.agents.map(({ id, ...event }) => ({
    to: { tenant, kind: 'agent', id },
    event: { type: 'create', ...event },
  }));
  const records = world.records.map(([kind, id, attributes]) => record(kind, id, attributes));
  const calls = world.calls.map((call) => imported(tenant, call));
  const services = (world.services ?? []).map((service) => started(tenant, service));
  return [...records, ...agents, ...passwords, ...tokens, ...calls, ...services];
}

function create(to: ActorId, attributes: JsonObject): Delivery {
  const claims = claimsOf(to.kind, attributes);
  return { to, event: { type: 'create', attributes, ...(claims.length === 0 ? {} : { claims }) } };
}

function imported(tenant: string, call: DemoCall): Delivery {
  const { id, from, to, startedAt, answeredAt, endedAt, direction, cause } = call;
  return {
    to: { tenant, kind: 'call', id },
    event: {
      type: 'imported',
      direction,
      to: to.number,
      caller: { leg: `${id}-1`, ...from },
      target: { leg: `${id}-2`, ...to },
      startedAt: Date.parse(startedAt),
      ...(answeredAt === undefined ? {} : { answeredAt: Date.parse(answeredAt) }),
      endedAt: Date.parse(endedAt),
      cause,
    },
  };
}

function started(tenant: string, { id, configuration, texts }: DemoService): Delivery {
  return {
    to: { tenant, kind: 'service', id },
    event: { type: 'create', configuration, service: configuration, texts, files: {} },
  };
}
