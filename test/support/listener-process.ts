/** The listeners of listeners.ts, and the clients of long-pollers.ts, each in a process of their own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Listening, Noted } from './listeners.ts';
import type { Polling } from './long-pollers.ts';

export interface Listeners {
  /** Resolves when all of them are connected. */
  listen(listening: Listening): Promise<void>;
  /** What those who note have heard since they were asked last; waits, with a bound, until each has heard `count` messages. */
  noted(count: number): Promise<Noted>;
  /** Cuts all connections. */
  leave(): Promise<void>;
  end(): void;
}

export interface Pollers {
  /** Resolves when all of them are subscribed. */
  poll(polling: Polling): Promise<void>;
  /** What they have heard since they were asked last; waits, with a bound, until that is `count` changes. */
  noted(count: number): Promise<Noted>;
  end(): void;
}

const LOOK_MS = 200;
const LOOKS_MAX = 100;

export function forkListeners(): Listeners {
  const { asked, noted, end } = forked('listeners.ts');
  let noting = 0;
  return {
    async listen(listening: Listening) {
      noting = Math.ceil(listening.count / listening.notingShare);
      await asked(listening);
    },
    noted: (count) => noted(noting * count),
    leave: () => asked('leave'),
    end,
  };
}

export function forkPollers(): Pollers {
  const { asked, noted, end } = forked('long-pollers.ts');
  return { poll: (polling: Polling) => asked(polling), noted, end };
}

function forked(file: string) {
  const child = fork(join(import.meta.dirname, file), { serialization: 'advanced' });
  const asked = async <Reply>(question: object | string): Promise<Reply> => {
    const reply = once(child, 'message');
    child.send(question);
    return (await reply)[0] as Reply;
  };
  const noted = async (count: number): Promise<Noted> => {
    const all: (readonly [number, number])[] = [];
    for (let look = 0; look < LOOKS_MAX && all.length < count; look += 1) {
      await delay(LOOK_MS);
      all.push(...(await asked<Noted>('report')));
    }
    if (all.length !== count) throw new Error(`heard ${all.length} of ${count}`);
    return all;
  };
  return { asked, noted, end: () => void child.kill() };
}
