/**
 * A wallboard for the terminal: how many agents of a tenant are in which presence, drawn anew whenever one changes.
 *   LEDGERLINE_URL=http://127.0.0.1:8080 npx node docs/examples/wallboard.ts genesys
 */
import { type LedgerRecord, LedgerlineClient } from 'ledgerline/client';

const { LEDGERLINE_URL: url = 'http://127.0.0.1:8080', LEDGERLINE_TOKEN: token } = process.env;
const tenant = process.argv[2] ?? 'genesys';
const onRetry = () => process.stderr.write(`${url} cannot be reached; the board goes on as soon as it can\n`);
const client = new LedgerlineClient({ url, onRetry, ...(token === undefined ? {} : { token }) });

/** Presence by agent, named as records name him: his newest record says it all, so nothing else is kept anywhere. */
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

// First how it stands at one moment, then what changes from there: nothing is missed in between.
const { position } = await client.query('/healthz');
const asOf = Number(position);
for await (const { id, presence } of client.items(`/v1/tenants/${tenant}/agents`, { asOf })) {
  agents.set(`/tenants/${tenant}/agents/${encodeURIComponent(String(id))}`, String(presence));
}
draw(asOf);
for await (const { position: at, record } of client.follow({ tenant, kinds: ['agent'], since: asOf })) {
  take(record);
  draw(at);
}
