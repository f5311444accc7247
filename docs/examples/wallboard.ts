/**
 * A wallboard for the terminal: how many agents of a tenant are in which presence, drawn anew whenever one changes.
 *   LEDGERLINE_URL=http://127.0.0.1:8080 node docs/examples/wallboard.ts genesys
 */
import { type LedgerRecord, LedgerlineClient } from 'ledgerline/client';

const { LEDGERLINE_URL: url = 'http://127.0.0.1:8080', LEDGERLINE_TOKEN: token } = process.env;
const tenant = process.argv[2] ?? 'genesys';
const onRetry = () => process.stderr.write(`${url} cannot be reached; the board goes on as soon as it can\n`);
const client = new LedgerlineClient({ url, onRetry, ...(token === undefined ? {} : { token }) });

/** Presence by agent: the newest record of an agent says it all, so nothing else is kept anywhere. */
const agents = new Map<string, string>();

function take({ source, data }: LedgerRecord): void {
  const regions = typeof data.to === 'string' ? {} : data.to.present;
  const presence = typeof regions === 'object' ? regions.presence : undefined;
  // A presence may have states of its own; the outermost is what the board shows.
  agents.set(source, typeof presence === 'object' ? Object.keys(presence).join() : (presence ?? 'gone'));
}

function draw(position: number): void {
  const counts = new Map<string, number>();
  for (const presence of agents.values()) counts.set(presence, (counts.get(presence) ?? 0) + 1);
  const columns = [...counts].sort().map(([presence, count]) => `${presence} ${count}`);
  if (process.stdout.isTTY) process.stdout.write('\u001b[2J\u001b[H');
  process.stdout.write(`${tenant} at ${position}: ${columns.join('  ')}\n`);
}

// What is past is taken in silently; from the moment the board was started each change is drawn.
const { position: started } = await client.query('/healthz');
for await (const { position, record } of client.follow({ tenant, kinds: ['agent'], since: 0 })) {
  take(record);
  if (position > Number(started)) draw(position);
}
