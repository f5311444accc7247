/**
 * The program of the thread that projects: composition only, as ledger.ts is for the thread that decides. It knows the
 * roster of projections, what older records would be today, and nothing of machines, NATS or HTTP.
 */
import { parentPort } from 'node:worker_threads';
import { upcasts } from '../../machines/upcasts.ts';
import { projections } from '../../projections/index.ts';
import { keepCompiled } from '../compiled.ts';
import { serveProjecting } from '../projector/serve-projecting.ts';

if (parentPort === null) throw new Error('projecting-program.ts is started by the projector, as a thread');
serveProjecting(parentPort, projections, upcasts);
keepCompiled();
