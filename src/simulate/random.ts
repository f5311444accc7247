/**
 * Chance from a seed: the same seed, the same traffic. And the laws by which times are drawn from it.
 * The generator is xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by
 * splitmix32; good for simulation, useless for secrets.
 */

/** Uniform in (0, 1). */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const mixed = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [mixed(), mixed(), mixed(), mixed()];
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return (result + 0.5) / 4_294_967_296;
  };
}

/** How long something takes. */
export type Law =
  | { readonly kind: 'exponential'; readonly meanMs: number }
  /** `variation` is the standard deviation divided by the mean. */
  | { readonly kind: 'lognormal'; readonly meanMs: number; readonly variation: number }
  | { readonly kind: 'deterministic'; readonly meanMs: number };

/** One time of a law, in whole ms. */
export function draw(law: Law, random: Random): number {
  return Math.round(exactly(law, random));
}

function exactly(law: Law, random: Random): number {
  if (law.kind === 'deterministic') return law.meanMs;
  if (law.kind === 'exponential') return -law.meanMs * Math.log(random());
  const variance = Math.log(1 + law.variation ** 2);
  return law.meanMs * Math.exp(normal(random) * Math.sqrt(variance) - variance / 2);
}

/** Standard normal (Box and Muller, 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}
