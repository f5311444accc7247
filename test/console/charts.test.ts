import { describe, expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { type Chart, type ChartState, chartOf } from '../../src/console/charts.ts';

function chart(name: string): Chart {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`there is no ${name}`);
  return chartOf(kind);
}

function statesOf(state: ChartState): readonly ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}

describe('the chart of a machine', () => {
  const drawn = [...kinds.values()].filter(({ visibility }) => visibility === 'public').map(({ name }) => name);

  test.each(drawn)('%s: every edge joins two states that there are', (name) => {
    const { root, edges } = chart(name);
    const ids = new Set(statesOf(root).map(({ id }) => id));
    expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
    expect(edges.length).toBeGreaterThan(0);
  });

  test('names states by their place, with what their author says of them', () => {
    const ready = statesOf(chart('agent').root).find(({ id }) => id === '.present.presence.ready');
    expect(ready).toMatchObject({ name: 'ready', type: 'atomic', description: 'Takes queue calls', states: [] });
    expect(chart('agent').root.initial).toBe('.absent');
  });

  test('joins what leads from one state to another into one edge, delays among it', () => {
    const { edges } = chart('agent');
    const back = edges.filter(({ from, to }) => from.endsWith('queue.wrapUp') && to.endsWith('queue.none'));
    expect(back).toHaveLength(1);
    expect(back[0]?.events).toEqual(expect.arrayContaining(['after wrapUp', 'setReady']));
  });

  test('leaves out what is only refused', () => {
    const away = statesOf(chart('agent').root).find(({ id }) => id === '.present.presence.away');
    expect(away?.stays).toEqual(['setAway']);
  });
});
