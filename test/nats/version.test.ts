import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkVersion, isAtLeast, versionOf } from '../../src/nats/version.ts';
import { newFolder, realServer, script, serverSaying } from './given.ts';

describe('the version of a server', () => {
  test('is what the program itself says', async () => {
    expect(await versionOf(realServer())).toMatch(/^2\.\d+\.\d+/);
    expect(await versionOf(await serverSaying(join(await newFolder(), 'nats-server'), '2.12.3'))).toBe('2.12.3');
  });

  test('is not taken from a program that is something else', async () => {
    const other = await script(join(await newFolder(), 'nats-server'), 'echo other 2.15.0');
    await expect(versionOf(other)).rejects.toThrow('does not say that it is nats-server');
    await expect(versionOf('/nowhere/nats-server')).rejects.toThrow('/nowhere/nats-server does not run');
  });

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

  test('is refused below 2.12.1, and the message names it', () => {
    expect(() => checkVersion('2.10.27', '/usr/sbin/nats-server')).toThrow(
      expect.objectContaining({
        code: 'serverUnfit',
        message: expect.stringContaining('/usr/sbin/nats-server is nats-server 2.10.27; Ledgerline needs 2.12.1'),
      }),
    );
  });

  test('brings a warning below 2.15.0 and none from there on', () => {
    expect(checkVersion('2.14.9', 'it')).toContain('2.15.0 or newer is advised');
    expect(checkVersion('2.15.0', 'it')).toBeUndefined();
  });
});
