import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { versionOf } from '../../src/nats/binary-version.ts';
import { newFolder, realServer, script, serverSaying } from './given.ts';

describe('the version of a binary', () => {
  test('is what the program itself says', async () => {
    expect(await versionOf(realServer())).toMatch(/^2\.\d+\.\d+/);
    expect(await versionOf(await serverSaying(join(await newFolder(), 'nats-server'), '2.12.3'))).toBe('2.12.3');
  });

  test('is not taken from a program that is something else', async () => {
    const other = await script(join(await newFolder(), 'nats-server'), 'echo other 2.15.0');
    await expect(versionOf(other)).rejects.toThrow('does not say that it is nats-server');
    await expect(versionOf('/nowhere/nats-server')).rejects.toThrow('/nowhere/nats-server does not run');
  });
});
