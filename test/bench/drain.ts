/**
 * A program that reads the whole log from NATS once, and tells how long it took: by plain NATS (an ordered consumer of the
 * client's own, under Ledgerline's key), or as a consumer outside, which reads in order and acknowledges as
 * docs/examples/nats-consumer.ts does.
 */
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection, nkeyAuthenticator } from 'nats';

export interface Draining {
  readonly url: string;
  readonly seed: string;
  readonly count: number;
  /** Where a consumer outside asks for its session; absent: plain NATS, filtered by `filter`. */
  readonly resume?: string;
  readonly filter: string;
}

/** As many as the client may have waiting here: more than its default of 100, which makes it slow. */
const BUFFERED_MAX = 10_000;

async function drainRaw(nats: NatsConnection, { count, filter }: Draining): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const consumer = await jetstream(nats).consumers.get('LEDGER', { filter_subjects: [filter] });
  const callback = () => {
    taken += 1;
    if (taken === count) resolve();
  };
  await consumer.consume({ max_messages: BUFFERED_MAX, callback });
  await promise;
}

async function drainAsConsumer(nats: NatsConnection, resume: string, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const answer = (await nats.request(resume)).json<{ readonly deliver: string; readonly inFlight: number }>();
  const every = Math.ceil(answer.inFlight / 4);
  let last = 0;
  nats.subscribe(answer.deliver, {
    callback: (_, message) => {
      const [number, , waiting] = (message.reply ?? '').split('.').slice(-3);
      if (Number(number) !== ++last) reject(new Error(`record ${last} is missing`));
      if (waiting === '0' || last % every === 0) message.respond('+ACK');
      if (last === count) resolve();
    },
  });
  await promise;
}

process.once('message', async (asked: Draining) => {
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(asked.seed));
  const nats = await connect({ servers: asked.url, authenticator });
  const began = performance.now();
  await (asked.resume === undefined ? drainRaw(nats, asked) : drainAsConsumer(nats, asked.resume, asked.count));
  process.send?.(performance.now() - began);
  await nats.close();
  process.disconnect();
});
