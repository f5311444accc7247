/** The listeners of listeners.ts in a process of their own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Listening, Noted } from './listeners.ts';

export interface Listeners {
  /** Resolves when all of them are connected. */
  listen(listening: Listening): Promise<void>;
  /** What those who note have heard since they were asked last; waits, with a bound, until each has heard `count` messages. */
  noted(count: number): Promise<Noted>;
  /** Cuts all connections. */
  leave(): Promise<void>;
  end(): void;
}

const LOOK_MS = 200;
const LOOKS_MAX = 100;

export async function forkListeners(): Promise<Listeners> {
  const child = fork(join(import.meta.dirname, 'listeners.ts'), { serialization: 'advanced' });
  const asked = async <Reply>(question: Listening | 'report' | 'leave'): Promise<Reply> => {
    const reply = once(child, 'message');
    child.send(question);
    return (await reply)[0] as Reply;
  };
  let noting = 0;
  return {
    async listen(listening) {
      noting = Math.ceil(listening.count / listening.notingShare);
      await asked(listening);
    },
    async noted(count) {
      const all: (readonly [number, number])[] = [];
      for (let look = 0; look < LOOKS_MAX && all.length < noting * count; look += 1) {
        await delay(LOOK_MS);
        all.push(...(await asked<Noted>('report')));
      }
      if (all.length !== noting * count) throw new Error(`heard ${all.length} of ${noting * count}`);
      return all;
    },
    async leave() {
      await asked('leave');
    },
    end: () => void child.kill(),
  };
}
