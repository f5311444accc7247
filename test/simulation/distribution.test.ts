/**
 * A small contact centre in which anything may happen next, the death of the distributor included; after every record the
 * invariants hold, after every step the statistics are what the log says, and at rest nobody is forgotten. Where nothing
 * fails, there is rest after every step.
 * A seed that fails prints itself in the title; it stays in the list for ever.
 */
import { expect, test } from 'vitest';
import type { CallContext } from '../../machines/call/context.ts';
import { isUp, phonesOf } from '../../machines/call/legs.ts';
import type { Distributor } from '../../src/distributor/distributor.ts';
import { LedgerlineError } from '../../src/errors.ts';
import type { Command, Delivery } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { type Random, randomOf } from '../../src/simulate/random.ts';
import {
  aCall,
  anAgent,
  aPerson,
  aQueue,
  CENTRE,
  type Centre,
  givenCentre,
  toAgent,
  toCall,
} from '../support/centre.ts';
import { countedIn, Watch } from './invariants.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const STEPS = 250;
const CALM_SEEDS: readonly (readonly [seed: number, steps: number])[] = [
  ...[101, 102, 103, 104].map((seed) => [seed, STEPS] as const),
  [80_040, 400],
];
const AGENTS = ['ann', 'ben', 'cy', 'dee'];
const QUEUES = ['q', 'vip', 'small', 'patient'];

test.each(SEEDS)(
  'seed %i: no call is lost, offered twice or forgotten, however often the distributor dies',
  async (seed) => {
    const centre = await givenCentre();
    const chaos = new Chaos(centre, randomOf(seed));
    await chaos.open();
    for (let step = 0; step < STEPS; step += 1) {
      await chaos.step();
      expectInvariants(centre, chaos, step);
    }
    await chaos.comeToRest();
    expectInvariants(centre, chaos, STEPS);
    expect(chaos.deaths).toBeGreaterThan(0);
    expect(centre.problems).toEqual([]);
    await centre.close();
  },
);

test.each(CALM_SEEDS)(
  'seed %i: while nothing fails, nobody waits after any step for whom somebody is free',
  async (seed, steps) => {
    const centre = await givenCentre();
    const calm = new Chaos(centre, randomOf(seed), 'calm');
    await calm.open();
    for (let step = 0; step < steps; step += 1) {
      await calm.step();
      await centre.settle();
      expect(calm.watch.forgotten, `step ${step}`).toEqual([]);
      expectInvariants(centre, calm, step);
    }
    expect(calm.deaths).toBe(0);
    expect(centre.problems).toEqual([]);
    await centre.close();
  },
);

function expectInvariants(centre: Centre, { watch }: Chaos, step: number): void {
  expect(watch.wrong, `step ${step}`).toEqual([]);
  for (const queue of QUEUES)
    expect(countedIn(centre.runtime.live, CENTRE, queue), `${queue} at step ${step}`).toEqual(watch.countsOf(queue));
}

class Chaos {
  readonly watch: Watch;
  deaths = 0;
  readonly #centre: Centre;
  readonly #random: Random;
  readonly #distributors: Distributor[] = [];
  #calls = 0;
  #commands = 0;
  readonly #isCalm: boolean;
  #isSafe: boolean;

  /** Calm: no distributor dies, and no command of one fails. */
  constructor(centre: Centre, random: Random, weather: 'rough' | 'calm' = 'rough') {
    this.#centre = centre;
    this.#random = random;
    this.#isCalm = weather === 'calm';
    this.#isSafe = this.#isCalm;
    this.watch = new Watch(centre.runtime);
  }

