import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { canJudge, identityOf, isProcessIdentity, isRunning } from '../../src/nats/process-identity.ts';

describe('the identity of a process', () => {
  test('stays the same while it runs and differs between processes', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identityOf(child.pid ?? 0);
    expect(identity).toEqual(identityOf(child.pid ?? 0));
    expect(identity).not.toEqual(identityOf(process.pid));
    expect(identity !== undefined && isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(identity !== undefined && isRunning(identity)).toBe(false);
    expect(identityOf(child.pid ?? 0)).toBeUndefined();
  });

  test('is not mistaken for that of a later process with the same pid', () => {
    const self = identityOf(process.pid);
    if (self === undefined) throw new Error('this process has an identity');
    expect(isRunning({ ...self, began: '1' })).toBe(false);
    expect(isRunning({ ...self, place: 'another boot' })).toBe(false);
  });

  test('can be judged only where its pid means something', () => {
    const self = identityOf(process.pid);
    if (self === undefined) throw new Error('this process has an identity');
    expect(canJudge(self)).toBe(true);
    expect(canJudge({ ...self, place: 'another container' })).toBe(false);
  });

  test('is recognised in what was read from a file, and nothing else is', () => {
    expect(isProcessIdentity(JSON.parse(JSON.stringify(identityOf(process.pid))))).toBe(true);
    for (const other of [null, 7, {}, { pid: 7 }, { pid: '7', began: '', place: '' }]) {
      expect(isProcessIdentity(other)).toBe(false);
    }
  });
});
