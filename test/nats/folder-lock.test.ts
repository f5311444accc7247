import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { holderOf, lockFolder } from '../../src/nats/folder-lock.ts';
import { identityOf } from '../../src/nats/process-identity.ts';
import { newFolder } from './given.ts';

/** A process of its own that tries to take the lock, says `held` or the error's code, and waits to be killed. */
async function aProcessLocking(folder: string): Promise<{ pid: number; says: string; kill(): Promise<void> }> {
  const program = `
    import { holderOf, lockFolder } from ${JSON.stringify(new URL('../../src/nats/folder-lock.ts', import.meta.url).href)};
    setInterval(() => {}, 1000);
    console.log(await lockFolder(process.argv[1]).then(() => 'held', (error) => error.code));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const [says] = await once(createInterface(child.stdout), 'line');
  return { pid: child.pid ?? 0, says, kill };
}

/** Closes it under whoever has it open in this process: what is written to it then fails. */
function breakOff(file: string): void {
  const { ino } = statSync(file);
  for (const name of readdirSync('/proc/self/fd')) {
    const open = statSync(join('/proc/self/fd', name), { throwIfNoEntry: false });
    if (open?.ino === ino) closeSync(Number(name));
  }
}

const HOLDER = { pid: 1, began: 'long ago', place: 'elsewhere' };

describe('the lock of a data folder', () => {
  test('keeps a second process out, naming the pid of the first', async () => {
    const folder = await newFolder();
    const first = await aProcessLocking(folder);
    expect(first.says).toBe('held');
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'alreadyRunning',
      message: expect.stringContaining(`process ${first.pid} is already running on ${folder}`),
      details: { pid: first.pid },
    });
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ['removed', (folder) => rm(folder, { recursive: true })],
    ['moved', (folder) => rename(folder, `${folder}-moved`)],
    ['exchanged', (folder) => rm(folder, { recursive: true }).then(() => lockFolder(folder))],
  ])('is lost with a folder that is %s', async (_, takeAway) => {
    const folder = join(await newFolder(), 'data');
    const lock = await lockFolder(folder);
    await takeAway(folder);
    expect(await lock.lost).toMatchObject({ code: 'unavailable', details: { folder } });
    lock.release();
  });

  test('keeps nobody out of a copy that was made while it was held', async () => {
    const [folder, copy] = [await newFolder(), join(await newFolder(), 'copy')];
    const first = await aProcessLocking(folder);
    expect(first.says).toBe('held');
    await cp(folder, copy, { recursive: true });
    expect(await holderOf(copy)).toBeUndefined();
    (await lockFolder(copy)).release();
    expect(await holderOf(folder)).toBe(first.pid);
  });

  test('lets the next one in once it is released, however often', async () => {
    const folder = await newFolder();
    for (let round = 0; round < 3; round += 1) {
      const lock = await lockFolder(folder);
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'alreadyRunning' });
      lock.release();
      lock.release();
    }
    expect(await readdir(folder)).toEqual(['lock.3']);
  });

  test('is taken over from a process that was killed', async () => {
    const folder = await newFolder();
    await (await aProcessLocking(folder)).kill();
    (await lockFolder(folder)).release();
  });

  test('is taken over when the pid has come to another process since', async () => {
    const folder = await newFolder();
    const self = identityOf(process.pid);
    await writeFile(join(folder, 'lock.7'), JSON.stringify({ ...self, began: 'before' }));
    (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual(['lock.8']);
  });

  test('goes to exactly one of several that find its holder dead at the same moment', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.7'), JSON.stringify({ ...identityOf(process.pid), began: 'before' }));
    const all = await Promise.all(Array.from({ length: 5 }, () => aProcessLocking(folder)));
    expect(all.map(({ says }) => says).sort()).toEqual([
      'alreadyRunning',
      'alreadyRunning',
      'alreadyRunning',
      'alreadyRunning',
      'held',
    ]);
  });

  test('is respected when its holder cannot be seen but keeps touching it', async () => {
    const folder = await newFolder();
    const file = join(folder, 'lock.1');
    await writeFile(file, JSON.stringify(HOLDER));
    let touched = 0;
    // At once, so that nobody meets a file that is just being written.
    const pulse = setInterval(() => utimesSync(file, touched, ++touched), 100);
    onTestFinished(() => clearInterval(pulse));
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'alreadyRunning' });
  });

  test('is taken over when its holder cannot be seen and has stopped touching it', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.1'), JSON.stringify(HOLDER));
    (await lockFolder(folder)).release();
  });

  test('is held through a failure of its disk', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = await newFolder();
    await lockFolder(folder);
    breakOff(join(folder, 'lock.1'));
    expect(() => vi.advanceTimersByTime(2_000)).not.toThrow();
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'alreadyRunning' });
  });

  test('names its holder in the file', async () => {
    const folder = await newFolder();
    const lock = await lockFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock.1'), 'utf8'))).toMatchObject({ ...identityOf(process.pid) });
    lock.release();
  });
});
