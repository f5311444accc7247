/** Which of several calls of a person a command is for, where his telephone rings while he talks. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDemo } from '../../../src/demo/load.ts';
import { react } from '../../../src/dialects/xuc/cti/commands.ts';
import { personByLogin } from '../../../src/dialects/xuc/people.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { givenWorld, type World } from '../../support/world.ts';

let world: World;

beforeEach(async () => {
  world = await givenWorld();
  await loadDemo(world.runtime, world.hasher);
});
afterEach(() => world.close());

const toCall = (id: string, ...events: readonly MachineEvent[]) =>
  world.record('avencall', ...events.map((event) => ({ to: { tenant: 'avencall', kind: 'call', id }, event })));

const AGENTS: Readonly<Record<string, string>> = { 1058: 'alicej', 1059: 'bruce', 1060: 'cquefia', 1101: 'john' };

/** Two talk, and the caller consults a third, whose telephone rings. */
async function consulting(id: string, caller: string, called: string, consulted: string) {
  const at = (leg: string, number: string) => ({ leg: id + leg, number, line: number, agent: AGENTS[number] ?? '' });
  await toCall(
    id,
    { type: 'originate', direction: 'internal', to: called, caller: at('-1', caller), target: at('-2', called) },
    { type: 'leg.answered', leg: `${id}-2` },
    {
      type: 'consult',
      leg: `${id}-1`,
      consult: `${id}c`,
      consultLeg: `${id}c-1`,
      target: at('c-2', consulted),
      purpose: 'any',
    },
  );
  await toCall(`${id}c`, { type: 'leg.ringing', leg: `${id}c-2` });
}

test.each(['completeTransfer', 'cancelTransfer', 'conference'])(
  '%s is for the consult that a person began, not for one by which he is called meanwhile',
  async (command) => {
    await consulting('A', '1058', '1101', '1060');
    await consulting('B', '1059', '1101', '1058');
    const view = world.runtime.live;
    const person = personByLogin(view, 'alicej');
    if (person === undefined) throw new Error('nobody is called alicej');
    const subscriptions = {
      agentEvents: false,
      agentStatistics: false,
      queueStatistics: false,
      queueCalls: new Map(),
      hints: new Set<string>(),
    };
    const asked = { view, person, mayActForOthers: false, fields: {}, command: 'c', subscriptions, statusOf: () => 0 };
    expect(react(command, asked)).toMatchObject({
      plan: { deliveries: [{ to: { id: 'Ac' }, event: { leg: 'Ac-1' } }] },
    });
  },
);
