/**
 * A program that reads the whole log from NATS once, and tells how long it took: by plain NATS (an ordered consumer of the
 * client's own, under Ledgerline's key), or as a consumer outside that acknowledges every record.
 */
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection, nkeyAuthenticator } from 'nats';

export interface Draining {
  readonly url: string;
  readonly seed: string;
  readonly count: number;
  /** Where a consumer outside is delivered to; absent: plain NATS, filtered by `filter`. */
  readonly deliver?: string;
  readonly filter: string;
}

/** As many as the client may have waiting here: more than its default of 100, which makes it slow. */
const BUFFERED_MAX = 10_000;

async function drain(nats: NatsConnection, { count, deliver, filter }: Draining): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const take = () => {
    taken += 1;
    if (taken === count) resolve();
  };
  if (deliver !== undefined) {
    nats.subscribe(deliver, {
      callback: (_, message) => {
        message.respond('+ACK');
        take();
      },
    });
  } else {
    const consumer = await jetstream(nats).consumers.get('LEDGER', { filter_subjects: [filter] });
    await consumer.consume({ max_messages: BUFFERED_MAX, callback: take });
  }
  await promise;
}

process.once('message', async (asked: Draining) => {
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(asked.seed));
  const nats = await connect({ servers: asked.url, authenticator });
  const began = performance.now();
  await drain(nats, asked);
  process.send?.(performance.now() - began);
  await nats.close();
  process.disconnect();
});
