/**
 * `npm run bench` runs everything; `npm run bench -- commands http` runs what is named. Prints one table. Of a benchmark that
 * ends without a result it says why, goes on to the next one, and exits with 1.
 */
import { inspect } from 'node:util';
import { type Bench, printTable, type Row } from './table.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  step: () => import('./step.ts'),
  commands: () => import('./commands.ts'),
  http: () => import('./http.ts'),
  reads: () => import('./reads.ts'),
  sockets: () => import('./sockets.ts'),
  cometd: () => import('./cometd.ts'),
  rebuild: () => import('./rebuild.ts'),
  start: () => import('./start.ts'),
  services: () => import('./services.ts'),
  calls: () => import('./calls.ts'),
  consumers: () => import('./consumers.ts'),
  fanout: () => import('./fanout.ts'),
  replay: () => import('./replay.ts'),
  distributor: () => import('./distributor.ts'),
  erlang: () => import('./erlang.ts'),
  xuc: () => import('./xuc.ts'),
  'as-of': () => import('./as-of.ts'),
  verify: () => import('./verify.ts'),
  archive: () => import('./archive.ts'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, load] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  try {
    const { bench } = await load();
    rows.push(...(await bench(say)));
  } catch (error) {
    say(`ended without a result: ${inspect(error)}`);
    process.exitCode = 1;
  }
}
printTable(rows);
// What a benchmark that failed has left behind would keep this process.
if (process.exitCode === 1) process.exit();
