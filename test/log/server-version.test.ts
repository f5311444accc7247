import { describe, expect, test } from 'vitest';
import { checkVersion, isAtLeast } from '../../src/log/server-version.ts';

describe('the version of a nats-server', () => {
  test.each([
    ['2.12.1', true],
    ['2.12.10', true],
    ['2.13.0', true],
    ['3.0.0', true],
    ['2.12.0', false],
    ['2.9.25', false],
    ['1.99.99', false],
    ['2.12.1-RC.1', false],
    ['2.12.2-RC.1', true],
  ])('%s is at least 2.12.1: %s', (version, expected) => {
    expect(isAtLeast(version, '2.12.1')).toBe(expected);
  });

  test.each(['2.9.10', '2.10.27', '2.12.0', '1.99.99', 'unknown'])(
    'is refused as %s, and the message names it',
    (version) => {
      expect(() => checkVersion(version, '/usr/sbin/nats-server')).toThrow(
        expect.objectContaining({
          code: 'serverUnfit',
          message: expect.stringContaining(`/usr/sbin/nats-server is nats-server ${version}; Ledgerline needs 2.12.1`),
        }),
      );
    },
  );

  test('brings a warning below 2.15.0 and none from there on', () => {
    for (const version of ['2.12.1', '2.14.9', '2.15.0-RC.1'])
      expect(checkVersion(version, 'it')).toContain('2.15.0 or newer is advised');
    for (const version of ['2.15.0', '2.16.0-RC.1', '3.0.0']) expect(checkVersion(version, 'it')).toBeUndefined();
  });
});
