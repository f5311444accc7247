import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followLog, type Pushed } from '../../../src/console/web/model/api.ts';

/** What the server does with a connection is told to it by the test. */
class Connection extends EventTarget {
  static readonly all: Connection[] = [];
  readonly address: string;
  isClosed = false;

  constructor(address: string) {
    super();
    this.address = address;
    Connection.all.push(this);
  }

  /** Of a server that hangs nothing comes in answer. */
  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.dispatchEvent(new Event('open'));
  }

  says(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

let stop: () => void = () => undefined;
beforeEach(() => {
  Connection.all.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Connection);
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', () => Promise.reject(new Error('nobody answers')));
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('a server that hangs with its connection open is cut off, and the log goes on behind what was read', async () => {
  const read: number[] = [];
  const standing: boolean[] = [];
  const take = (batch: readonly Pushed[]) => read.push(...batch.map(({ position }) => position));
  stop = followLog(
    'acme',
    5,
    take,
    (up) => standing.push(up),
    () => undefined,
  );
  const [first] = Connection.all;
  first?.opens();
  first?.says({ position: 6, record: {} });
  for (let beat = 0; beat < 4; beat += 1) {
    await vi.advanceTimersByTimeAsync(15_000);
    first?.says({ heartbeat: true });
  }
  expect({ read, standing, isClosed: first?.isClosed }).toEqual({ read: [6], standing: [true], isClosed: false });

  await vi.advanceTimersByTimeAsync(25_000);
  expect({ standing, isClosed: first?.isClosed }).toEqual({ standing: [true, false], isClosed: true });
  await vi.advanceTimersByTimeAsync(1_500);
  const [, second] = Connection.all;
  expect(second?.address).toContain('since=6');
  first?.says({ position: 7, record: {} });
  second?.opens();
  second?.says({ position: 7, record: {} });
  expect({ read, standing }).toEqual({ read: [6, 7], standing: [true, false, true] });
});
