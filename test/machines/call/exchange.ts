/** Calls and agents moved by real turns, without a log: what the call tests share. */
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agentKind } from '../../../machines/agent/machine.ts';
import { type CallState, capabilitiesOf, type Operation } from '../../../machines/call/capabilities.ts';
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import { callKind } from '../../../machines/call/machine.ts';
import type { Cause } from '../../../machines/call/parts.ts';
import type { Reason } from '../../../machines/call/reasons.ts';
import { stateOf, stateValueOf, stepperOf } from '../../../src/actors/step.ts';
import { type Standing, type TurnRecord, type TurnResult, turn } from '../../../src/actors/turn.ts';
import { type ActorId, type ActorKey, keyOf } from '../../../src/model/actor-id.ts';
import type { ActorKind, ActorKinds } from '../../../src/model/actor-kind.ts';
import type { Delivery, MachineEvent, Rejection } from '../../../src/model/command.ts';

const kinds: ActorKinds = new Map<string, ActorKind>([agentKind, callKind].map((kind) => [kind.name, kind]));

export const OUTSIDE = { leg: 'x', number: '19735550123' };

export class Exchange {
  now = 1_000;
  readonly #standings = new Map<ActorKey, Standing>();
  #commands = 0;
  /** `agent alice leg.ringing` …, of the last accepted command. */
  last: readonly string[] = [];

  /** One command to one actor; `call/c1` or `agent/alice`. Undefined when accepted. */
  send(to: string, event: MachineEvent): Rejection | undefined {
    return this.sendAll([{ to: actor(to), event }]);
  }

  sendAll(deliveries: readonly Delivery[], by = 'user:test'): Rejection | undefined {
    const result = this.#try(deliveries, by);
    if (result.kind === 'rejected') return result.rejection;
    for (const record of result.records) this.#standings.set(keyOf(record.actor), stored(record));
    this.last = result.records.map(
      ({ actor: { kind, id }, transition }) => `${kind} ${id} ${transition.data.event.type}`,
    );
    for (const { kind, transition } of result.records) expectInSchema(kind, transition.data.event);
    return undefined;
  }

  /** Whether it would be accepted; nothing happens. */
  takes(to: string, event: MachineEvent): boolean {
    return this.#try([{ to: actor(to), event }]).kind === 'moved';
  }

