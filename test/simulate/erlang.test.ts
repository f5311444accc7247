/** The formulas, against published values and against one another. */
import { describe, expect, test } from 'vitest';
import { erlangB, theoryOf } from '../../src/simulate/erlang.ts';

const SERVICE_MS = 180_000;

function model(agents: number, load: number, patienceMsMean?: number) {
  const common = { agents, arrivalsPerMs: load / SERVICE_MS, serviceMsMean: SERVICE_MS };
  return patienceMsMean === undefined ? common : { ...common, patienceMsMean };
}

test.each([
  // Erlang B tables, as printed in every book on teletraffic: 1 % and 5 % blocking.
  [5, 1.361, 0.01],
  [10, 4.461, 0.01],
  [30, 20.34, 0.01],
  [10, 6.216, 0.05],
])('%i agents offered %f erlangs lose %f', (agents, load, lost) => {
  expect(erlangB(agents, load)).toBeCloseTo(lost, 3);
});

describe('Erlang C', () => {
  test('one agent is the M/M/1 queue', () => {
    const theory = theoryOf(model(1, 0.8));
    expect(theory.waits).toBeCloseTo(0.8);
    expect(theory.waitMsMean).toBeCloseTo((0.8 / 0.2) * SERVICE_MS, 3);
    expect(theory.serviceLevel(60_000)).toBeCloseTo(1 - 0.8 * Math.exp(-(0.2 * 60_000) / SERVICE_MS));
  });

  test('two agents wait by the closed form 2ρ² ÷ (1 + ρ)', () => {
    const load = 0.7;
    expect(theoryOf(model(2, 2 * load)).waits).toBeCloseTo((2 * load ** 2) / (1 + load));
  });

  test('a load that no one could serve has no answer', () => {
    expect(() => theoryOf(model(5, 5))).toThrow(RangeError);
  });
});

describe('Erlang A', () => {
  test('with endless patience it is Erlang C', () => {
    const [patient, endless] = [theoryOf(model(5, 4, 1e12)), theoryOf(model(5, 4))];
    expect(patient.waitMsMean / endless.waitMsMean).toBeCloseTo(1, 4);
    expect(patient.serviceLevel(20_000)).toBeCloseTo(endless.serviceLevel(20_000), 6);
    expect(patient.abandons).toBeCloseTo(0, 6);
  });

  test('patience as long as service makes every caller leave at the same rate: calls are Poisson', () => {
    const load = 6;
    const theory = theoryOf(model(5, load, SERVICE_MS));
    let term = Math.exp(-load);
    let fewerThanFive = 0;
    for (let calls = 0; calls < 5; calls += 1) {
      fewerThanFive += term;
      term *= load / (calls + 1);
    }
    expect(theory.waits).toBeCloseTo(1 - fewerThanFive);
  });

  test('what comes in goes out, answered or not', () => {
    const load = 6;
    const { abandons, occupancy } = theoryOf(model(5, load, 60_000));
    expect(occupancy).toBeCloseTo((load * (1 - abandons)) / 5);
  });

  test('whoever is answered is answered sooner or later', () => {
    expect(theoryOf(model(5, 6, 60_000)).serviceLevel(3_000_000)).toBeCloseTo(1, 6);
  });
});
