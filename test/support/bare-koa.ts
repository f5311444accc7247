/**
 * What HTTP alone costs, as a process: Koa with the same sign-in and the same JSON reading as a dialect, on the demo world
 * in memory, answering the bytes of the file `BARE_ANSWER_FILE`, head and body, without making any of them. Prints its
 * address.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import Koa, { type Context } from 'koa';
import { loadDemo } from '../../src/demo/load.ts';
import { readJson } from '../../src/http/body.ts';
import { basicOf, bearerOf } from '../../src/identity/authorization.ts';
import type { SignIn } from '../../src/identity/identity.ts';
import type { BareAnswer } from './bare-process.ts';
import { givenWorld } from './world.ts';

const world = await givenWorld();
await loadDemo(world.runtime, world.hasher);
const { headers, body } = JSON.parse(readFileSync(process.env.BARE_ANSWER_FILE ?? '', 'utf8')) as BareAnswer;

async function signIn({ req }: Context): Promise<SignIn | undefined> {
  const token = bearerOf(req.headers.authorization);
  if (token !== undefined) return world.identity.byToken(token);
  const basic = basicOf(req.headers.authorization);
  return basic && world.identity.byPassword({ dialect: 'gws', ...basic, address: req.socket.remoteAddress ?? '' });
}

const app = new Koa();
app.use(async (context) => {
  if ((await signIn(context))?.ok !== true) return context.throw(403);
  if (context.method === 'POST' && !(await readJson(context.req)).ok) return context.throw(400);
  context.set(headers);
  context.body = body;
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
