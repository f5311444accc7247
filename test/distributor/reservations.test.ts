/** Access codes dialled after the call arrived, digit by digit; who knows services is played by the test. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReservationLinks } from '../../src/distributor/reservations.ts';
import { unavailable } from '../../src/log/log-failures.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import type { Directory } from '../../src/switch/directory.ts';
import { aCall, anAgent, aQueue, type Centre, givenCentre, hungUp, toAgent, toCall } from '../support/centre.ts';

const SERVICE = 'service-1';
const CODE = '4711';

let centre: Centre;
let links: ReservationLinks;
const problems: unknown[] = [];

/** One session waits at the queue's number for its code; claiming it sets an agent away, to be seen in the log. */
const directory: Directory = {
  resolve(_, number, { code } = {}) {
    if (number !== '8q') return { kind: 'unknown', number };
    const access = { kind: 'accessNumber' as const, number, entry: { queue: 'q' } };
    if (code !== CODE) return access;
    return {
      ...access,
      reservation: { service: SERVICE, accessNumber: number, accessCode: code },
      userData: { customer: 'Kristi' },
      also: (call) => [toAgent('ann', { type: 'setAway', reason: { name: call } })],
    };
  },
};

function aLinker(runtime: Runtime = centre.runtime): ReservationLinks {
  const made = new ReservationLinks({
    runtime,
    directory,
    report: (call, problem) => problems.push({ call, problem }),
  });
  void made.start();
  return made;
}

function unreadable(runtime: Runtime): Runtime {
  const replay = () => {
    throw unavailable();
  };
  return { live: runtime.live, follow: (options) => runtime.follow(options), replay } as Partial<Runtime> as Runtime;
}

async function dials(call: string, digits: string): Promise<void> {
  await centre.happens(toCall(call, { type: 'leg.dtmf', leg: `${call}-1`, digits }));
  await links.atRest();
  await centre.settle();
}

beforeEach(async () => {
  centre = await givenCentre();
  await centre.happens(aQueue('q', []), anAgent('ann'));
  links = aLinker();
});
afterEach(async () => {
  expect(problems).toEqual([]);
  await links.stop();
  await centre.close();
});

test('a code completed digit by digit ties the call to its session and brings its data', async () => {
  await centre.happens(aCall('c', 'q'));
  await dials('c', '47');
  expect(centre.call('c').context.reservation).toBeNull();
  await dials('c', '1');
  await dials('c', '1');
  expect(centre.call('c').context).toMatchObject({
    reservation: { service: SERVICE, accessNumber: '8q', accessCode: CODE },
    userData: { customer: 'Kristi' },
  });
  expect(centre.agent('ann')).toMatchObject({ presence: 'away', reason: 'c' });
});

test('a wrong code, and digits of a call to another number, tie nothing', async () => {
  const caller = { leg: 'd-1', number: '501' };
  const target = { leg: 'd-2', number: '101' };
  await centre.happens(
    aCall('c', 'q'),
    toCall('d', { type: 'arrive', direction: 'inbound', to: '101', caller, target }),
  );
  await dials('c', '9999');
  await dials('d', CODE);
  expect(centre.call('c').context.reservation).toBeNull();
  expect(centre.call('d').context.reservation).toBeNull();
});

test.each(['4811*4711', '4811#4711#', '48 * 4711', '#4 711'])('who mistypes the code tries again: %s', async (keys) => {
  await centre.happens(aCall('c', 'q'));
  for (const digits of keys.split(' ')) await dials('c', digits);
  expect(centre.call('c').context.reservation).toEqual({ service: SERVICE, accessNumber: '8q', accessCode: CODE });
});

test('digits dialled before a restart, or during one, are not forgotten', async () => {
  await centre.happens(aCall('c', 'q'), aCall('d', 'q'));
  await dials('c', '471');
  await links.stop();
  await dials('d', CODE);
  expect(centre.call('d').context.reservation).toBeNull();
  links = aLinker();
  await links.atRest();
  await centre.settle();
  expect(centre.call('d').context.reservation?.service).toBe(SERVICE);
  await dials('c', '1');
  expect(centre.call('c').context.reservation?.service).toBe(SERVICE);
});

test('a log that cannot be read just then is told, and breaks nothing', async () => {
  await links.stop();
  links = aLinker(unreadable(centre.runtime));
  await centre.happens(aCall('c', 'q'));
  await dials('c', CODE);
  expect(problems.splice(0)).toMatchObject([{ call: { id: 'c' }, problem: { code: 'unavailable' } }]);
});

test('a call that is over is tied to nothing', async () => {
  await centre.happens(aCall('c', 'q'));
  await centre.happens(hungUp('c'));
  await dials('c', CODE);
  expect(centre.call('c').context.reservation).toBeNull();
});
