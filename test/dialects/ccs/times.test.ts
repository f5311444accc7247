import { describe, expect, test } from 'vitest';
import { clockTimeOf, durationOf, Face, parsePlainTime, plainTimeOf } from '../../../src/dialects/ccs/times.ts';

const utc = (text: string) => Date.parse(text);

describe('durations', () => {
  test.each([
    [0, '0:00:00'],
    [999, '0:00:00'],
    [61_000, '0:01:01'],
    [421_878_000, '117:11:18'],
    [-5, '0:00:00'],
  ])('of %i ms are %s', (ms, text) => expect(durationOf(ms)).toBe(text));
});

describe('times', () => {
  test.each([
    ['2021-03-12T07:23:02Z', '2021-03-12 07:23:02 AM'],
    ['2021-03-12T00:00:00Z', '2021-03-12 12:00:00 AM'],
    ['2021-03-12T12:00:00Z', '2021-03-12 12:00:00 PM'],
    ['2021-03-12T23:59:59.999Z', '2021-03-12 11:59:59 PM'],
  ])('%s is printed %s', (time, text) => expect(clockTimeOf(utc(time))).toBe(text));

  test('of calls are plain', () => expect(plainTimeOf(utc('2021-10-07T07:22:21.700Z'))).toBe('2021-10-07T07:22:21'));

  test.each([
    ['2021-10-07T07:22:21', 'UTC', '2021-10-07T07:22:21Z'],
    ['2021-10-07T07:22:21', 'US/Eastern', '2021-10-07T11:22:21Z'],
    ['2021-01-07T07:22:21', 'America/New_York', '2021-01-07T12:22:21Z'],
    ['2021-01-07T07:22:21', 'Asia/Kolkata', '2021-01-07T01:52:21Z'],
    ['2021-03-14T01:59:59', 'US/Eastern', '2021-03-14T06:59:59Z'],
    ['2021-03-14T03:00:00', 'US/Eastern', '2021-03-14T07:00:00Z'],
    ['2021-11-07T03:00:00', 'US/Eastern', '2021-11-07T08:00:00Z'],
  ])('%s in %s are %s', (text, zone, expected) => expect(parsePlainTime(text, zone)).toBe(utc(expected)));

  test.each([
    '2021-10-07',
    '2021-10-07 07:22:21',
    '2021-02-30T00:00:00',
    '2021-10-07T25:00:00',
    '2021-10-07T07:22:21Z',
    '',
  ])('%j is none', (text) => expect(parsePlainTime(text, 'UTC')).toBeUndefined());
});

describe('a clock that is shown', () => {
  test.each([
    [0, 1_000],
    [1, 1_000],
    [999, 1_000],
    [1_000, 2_000],
    [-1, 1_000],
    [-2_500, 1_000],
  ])('%i ms after the beginning shows the same until %i ms after it', (lasted, changes) => {
    const began = 50_000;
    const face = new Face(began + lasted);
    const shown = face.since(began);
    expect(face.until).toBe(began + changes);
    expect(new Face(face.until - 1).since(began)).toBe(shown);
    expect(new Face(face.until).since(began)).not.toBe(shown);
  });

  test('changes with the first of what it shows', () => {
    const face = new Face(10_000);
    expect(face.until).toBe(Number.POSITIVE_INFINITY);
    for (const began of [9_400, 8_300, 9_900]) face.since(began);
    expect(face.until).toBe(10_300);
  });
});
