import { describe, expect, test } from 'vitest';
import { dayBegin, isZone, midnightsBetween } from '../../src/model/zone.ts';

const HOUR_MS = 3_600_000;
const utc = (text: string) => Date.parse(text);
const text = (time: number) => new Date(time).toISOString().slice(0, 16);

test('the zones that the world knows are some', () => {
  expect(['UTC', 'US/Eastern', 'Europe/Paris', 'Mars', '+01:00', ''].map(isZone)).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ]);
});

describe('the day', () => {
  test.each([
    ['UTC', '2026-03-29T23:59', '2026-03-29T00:00', 24],
    ['Europe/Paris', '2026-03-29T12:00', '2026-03-28T23:00', 23],
    ['Europe/Paris', '2026-03-28T23:00', '2026-03-28T23:00', 23],
    ['Europe/Paris', '2026-03-28T22:59', '2026-03-27T23:00', 24],
    ['Europe/Paris', '2026-10-25T00:30', '2026-10-24T22:00', 25],
    ['Europe/Paris', '2026-10-25T01:30', '2026-10-24T22:00', 25],
    ['Europe/Paris', '2026-10-25T22:59', '2026-10-24T22:00', 25],
    ['US/Eastern', '2026-03-08T20:00', '2026-03-08T05:00', 23],
    ['US/Eastern', '2026-11-01T20:00', '2026-11-01T04:00', 25],
    ['Asia/Kolkata', '2026-03-29T18:29', '2026-03-28T18:30', 24],
    ['Asia/Kolkata', '2026-03-29T18:30', '2026-03-29T18:30', 24],
    // Half an hour of summer, both ways.
    ['Australia/Lord_Howe', '2026-10-03T20:00', '2026-10-03T13:30', 23.5],
    ['Australia/Lord_Howe', '2026-04-04T20:00', '2026-04-04T13:00', 24.5],
    // At midnight: it is skipped, and 23 to 24 o'clock repeated.
    ['Africa/Cairo', '2026-04-24T12:00', '2026-04-23T22:00', 23],
    ['Asia/Beirut', '2026-10-24T21:30', '2026-10-23T21:00', 25],
  ])('in %s at %s began at %s and has %d hours', (zone, at, began, hours) => {
    const begin = dayBegin(utc(`${at}Z`), zone);
    expect(text(begin)).toBe(began);
    const [next = 0] = midnightsBetween(utc(`${at}Z`), utc(`${at}Z`) + 26 * HOUR_MS, zone);
    expect((next - begin) / HOUR_MS).toBe(hours);
  });
});

test('days follow each other without a gap, over both changes of a year', () => {
  const [from, to] = [utc('2026-01-10T12:00Z'), utc('2027-01-10T12:00Z')];
  for (const zone of ['Europe/Paris', 'Australia/Lord_Howe', 'Africa/Cairo']) {
    const midnights = midnightsBetween(from, to, zone);
    expect(midnights).toHaveLength(365);
    for (const midnight of midnights) {
      expect(dayBegin(midnight, zone)).toBe(midnight);
      expect(dayBegin(midnight - 1, zone)).not.toBe(midnight);
    }
  }
});
