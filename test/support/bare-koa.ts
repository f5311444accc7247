/**
 * What HTTP alone costs, as a process: Koa with the same sign-in and the same JSON reading as a dialect, on the demo world
 * in memory, answering the bytes of `BARE_ANSWER`. Prints its address.
 */
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { loadDemo } from '../../src/demo/load.ts';
import { readJson } from '../../src/http/body.ts';
import { basicOf } from '../../src/identity/authorization.ts';
import { givenWorld } from './world.ts';

const world = await givenWorld();
await loadDemo(world.runtime, world.hasher);
const answer = process.env.BARE_ANSWER ?? '{"statusCode":0}';
const app = new Koa();
app.use(async (context) => {
  const given = basicOf(context.headers.authorization);
  const signIn =
    given === undefined
      ? undefined
      : await world.identity.byPassword({ dialect: 'gws', ...given, address: context.ip });
  if (signIn?.ok !== true) return context.throw(403);
  if (context.method === 'POST' && !(await readJson(context.req)).ok) return context.throw(400);
  context.type = 'application/json';
  context.body = answer;
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
