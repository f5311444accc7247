/**
 * Everything that ever happened to one kind of actor, as CSV: one line per record, actor by actor.
 *   LEDGERLINE_URL=http://127.0.0.1:8080 npx node docs/examples/csv-exporter.ts genesys call > calls.csv
 */
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { type Followed, LedgerlineClient } from 'ledgerline/client';

const { LEDGERLINE_URL: url = 'http://127.0.0.1:8080', LEDGERLINE_TOKEN: token } = process.env;
const [tenant = 'genesys', kind = 'call'] = process.argv.slice(2);
const client = new LedgerlineClient({ url, ...(token === undefined ? {} : { token }) });

async function* rows() {
  const all = `/v1/tenants/${tenant}/actors`;
  // One moment for everything, so that the file is whole however long it takes.
  const asOf = Number((await client.query('/healthz')).position);
  for await (const { id } of client.items(all, { query: { kind }, asOf })) {
    const history = `${all}/${kind}/${encodeURIComponent(String(id))}/history`;
    for await (const item of client.items(history, { asOf })) yield rowOf(String(id), item as unknown as Followed);
  }
}

const columns = ['position', 'time', 'id', 'version', 'event', 'from', 'to', 'by'];

function rowOf(id: string, { position, record }: Followed): Record<string, unknown> {
  const { version, from, to, cause } = record.data;
  const event = record.type.split('.').slice(2).join('.');
  return { position, time: record.time, id, version, event, from: text(from), to: text(to), by: cause.by };
}

/** A state in one cell: `idle`, or of several regions each, `present.presence.ready present.phone.idle`. */
function text(value: unknown, path = ''): string {
  if (typeof value === 'string') return path + value;
  return Object.entries(value ?? {})
    .map(([region, state]) => text(state, `${path}${region}.`))
    .join(' ');
}

// The heading is there even where nothing ever happened. A cell that a spreadsheet would take for a formula is text.
await pipeline(rows(), stringify({ header: true, columns, escape_formulas: true }), process.stdout).catch((problem) => {
  if (problem.code !== 'EPIPE') throw problem; // `| head` has seen enough
});
