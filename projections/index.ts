/** The roster of read models: one line each. */
import type { Projection } from '../src/model/projection.ts';
import { agents } from './agents.ts';
import { commands } from './commands.ts';
import { directory } from './directory.ts';
import { timers } from './timers.ts';

export const projections: readonly Projection[] = [commands, timers, agents, directory];
