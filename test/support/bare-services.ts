/**
 * What the Service API would cost without a ledger, as a process: Koa parsing the same bodies and writing as many raw
 * JetStream records as our own records are, each acknowledged, to the server at `NATS_URL`. Prints its address.
 */
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import Koa from 'koa';
import { connect } from 'nats';

/** Bytes of a record of ours, about. */
const RECORD_BYTES = 1_200;
/** Records per request: started, with its access number; stored; read; deleted. */
const RECORDS: Readonly<Record<string, number>> = { create: 3, storage: 1, delete: 2 };

const nats = await connect({ servers: process.env.NATS_URL ?? '' });
const manager = await jetstreamManager(nats);
await manager.streams.add({
  name: 'BARE',
  subjects: ['bare.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
});
const stream = jetstream(nats);
const record = Buffer.alloc(RECORD_BYTES, 'x');
let served = 0;

const app = new Koa();
app.use(bodyParser());
app.use(async (context) => {
  served += 1;
  const kind = context.method === 'DELETE' ? 'delete' : context.path.endsWith('/storage') ? 'storage' : 'create';
  const records = context.method === 'GET' ? 0 : (RECORDS[kind] ?? 0);
  await Promise.all(Array.from({ length: records }, (_, at) => stream.publish(`bare.${served}.${at}`, record)));
  context.body = { _id: `${served}`, _access_number: '8003449999', ...(context.request.body as object | undefined) };
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
