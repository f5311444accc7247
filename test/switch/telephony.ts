/**
 * A contact centre with a simulated telephone network, in memory, on a clock moved by hand: the real kinds, projections,
 * runtime and connector. Only the directory is a small one: agents alice, bob, carol on 101 to 103, queue 8000.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect } from 'vitest';
import type { AgentContext } from '../../machines/agent/context.ts';
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { agent } from '../../projections/agents.ts';
import { allLiveCalls, call } from '../../projections/calls.ts';
import type { Command, MachineEvent, Outcome } from '../../src/model/command.ts';
import type { View } from '../../src/model/projection.ts';
import { Connector } from '../../src/switch/connector.ts';
import type { Destination, Directory } from '../../src/switch/directory.ts';
import { type Hands, handsOn } from '../../src/switch/simulated/hands.ts';
import { SimulatedNetwork } from '../../src/switch/simulated/network.ts';
import { givenWorld, type World } from '../support/world.ts';

export const TENANT = 't';
export const OUTSIDE_ANSWER_MS = 2_000;
export const LINES: Readonly<Record<string, string>> = { '101': 'alice', '102': 'bob', '103': 'carol' };

export interface Telephony {
  readonly world: World;
  readonly network: SimulatedNetwork;
  readonly connector: Connector;
  readonly hands: Hands;
  /** A command to `call/<id>` or `agent/<id>`; everything it sets off is done when it resolves. */
  send(to: string, event: MachineEvent): Promise<Outcome>;
  /** The same, and it has to be accepted. */
  given(to: string, ...events: readonly MachineEvent[]): Promise<void>;
  pass(ms: number): Promise<void>;
  atRest(): Promise<void>;
  call(id: string): CallContext;
  stage(id: string): string | undefined;
  leg(call: string, leg: string): Leg | undefined;
  phone(agent: string): string | undefined;
  /** Of alice, bob and carol. */
  phones(): readonly (string | undefined)[];
  /** The hands on a desk phone. */
  line(number: string): ReturnType<Hands['line']>;
  /** Legs that hear one another. */
  heardIn(call: string): readonly string[] | undefined;
  presence(agent: string): string | undefined;
  /** Events recorded for a call, in order. */
  history(id: string): string[];
  /** As after a crash of the connector: a new one, and a new network, over what the log holds. */
  restarted(): Promise<Telephony>;
  /** Fails when anything was reported. */
  close(): Promise<void>;
}

export async function givenTelephony(): Promise<Telephony> {
  const world = await givenWorld();
  for (const [line, name] of Object.entries(LINES)) {
    const event = { type: 'create', line, presence: 'ready' };
    await world.record(TENANT, { to: { tenant: TENANT, kind: 'agent', id: name }, event });
  }
  return connected(world);
}

async function connected(world: World): Promise<Telephony> {
  const { runtime, clock } = world;
  const problems: unknown[] = [];
  const network = new SimulatedNetwork({ clock, outsideAnswerMs: OUTSIDE_ANSWER_MS, legsMax: 100 });
  const connector = new Connector({
    runtime,
    clock,
    switch: network,
    directory: directoryOf(runtime.live),
    allLiveCalls,
    retryMs: 100,
    report: (what, problem) => problems.push([what, problem]),
  });
  await connector.start();

  const atRest = async () => {
    for (let quiet = 0, position = -1; quiet < 3; ) {
      await network.atRest();
      await connector.atRest();
      await runtime.atRest();
      await turnOfTheLoop();
      quiet = runtime.live.position === position ? quiet + 1 : 0;
      position = runtime.live.position;
    }
  };
  let sent = 0;
  const entry = (id: string) => call(runtime.live, TENANT, id);
  const telephony: Telephony = {
    world,
    network,
    connector,
    atRest,
    hands: handsOn(network, (tenant, id) => call(runtime.live, tenant, id)?.context.legs ?? []),
    async send(to, event) {
      const [kind = '', id = ''] = to.split('/');
      sent += 1;
      const command: Command = {
        id: `test-${clock.now()}-${sent}-${id}`,
        tenant: TENANT,
        by: 'user:test',
        via: 'test',
        deliveries: [{ to: { tenant: TENANT, kind, id }, event }],
      };
      const outcome = await runtime.submit(command);
      await atRest();
      return outcome;
    },
    async given(to, ...events) {
      for (const event of events) {
        const outcome = await telephony.send(to, event);
        if (outcome.kind === 'rejected') throw new Error(`${to} ${event.type}: ${JSON.stringify(outcome.rejection)}`);
      }
    },
    async pass(ms) {
      await atRest();
      await clock.advance(ms, atRest);
      await atRest();
    },
    call(id) {
      const found = entry(id);
      if (found === undefined) throw new Error(`no call ${id}`);
      return found.context;
    },
    stage: (id) => entry(id)?.stage,
    leg: (id, leg) => entry(id)?.context.legs.find((one) => one.id === leg),
    phone: (name) => agent(runtime.live, TENANT, name)?.phone,
    phones: () => Object.values(LINES).map((name) => telephony.phone(name)),
    line: (number) => telephony.hands.line(TENANT, number),
    heardIn: (id) => network.bridgeOf(TENANT, id),
    presence: (name) => agent(runtime.live, TENANT, name)?.presence,
    history: (id) =>
      world.log.records
        .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()))
        .filter(({ source }) => source === `/tenants/${TENANT}/calls/${id}`)
        .map(({ data }) => data.event.type),
    async restarted() {
      await connector.stop();
      await network.close();
      expect(problems).toEqual([]);
      const next = await connected(world);
      await next.atRest();
      return next;
    },
    async close() {
      await connector.stop();
      await network.close();
      await world.close();
      expect(problems).toEqual([]);
    },
  };
  return telephony;
}

export function endOf(name: string, leg: string, ringMs = 20_000) {
  const line = Object.keys(LINES).find((number) => LINES[number] === name) ?? '199';
  return { leg, number: line, line, agent: name, ringMs };
}

export function directoryOf(view: View): Directory {
  return {
    resolve(tenant, number, { code } = {}): Destination {
      if (number === '8000') return { kind: 'queue', number, entry: { queue: 'q1', name: 'Support' } };
      if (number === '8003449999') {
        const reservation = {
          service: 's1',
          accessNumber: number,
          ...(code === undefined ? {} : { accessCode: code }),
        };
        return { kind: 'accessNumber', number, entry: { queue: 'q1' }, reservation, userData: { Key1: 'Value6' } };
      }
      const name = LINES[number];
      if (name === undefined) return { kind: /^\d{7,15}$/.test(number) ? 'outside' : 'unknown', number };
      const state = agent(view, tenant, name)?.context as unknown as AgentContext | undefined;
      const on = Object.entries(state?.forwards ?? {}).filter(([, { enabled }]) => enabled);
      return {
        kind: 'line',
        number,
        agent: name,
        dnd: state?.dnd ?? false,
        forwards: Object.fromEntries(on.map(([which, { destination }]) => [which, destination])),
        ringMs: 20_000,
      };
    },
  };
}
