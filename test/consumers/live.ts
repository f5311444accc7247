import { connect } from 'nats';

const nats = await connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
for await (const message of nats.subscribe('live.evt.>')) {
  console.log(JSON.stringify(message.json()));
}