  async open(): Promise<void> {
    await this.#centre.happens(
      aQueue('q', AGENTS),
      aQueue('vip', [{ agent: 'ann' }, { agent: 'ben', penalty: 3 }], { priority: 10, ringMs: 5_000, wrapUpMs: 7_000 }),
      aQueue('small', ['cy'], { waitingMax: 2, onFull: '8q', onNoAgents: '8q' }),
      aQueue('patient', ['dee'], { waitMsMax: 9_000, onWaitedTooLong: '8vip' }),
      ...AGENTS.map((agent, index) => anAgent(agent, { wrapUpMs: index * 3_000 })),
      aPerson('ann', { english: 5 }),
      aPerson('ben', { english: 2 }),
    );
    this.#start();
  }

  /** One thing happens; half of the time the next one comes before its consequences are through. */
  async step(): Promise<void> {
    const deed = this.#pick(DEEDS);
    if (deed === 'die') this.#die();
    else if (deed === 'time') await this.#centre.wait(Math.floor(this.#random() * 12_000));
    else void this.#try(this.#deliveryFor(deed));
    if (this.#random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    if (this.#random() < 0.5) await this.#centre.settle();
    if (this.#random() < 0.1) await this.comeToRest();
  }

  /** Every failure has been tried again; then nobody may wait while somebody is free for him. */
  async comeToRest(): Promise<void> {
    if (this.#distributors.length === 0) this.#start();
    this.#isSafe = true;
    await this.#centre.wait(1_001);
    await this.#centre.settle();
    expect(this.watch.forgotten).toEqual([]);
    this.#isSafe = this.#isCalm;
  }

  #start(): void {
    const { runtime } = this.#centre;
    const follow: Runtime['follow'] = (options) => runtime.follow(options);
    this.#distributors.push(this.#centre.startDistributor({ follow, submit: (command) => this.#submit(command) }));
  }

  /** Killed in the middle of whatever it does; the next one may start before it is quite dead, or a while later. */
  #die(): void {
    if (this.#isCalm) return;
    this.deaths += 1;
    const overlaps = this.#random() < 0.3;
    if (overlaps) this.#start();
    void this.#distributors.shift()?.stop();
    if (this.#distributors.length === 0 && this.#random() < 0.7) this.#start();
  }

  /** What may become of a command of the distributor: taken, taken late, not taken, or taken without an answer. */
  async #submit(command: Command) {
    const fate = this.#isSafe ? 1 : this.#random();
    if (fate < 0.03) throw new LedgerlineError('unavailable', 'made up');
    if (this.#random() < 0.4) await new Promise((resolve) => setImmediate(resolve));
    const outcome = await this.#centre.runtime.submit(command);
    if (fate < 0.06) throw new LedgerlineError('outcomeUnknown', 'made up');
    return outcome;
  }

  async #try(delivery: Delivery | undefined): Promise<void> {
    if (delivery === undefined) return;
    this.#commands += 1;
    const id = `chaos-${this.#commands}`;
    await this.#centre.runtime.submit({ id, tenant: CENTRE, by: 'user:chaos', via: 'test', deliveries: [delivery] });
  }

  #deliveryFor(deed: (typeof DEEDS)[number] | undefined): Delivery | undefined {
    if (deed === 'come') return this.#come();
    if (deed === 'present') return this.#presence();
    const call = this.#pick(this.#callsFor(deed));
    const context = call === undefined ? undefined : this.watch.contextOf(call);
    if (call === undefined || context === undefined) return undefined;
    const caller = context.legs[0]?.id ?? '';
    const agent = context.legs.findLast((leg) => leg.kind === 'agent')?.id ?? caller;
    const somebody = this.#pick(phonesOf(context))?.id ?? caller;
    switch (deed) {
      case 'answer':
        return toCall(call, { type: 'leg.answered', leg: context.offer?.leg ?? calledIn(context) ?? somebody });
      case 'ring':
        return toCall(call, { type: 'leg.ringing', leg: context.offer?.leg ?? agent });
      case 'reject':
        return toCall(call, { type: 'leg.failed', leg: context.offer?.leg ?? agent, cause: 'busy' });
      case 'agentHangsUp':
        return toCall(call, { type: 'leg.ended', leg: agent });
      case 'hold':
        return toCall(call, { type: this.#random() < 0.5 ? 'leg.held' : 'leg.retrieved', leg: agent });
      case 'consult': {
        const consult = `k${this.#commands}`;
        const legs = { leg: agent, consult, consultLeg: `${consult}-1` };
        return toCall(call, { type: 'consult', ...legs, target: this.#colleague(), purpose: 'any' });
      }
      case 'complete':
        return toCall(call, { type: this.#pick(COMPLETIONS) ?? 'swapCalls', leg: context.consults[0]?.leg ?? agent });
      case 'toQueueInstead':
        return toCall(call, { type: 'leg.forwarded', leg: somebody, why: 'busy', queue: { queue: 'vip' } });
      case 'toColleague':
        return toCall(call, { type: 'blindTransfer', leg: agent, target: this.#colleague() });
      case 'addParty':
        return toCall(call, { type: 'addParty', leg: agent, target: this.#colleague() });
      case 'pull': {
        const target = { ...this.#colleague(), acd: true };
        return toCall(call, { type: 'transferWaiting', target, why: 'pulled' });
      }
      case 'listen': {
        const how = this.#pick(['listen', 'coach', 'barge']) ?? 'listen';
        return toCall(call, { type: 'monitor', leg: agent, target: this.#colleague(), how, scope: 'call' });
      }
      case 'somebodyHangsUp':
        return toCall(call, { type: 'leg.ended', leg: somebody });
      case 'transfer':
        return toCall(call, { type: 'blindTransfer', leg: agent, queue: { queue: this.#pick(QUEUES) ?? 'q' } });
      case 'move':
        return toCall(call, { type: 'redirect', queue: this.#pick(QUEUES) ?? 'q', why: 'manual' });
      case 'drop':
        return toCall(call, { type: this.#random() < 0.5 ? 'kill' : 'dropWaiting' });
      default:
        return toCall(call, { type: 'leg.ended', leg: caller });
    }
  }

  /** Those in which the deed means something, where there are such. */
  #callsFor(deed: (typeof DEEDS)[number] | undefined): readonly string[] {
    const live = this.watch.liveCalls;
    const isFit = (id: string): boolean => {
      const { legs = [], consults = [], offer = null } = this.watch.contextOf(id) ?? {};
      if (deed === 'complete') return consults.length > 0;
      if (deed === 'answer') return offer !== null || calledIn({ legs }) !== undefined;
      return AMONG_PEOPLE.has(deed ?? '') && legs.some((leg) => leg.kind === 'agent' && isUp(leg));
    };
    const fit = live.filter(isFit);
    return fit.length === 0 ? live : fit;
  }

  #colleague() {
    const agent = this.#pick(AGENTS) ?? 'ann';
    return { leg: `l${this.#commands}`, number: `1${agent}`, line: `1${agent}`, agent };
  }

  #come(): Delivery {
    this.#calls += 1;
    const needs = this.#random() < 0.2 ? { skills: { english: 1 + Math.floor(this.#random() * 5) } } : {};
    return aCall(`c${this.#calls}`, this.#pick(QUEUES) ?? 'q', { priority: Math.floor(this.#random() * 3), ...needs });
  }

  #presence(): Delivery | undefined {
    const event = this.#pick([
      { type: 'setReady', signIn: true },
      { type: 'setReady', signIn: true },
      { type: 'setAway' },
      { type: 'signOut' },
      { type: 'setDnd', on: this.#random() < 0.3 },
    ]);
    const agent = this.#pick(AGENTS);
    return event === undefined || agent === undefined ? undefined : toAgent(agent, event);
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }
}

/** Deeds of people who talk. */
const AMONG_PEOPLE: ReadonlySet<string> = new Set(['consult', 'toColleague', 'addParty', 'listen', 'hold', 'transfer']);

const COMPLETIONS = ['completeTransfer', 'completeTransfer', 'completeConference', 'cancelConsult', 'swapCalls'];

/** A phone that nobody has picked up yet. */
function calledIn({ legs }: Pick<CallContext, 'legs'>): string | undefined {
  return legs.find((leg) => leg.kind !== 'caller' && (leg.state === 'dialing' || leg.state === 'ringing'))?.id;
}

/** As often as they stand here. */
const DEEDS = [
  'come',
  'come',
  'come',
  'come',
  'answer',
  'answer',
  'answer',
  'answer',
  'answer',
  'ring',
  'reject',
  'agentHangsUp',
  'agentHangsUp',
  'callerHangsUp',
  'callerHangsUp',
  'hold',
  'consult',
  'consult',
  'complete',
  'complete',
  'toQueueInstead',
  'toColleague',
  'addParty',
  'pull',
  'listen',
  'somebodyHangsUp',
  'transfer',
  'move',
  'drop',
  'present',
  'present',
  'time',
  'time',
  'die',
] as const;
