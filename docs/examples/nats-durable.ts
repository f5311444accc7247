/**
 * Everything that was recorded, and then what comes, over NATS: goes on where it was after a pause, one JSON line per record.
 *   NATS_URL=nats://127.0.0.1:4222 npx node docs/examples/nats-durable.ts
 */
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';

const nats = await connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
const wallboard = { durable_name: 'wallboard', filter_subject: 'evt.genesys.>', ack_policy: AckPolicy.Explicit };
await (await jetstreamManager(nats)).consumers.add('LEDGER', wallboard);
for await (const message of await (await jetstream(nats).consumers.get('LEDGER', 'wallboard')).consume()) {
  console.log(JSON.stringify(message.json()));
  message.ack();
}