  /** The same calls and agents, to go on from otherwise. */
  copy(): Exchange {
    const copy = new Exchange();
    copy.now = this.now;
    for (const [key, standing] of this.#standings) copy.#standings.set(key, standing);
    return copy;
  }

  /** Accepted, or the test fails. */
  given(to: string, ...events: readonly MachineEvent[]): this {
    for (const event of events) {
      const rejection = this.send(to, event);
      if (rejection !== undefined) throw new Error(`${to} ${event.type}: ${JSON.stringify(rejection)}`);
    }
    return this;
  }

  /** Why it is refused; undefined when it is not. */
  reasonOf(to: string, event: MachineEvent): Reason | string | undefined {
    const rejection = this.send(to, event);
    return rejection?.code === 'reason' ? rejection.reason : rejection?.code;
  }

  /** Moves time and fires what falls due on the way, in order. */
  pass(ms: number): this {
    const target = this.now + ms;
    for (;;) {
      const due = [...this.#standings.values()]
        .flatMap(({ actor, live }) => live.timers.map((timer) => ({ actor, timer })))
        .filter(({ timer }) => timer.due <= target)
        .sort((a, b) => a.timer.due - b.timer.due)[0];
      if (due === undefined) break;
      this.now = Math.max(this.now, due.timer.due);
      const event = { type: 'timer', timer: due.timer.name, armed: due.timer.armed };
      const rejection = this.sendAll([{ to: due.actor, event }], 'timer');
      if (rejection !== undefined) throw new Error(`timer: ${JSON.stringify(rejection)}`);
    }
    this.now = target;
    return this;
  }

  call(id: string): CallState {
    const { value, context } = this.#state(`call/${id}`);
    return { value, context: context as unknown as CallContext };
  }

  /** `queued`, `held`, … or `ended`. */
  stage(id: string): unknown {
    const { value } = this.call(id);
    return typeof value === 'string' ? value : value.live;
  }

  leg(call: string, leg: string): Leg | undefined {
    return this.call(call).context.legs.find(({ id }) => id === leg);
  }

  cause(id: string): Cause | null {
    return this.call(id).context.cause;
  }

  can(call: string, leg: string): readonly Operation[] {
    return capabilitiesOf(this.call(call), leg);
  }

  agent(id: string): { readonly presence: string; readonly phone: string; readonly queue: string } {
    return (this.#state(`agent/${id}`).value as { present: never }).present;
  }

  agentContext(id: string): AgentContext {
    return this.#state(`agent/${id}`).context as unknown as AgentContext;
  }

  calls(): readonly string[] {
    return [...this.#standings.values()].filter(({ actor }) => actor.kind === 'call').map(({ actor }) => actor.id);
  }

  #try(deliveries: readonly Delivery[], by = 'user:test'): Exclude<TurnResult, { kind: 'missing' }> {
    this.#commands += 1;
    const command = { id: `k${this.#commands}`, tenant: 't', by, via: 'test', deliveries };
    let minted = 0;
    const result = turn(command, this.now, {
      kinds,
      mintId: () => `${this.#commands}.${++minted}`,
      standing: (key) => this.#standings.get(key) ?? unborn(key),
    });
    if (result.kind === 'missing') throw new Error('nothing is ever missing here');
    return result;
  }

  #state(to: string) {
    const standing = this.#standings.get(keyOf(actor(to)));
    if (standing === undefined) throw new Error(`nobody of the name ${to}`);
    return { value: stateValueOf(standing.live), context: stateOf(standing.live).context };
  }
}

/** What actors tell each other is not checked by the host: it has to be right by itself. */
function expectInSchema(kind: ActorKind, event: MachineEvent): void {
  if (event.type === 'timer') return;
  const checked = kind.events[event.type]?.safeParse(event);
  if (checked?.success !== true) throw new Error(`${kind.name}: ${JSON.stringify([event, checked?.error])}`);
}

/** As if read back from the log, so that only what is stored can matter. */
function stored({ standing, transition, kind }: TurnRecord): Standing {
  const { to, state } = JSON.parse(JSON.stringify(transition.data));
  return { ...standing, position: 1, live: stepperOf(kind).restore(to, state) };
}

function unborn(key: ActorKey): Standing | undefined {
  const [tenant = '', name = '', id = ''] = key.split('.');
  const kind = kinds.get(name);
  if (kind === undefined) return undefined;
  return {
    actor: { tenant, kind: name, id },
    key,
    kind,
    version: 0,
    hash: null,
    time: 0,
    live: stepperOf(kind).initial,
    position: 0,
  };
}

function actor(to: string): ActorId {
  const [kind = '', id = ''] = to.split('/');
  return { tenant: 't', kind, id };
}

/** Agents who are ready, each on the line of that number. */
export function withAgents(lines: Readonly<Record<string, string>> = { alice: '101', bob: '102' }): Exchange {
  const exchange = new Exchange();
  for (const [name, line] of Object.entries(lines)) {
    exchange.given(`agent/${name}`, { type: 'create', line, presence: 'ready' });
  }
  return exchange;
}

/** The end of an agent, on his line. */
export function endOf(agent: string, leg: string) {
  const line = LINES[agent] ?? '199';
  return { leg, number: line, line, agent };
}

const LINES: Readonly<Record<string, string>> = { alice: '101', bob: '102', carol: '103' };

/** `c1`: an outside caller (leg `x`) waits in queue `q1`. */
export function queuedCall(exchange: Exchange, call = 'c1', caller = 'x'): Exchange {
  return exchange.given(`call/${call}`, {
    type: 'arrive',
    direction: 'inbound',
    caller: { ...OUTSIDE, leg: caller },
    to: '8000',
    queue: { queue: 'q1' },
  });
}

/** `c1`, offered to alice (leg `a`) and answered by her. */
export function queueCallWithAlice(exchange: Exchange = withAgents()): Exchange {
  return queuedCall(exchange).given(
    'call/c1',
    { type: 'offer', target: endOf('alice', 'a'), ringMs: 20_000 },
    { type: 'leg.ringing', leg: 'a' },
    { type: 'answer', leg: 'a' },
  );
}
