/**
 * One decision of the distributor at 1,000 waiting calls and 1,000 agents: from the record that frees an agent, or brings
 * a call, to the offer. Ten queues, three per agent, eight skills; and the worst case, in which everybody is of his own
 * kind and nobody fits.
 */
import { Distributor } from '../../src/distributor/distributor.ts';
import type { Fact } from '../../src/distributor/fact.ts';
import { Floor } from '../../src/distributor/floor.ts';
import type { Outcome } from '../../src/model/command.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { randomOf } from '../../src/simulate/random.ts';
import { agentContext } from '../support/agent-records.ts';
import { callContext, queued } from '../support/call-records.ts';
import { type Bench, median, percentile } from './table.ts';

const COUNT = 1_000;
const QUEUES = 10;
const SKILLS = 8;
const ROUNDS = 5;
const TENANT = 'bench';

const agentId = (index: number) => `a${index}`;
const callId = (index: number) => `c${index}`;

export const bench: Bench = async () => {
  const freed: number[] = [];
  const called: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [agents, calls] = [decisions('agents'), decisions('calls')];
    if (round === 0) continue;
    freed.push(...agents);
    called.push(...calls);
  }
  return [
    row('an agent comes free, 1,000 calls wait', freed),
    row('a call comes, 1,000 agents are free', called),
    row('nobody fits: 1,000 kinds of agents looked at for a call', nobodyFits()),
  ];
};

function row(what: string, values: readonly number[]) {
  const figure = `${median(values).toFixed(1)} µs, p99 ${percentile(values, 0.99).toFixed(1)} µs`;
  return { what, figure, aim: '<= 50 µs' };
}

/** µs of each of 1,000 decisions: every agent comes free in turn, or every call comes in turn. */
function decisions(coming: 'agents' | 'calls'): number[] {
  const random = randomOf(11);
  const agents = Array.from({ length: COUNT }, (_, index) => agentFact(index, coming === 'calls'));
  const calls = Array.from({ length: COUNT }, (_, index) => callFact(index, random));
  const here = coming === 'agents' ? [...agents, ...calls] : agents;
  let offers = 0;
  let deliver: (records: readonly LoggedTransition[]) => void | Promise<void> = () => undefined;
  const distributor = new Distributor({
    runtime: {
      submit: () => {
        offers += 1;
        return new Promise<Outcome>(() => undefined);
      },
      follow: (options) => {
        deliver = options.deliver;
        return { position: 0, ended: Promise.resolve(), stop: () => undefined };
      },
    },
    clock: { now: () => COUNT, at: () => () => undefined },
    beginning: () => ({ position: 0, facts: [...staff(random), ...here] }),
    directory: { resolve: (_, number) => ({ kind: 'unknown', number }) },
    retryMs: 1_000,
    report: () => undefined,
  });
  void distributor.start();
  const news = coming === 'agents' ? agents.map((_, index) => agentFact(index, true)) : calls;
  const times = news.map((fact) => {
    const record = recordOf(fact);
    const began = process.hrtime.bigint();
    void deliver([record]);
    return Number(process.hrtime.bigint() - began) / 1_000;
  });
  if (offers < COUNT / 2) throw new Error(`only ${offers} offers were made`);
  return times;
}

function nobodyFits(): number[] {
  const floor = new Floor((agent) => ({
    queues: new Map([['q', 0]]),
    skills: new Map([[`skill of ${agent}`, 1]]),
  }));
  for (let index = 0; index < COUNT; index += 1) {
    floor.sit({ agent: agentId(index), idleSince: index });
    floor.join({
      call: callId(index),
      queue: 'q',
      queuePriority: 0,
      priority: 0,
      waitingSince: index,
      arrival: index,
      needs: new Map([['nobody has it', index]]),
      missedBy: [],
    });
  }
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    for (let index = 0; index < COUNT; index += 1) {
      const began = process.hrtime.bigint();
      const found = floor.agentFor(callId(index));
      // The first round is the one in which everybody is looked at closely; it happens once per kind of call.
      if (round >= ROUNDS) times.push(Number(process.hrtime.bigint() - began) / 1_000);
      if (found !== undefined) throw new Error('nobody should fit');
    }
  }
  return times;
}

function* staff(random: () => number): Generator<Fact> {
  for (let queue = 0; queue < QUEUES; queue += 1) {
    const members = Array.from({ length: COUNT }, (_, index) => ({ agent: agentId(index), penalty: index % 3 }));
    const attributes = {
      name: `q${queue}`,
      extension: `8${queue}`,
      priority: queue % 4,
      members: members.filter((_, index) => [0, 1, 2].some((step) => (index + step * 3) % QUEUES === queue)),
    };
    yield factOf('queue', `q${queue}`, 'active', { attributes });
  }
  for (let index = 0; index < COUNT; index += 1) {
    const skills = Array.from({ length: 3 }, () => ({
      skill: `s${Math.floor(random() * SKILLS)}`,
      level: Math.floor(random() * 10),
    }));
    const attributes = { firstName: 'A', lastName: agentId(index), roles: [], agent: agentId(index), skills };
    yield factOf('user', `user-${index}`, 'active', { attributes });
  }
}

function agentFact(index: number, free: boolean): Fact {
  const value = { present: { presence: 'ready', phone: free ? 'idle' : 'talking', queue: free ? 'none' : 'talking' } };
  return factOf('agent', agentId(index), value, agentContext(index), free ? 2 : 1);
}

function callFact(index: number, random: () => number): Fact {
  const skills = random() < 0.5 ? {} : { [`s${Math.floor(random() * SKILLS)}`]: Math.floor(random() * 4) };
  const queue = queued(`q${index % QUEUES}`, index, { skills, priority: index % 2 });
  return factOf('call', callId(index), { live: 'queued' }, callContext(index, { queue }));
}

function factOf(kind: string, id: string, value: Fact['value'], context: Fact['context'], version = 1): Fact {
  return { actor: { tenant: TENANT, kind, id }, version, value, context, done: false };
}

function recordOf({ actor, version, value, context }: Fact): LoggedTransition {
  const data = {
    version,
    event: { type: 'bench' },
    from: null,
    to: value,
    state: { context },
    cause: { command: 'bench', by: 'bench', via: 'bench' },
    part: { number: 1, of: 1 },
    machine: actor.kind,
    prev: null,
  };
  const transition = {
    specversion: '1.0',
    id: '',
    source: '',
    type: '',
    time: '',
    datacontenttype: 'application/json',
  };
  return {
    position: version,
    actor,
    visibility: 'public',
    transition: { ...transition, data } as LoggedTransition['transition'],
    time: 0,
    hash: '',
  };
}
