/** The roster of read models: one line each. */
import type { Projection } from '../src/model/projection.ts';
import { agents } from './agents.ts';
import { callHistory } from './call-history.ts';
import { calls } from './calls.ts';
import { chats } from './chats.ts';
import { commands } from './commands.ts';
import { directory } from './directory.ts';
import { licences } from './licences.ts';
import { queues } from './queues.ts';
import { services } from './services.ts';
import { statistics } from './statistics.ts';
import { timers } from './timers.ts';

export const projections: readonly Projection[] = [
  commands,
  timers,
  agents,
  directory,
  licences,
  calls,
  callHistory,
  queues,
  statistics,
  services,
  chats,
];
