/**
 * What theory says of a queue with n equal agents, Poisson arrivals and exponential service: the measure of the simulation.
 * Erlang C (M/M/n): A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
 * telephone exchanges", 1917; in the form of D. Gross and C. M. Harris, "Fundamentals of Queueing Theory", 2.3.
 * Erlang A (M/M/n+M, exponential patience): C. Palm, 1946; the stationary law of the birth-death process, and the virtual
 * wait of F. Baccelli and G. Hebuterne, "On queues with impatient customers", 1981, as used by O. Garnett, A. Mandelbaum
 * and M. Reiman, "Designing a call center with impatient customers", 2002.
 */

export interface QueueModel {
  readonly agents: number;
  readonly arrivalsPerMs: number;
  readonly serviceMsMean: number;
  /** Exponential; absent: nobody gives up. */
  readonly patienceMsMean?: number;
}

export interface Theory {
  /** Of all calls, answered or not. */
  readonly waitMsMean: number;
  /** Share of all calls that do not find a free agent. */
  readonly waits: number;
  readonly abandons: number;
  /** Share of the agents' time spent on calls. */
  readonly occupancy: number;
  /** Share of answered calls that were answered within a time. */
  readonly serviceLevel: (withinMs: number) => number;
}

/** Throws RangeError for a load that grows without bound: nobody gives up, and the agents cannot keep pace. */
export function theoryOf(model: QueueModel): Theory {
  return model.patienceMsMean === undefined ? erlangC(model) : erlangA(model, model.patienceMsMean);
}

/** Erlang's loss formula, by its recursion: stable for any n. */
export function erlangB(agents: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= agents; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

function erlangC({ agents, arrivalsPerMs, serviceMsMean }: QueueModel): Theory {
  const load = arrivalsPerMs * serviceMsMean;
  if (load >= agents) throw new RangeError(`${agents} agents cannot serve ${load.toFixed(2)} erlangs`);
  const blocked = erlangB(agents, load);
  const waits = (agents * blocked) / (agents - load * (1 - blocked));
  const drainPerMs = (agents - load) / serviceMsMean;
  return {
    waits,
    waitMsMean: waits / drainPerMs,
    abandons: 0,
    occupancy: load / agents,
    serviceLevel: (withinMs) => 1 - waits * Math.exp(-drainPerMs * withinMs),
  };
}

function erlangA({ agents, arrivalsPerMs, serviceMsMean }: QueueModel, patienceMsMean: number): Theory {
  const weights = [1];
  let total = 1;
  // Beyond the agents the terms fall at least geometrically in the end; stop when they no longer count.
  for (let calls = 1, weight = 1; calls <= agents || weight > total * 1e-15; calls += 1) {
    const leaving = Math.min(calls, agents) / serviceMsMean + Math.max(0, calls - agents) / patienceMsMean;
    weight *= arrivalsPerMs / leaving;
    weights.push(weight);
    total += weight;
  }
  const share = (calls: number) => (weights[calls] ?? 0) / total;
  let waits = 0;
  let inQueue = 0;
  let busy = 0;
  for (let calls = 0; calls < weights.length; calls += 1) {
    if (calls >= agents) waits += share(calls);
    inQueue += Math.max(0, calls - agents) * share(calls);
    busy += Math.min(calls, agents) * share(calls);
  }
  const waitMsMean = inQueue / arrivalsPerMs;
  const abandons = waitMsMean / patienceMsMean;
  const density = virtualWait({ agents, arrivalsPerMs, serviceMsMean }, patienceMsMean, share(agents - 1));
  const answered = (withinMs: number) =>
    1 - waits + integral((ms) => density(ms) * Math.exp(-ms / patienceMsMean), withinMs);
  return {
    waits,
    waitMsMean,
    abandons,
    occupancy: busy / agents,
    serviceLevel: (withinMs) => answered(withinMs) / (1 - abandons),
  };
}

/** Density of the wait of a call with endless patience, above 0; `oneFree` is the probability that one agent is free. */
function virtualWait(
  { agents, arrivalsPerMs, serviceMsMean }: QueueModel,
  patienceMsMean: number,
  oneFree: number,
): (ms: number) => number {
  return (ms) => {
    const arrivalsThatStay = arrivalsPerMs * patienceMsMean * (1 - Math.exp(-ms / patienceMsMean));
    return arrivalsPerMs * oneFree * Math.exp(arrivalsThatStay - (agents / serviceMsMean) * ms);
  };
}

const STEPS = 2_000;

/** From 0, by Simpson's rule. */
function integral(of: (x: number) => number, to: number): number {
  const step = to / STEPS;
  let sum = of(0) + of(to);
  for (let index = 1; index < STEPS; index += 1) sum += of(index * step) * (index % 2 === 0 ? 2 : 4);
  return (sum * step) / 3;
}
