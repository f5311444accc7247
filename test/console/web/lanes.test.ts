import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/console/row.ts';
import { lanesOf, usualSpan, zoomed } from '../../../src/console/web/model/lanes.ts';

let position = 0;
const row = (key: string, version: number, time: number, command: string, told?: string): Row => {
  const [kind = '', id = ''] = key.split('/');
  position += 1;
  const cause = {
    command,
    part: 1,
    of: 1,
    by: 'system:switch',
    via: 'switch',
    ...(told === undefined ? {} : { told }),
  };
  return { position, time, kind, id, version, event: 'e', from: '', to: 'ready', ...cause };
};

describe('lanes', () => {
  const rows = [
    row('call/c', 1, 1_000, 'one'),
    row('agent/b', 7, 1_000, 'one', 'call/c@1'),
    row('agent/a', 3, 5_000, 'two'),
    row('call/c', 2, 9_000, 'three'),
  ];

  test('put the chosen actor first, then agents by name, then calls', () => {
    expect(lanesOf(rows, 'time', undefined).lanes.map(({ key }) => key)).toEqual(['agent/a', 'agent/b', 'call/c']);
    expect(lanesOf(rows, 'time', 'call/c').lanes[0]?.key).toBe('call/c');
  });

  test('know who told whom', () => {
    const { spots } = lanesOf(rows, 'time', undefined);
    expect(spots.get('call/c@1')).toMatchObject({ x: 1_000, lane: { key: 'call/c' } });
  });

  test('give every command the same room on the axis of order', () => {
    const set = lanesOf(rows, 'order', undefined);
    expect(rows.map((one) => set.xOf(one.position))).toEqual([0, 0, 1, 2]);
    expect(set.timeAt(2)).toBe(9_000);
  });

  test('show at first what came after a long pause, not the pause', () => {
    const late = Array.from({ length: 10 }, (_, index) =>
      row('agent/a', index + 10, 9_000_000 + index * 1_000, `l${index}`),
    );
    const set = lanesOf([...rows, ...late], 'time', undefined);
    expect(usualSpan(set, [...rows, ...late], undefined, 90).from).toBeGreaterThan(8_990_000);
  });

  test('show at first what was around a frozen moment, whatever came long after', () => {
    const early = Array.from({ length: 8 }, (_, index) => row('agent/a', index + 1, index * 1_000, `e${index}`));
    const late = Array.from({ length: 8 }, (_, index) => row('agent/a', index + 9, 9_000_000 + index, `f${index}`));
    const all = [...early, ...late];
    const moment = early.at(-2)?.position ?? 0;
    const span = usualSpan(lanesOf(all, 'time', undefined), all, moment, 90);
    expect(span.from).toBeLessThanOrEqual(0);
    expect(span.to).toBeGreaterThan(6_000);
    expect(span.to).toBeLessThan(10_000);
  });
});

describe('a span', () => {
  const hour = { from: 1_000_000, to: 4_600_000 };
  const turned = (times: number, factor: number) => {
    let span = hour;
    for (let time = 0; time < times; time += 1) span = zoomed(span, 2_000_000, factor);
    return span;
  };

  test('is zoomed around what is pointed at', () => {
    expect(turned(1, 2)).toEqual({ from: 0, to: 7_200_000 });
    expect(turned(1, 0.5)).toEqual({ from: 1_500_000, to: 3_300_000 });
  });

  test('stays one whose lines can be counted, however long the wheel is turned', () => {
    const years = ({ from, to }: typeof hour) => (to - from) / (365 * 86_400_000);
    expect(years(turned(500, 1.3))).toBeCloseTo(100);
    const { from, to } = turned(500, 0.7);
    expect(to - from).toBeCloseTo(1);
  });
});
