/** The demo world behind a real HTTP server with the console before it, and its page built. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { kinds } from '../../machines/index.ts';
import { createConsole } from '../../src/console/console.ts';
import { loadDemo } from '../../src/demo/load.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { givenServed, type Served, type ServedOptions } from '../support/served.ts';
import type { World } from '../support/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const BUILT = join(ROOT, 'dist', 'console');

export interface GivenConsole extends Served {
  agent(id: string, ...events: readonly MachineEvent[]): Promise<void>;
  call(id: string, ...events: readonly MachineEvent[]): Promise<void>;
}

export const TENANT = 'lunchlab';

/** As `npm start` does before it starts the server. */
export function buildPage(): void {
  execFileSync(process.execPath, [join(ROOT, 'src', 'setup', 'prepare.mjs'), '--console'], { stdio: 'ignore' });
}

export interface ConsoleOptions extends ServedOptions {
  readonly folder?: string;
  /** What the console reads, instead of the world's own. */
  readonly runtimeOf?: (world: World) => Runtime;
}

export async function givenConsole(options: ConsoleOptions = {}): Promise<GivenConsole> {
  const { openOnLoopback = true, folder = BUILT, runtimeOf = ({ runtime }) => runtime } = options;
  const served = await givenServed({
    ...options,
    dialects: (world) => [
      createConsole({ ...world, runtime: runtimeOf(world), kinds, openOnLoopback: () => openOnLoopback, folder }),
    ],
  });
  await loadDemo(served.world.runtime, served.world.hasher, () => undefined);
  const tell = async (kind: string, id: string, events: readonly MachineEvent[]): Promise<void> => {
    for (const event of events) await served.world.record(TENANT, { to: { tenant: TENANT, kind, id }, event });
  };
  return {
    ...served,
    agent: (id, ...events) => tell('agent', id, events),
    call: (id, ...events) => tell('call', id, events),
  };
}

const CALLER = { leg: 'caller', number: '501' };
const ANN = { leg: 'ann', number: '101', line: '101', agent: 'aarcher' };

/** Somebody dials Ann Archer, who answers: each step moves the call, and through it the agent. */
export const ANSWERED: readonly MachineEvent[] = [
  { type: 'arrive', direction: 'inbound', to: '101', caller: CALLER, target: ANN },
  { type: 'leg.ringing', leg: 'ann' },
  { type: 'leg.answered', leg: 'ann' },
];
