/**
 * What is recorded from now on, one JSON line per record, over NATS.
 *   NATS_URL=nats://127.0.0.1:4222 npx node docs/examples/nats-live.ts
 */
import { connect } from 'nats';

const nats = await connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
for await (const message of nats.subscribe('live.evt.>')) {
  console.log(JSON.stringify(message.json()));
}
