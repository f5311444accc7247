/**
 * Everything a tenant records, in order, over NATS: goes on after every break where it had got to, one JSON line per record.
 *   npx ledgerline consumer add genesys archive --from 0 > archive.nk
 *   SEED=$(cat archive.nk) npx node docs/examples/nats-consumer.ts genesys=archive nats://127.0.0.1:4222 >> archive.jsonl
 */
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect, nkeyAuthenticator } from 'nats';

const [consumer = 'genesys=archive', servers = 'nats://127.0.0.1:4222'] = process.argv.slice(2);
const authenticator = nkeyAuthenticator(new TextEncoder().encode(process.env.SEED));
/** Resolves when it is out of our hands: only then may a record be acknowledged. */
const print = promisify((line: string, done: (problem?: Error | null) => void) => process.stdout.write(line, done));

/** One session: until its connection ends, or a record is missing. */
async function read(): Promise<void> {
  const nats = await connect({ servers: servers.split(','), authenticator, reconnect: false });
  try {
    const { deliver, after, inFlight, error } = (await nats.request(`resume.${consumer}`)).json<Record<string, string>>();
    if (deliver === undefined) throw new Error(error);
    const acknowledgeEvery = Math.ceil(Number(inFlight) / 4);
    process.stderr.write(`${consumer} goes on after position ${after}\n`);
    let last = 0;
    for await (const message of nats.subscribe(deliver)) {
      const [number, , waiting] = (message.reply ?? '').split('.').slice(-3);
      if (Number(number) !== ++last) throw new Error(`record ${last} of this session is missing`);
      await print(`${message.string()}\n`);
      if (waiting === '0' || last % acknowledgeEvery === 0) message.respond('+ACK'); // this one and all before it
    }
  } finally {
    await nats.close();
  }
}

for (;;) {
  await read().catch((problem: Error) => process.stderr.write(`${problem.message}\n`));
  await delay(500);
}
