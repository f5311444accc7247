/**
 * The program of the thread that projects: composition only, as ledger.ts is for the thread that decides. It knows the
 * roster of projections and nothing of machines, NATS or HTTP.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { projections } from '../projections/index.ts';
import { serveProjecting } from './projector/serve-projecting.ts';

if (parentPort === null) throw new Error('projecting.ts is started by the projector, as a thread');
await serveProjecting(parentPort, workerData, projections);
