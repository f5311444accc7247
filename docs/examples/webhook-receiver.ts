/**
 * A receiver of webhooks that writes like a chat: believes only what is signed, says each thing once, answers at once.
 *   LEDGERLINE_WEBHOOK_SECRET=whsec_… npx node docs/examples/webhook-receiver.ts 9000
 */
import { createServer } from 'node:http';
import type { LedgerRecord } from 'ledgerline/client';
import { isGenuineWebhook } from 'ledgerline/client/webhook';

const secret = process.env.LEDGERLINE_WEBHOOK_SECRET ?? '';
const port = Number(process.argv[2] ?? 9000);

/** At least once means that something may come twice: its id tells. The newest thousand are remembered. */
const seen = new Set<string>();

function isNew(id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  for (const oldest of seen) {
    if (seen.size <= 1000) break;
    seen.delete(oldest);
  }
  return true;
}

function sentence({ source, type, time, data }: LedgerRecord): string {
  const [, , tenant, kind, id] = source.split('/').map(decodeURIComponent);
  const what = type.split('.').slice(2).join('.');
  const who = data.cause?.by === undefined ? '' : ` by ${data.cause.by}`;
  return `[${time.slice(11, 19)}] #${tenant}  ${kind?.replace(/s$/, '')} *${id}*: ${what}${who}`;
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 1_000_000) return void response.writeHead(413).end();
  }
  if (!(await isGenuineWebhook(request.headers, body, secret, Date.now()))) return void response.writeHead(401).end();
  const record = JSON.parse(body) as LedgerRecord;
  if (isNew(record.id)) process.stdout.write(`${sentence(record)}\n`);
  response.writeHead(204).end();
});
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  process.stderr.write(`listening on ${typeof address === 'object' ? address?.port : address}\n`);
});
