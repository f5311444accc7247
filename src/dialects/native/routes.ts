/**
 * The native API, `/v1`, as a dialect: which routes there are, and the one way a request takes through them: find,
 * authenticate, authorise, parse, handle, write. Wiring only. A route's scope and tenant are checked here and nowhere else.
 */
import type { Context } from 'koa';
import { answerText, type Headers, takeOver } from '../../http/answer.ts';
import { readJson } from '../../http/body.ts';
import { commandIdOf, submitOnce } from '../../http/command-id.ts';
import type { Dialect } from '../../http/dialect.ts';
import { parseFields } from '../../http/fields.ts';
import { momentOf, viewAt } from '../../http/moment.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import type { RequestState } from '../../http/request-state.ts';
import { compileRoutes } from '../../http/route-table.ts';
import { searchOf } from '../../http/search.ts';
import type { Identity } from '../../identity/identity.ts';
import type { PasswordHasher } from '../../identity/password.ts';
import { hasScope, mayEnter, type Principal } from '../../identity/principal.ts';
import type { ActorKinds } from '../../model/actor-kind.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { RandomBytes } from '../../model/random.ts';
import type { Moment, Runtime } from '../../model/runtime.ts';
import type { OutsideConsumers } from '../../subscribers/outside/outside-consumers.ts';
import { Readers, type StreamLimits } from '../../subscribers/readers.ts';
import type { Webhooks } from '../../subscribers/webhook/webhooks.ts';
import type { Hands } from '../../switch/simulated/hands.ts';
import { actorRoutes } from './actors.ts';
import { agentRoutes } from './agents.ts';
import { type WhoAsks, whoAsks } from './auth.ts';
import { callRoutes } from './calls.ts';
import { chatRoutes } from './chats.ts';
import { type AdvanceClock, clockRoutes } from './clock.ts';
import { consumerRoutes } from './consumers.ts';
import { credentialRoutes } from './credentials.ts';
import { failureProblem, type Refusal, refusalProblem } from './errors.ts';
import { createEventSockets, EVENT_SOCKET } from './event-sockets.ts';
import { eventRoutes } from './events.ts';
import { historyRoutes } from './history.ts';
import { memberRoutes } from './members.ts';
import { openapiOf } from './openapi.ts';
import { resourceRoutes } from './resources.ts';
import { type Ask, type NativeRoute, type Reply, refuse } from './route.ts';
import { statisticsRoutes } from './statistics.ts';
import { tenantExists, tenantRoutes } from './tenants.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';

export interface NativeParts {
  readonly runtime: Runtime;
  readonly kinds: ActorKinds;
  readonly identity: Identity;
  readonly hasher: PasswordHasher;
  readonly random: RandomBytes;
  /** A fresh command id. */
  readonly mintId: () => string;
  /** Whoever sits at this machine needs no token: the demo. */
  readonly openOnLoopback: () => boolean;
  /** The people of the simulated switch; absent behind a real one. */
  readonly hands?: Hands;
  /** Only where the clock is manual. */
  readonly advanceClock?: AdvanceClock;
  readonly streams?: StreamLimits;
  /** Absent: there are none. */
  readonly webhooks?: Webhooks;
  /** Absent: there are none. */
  readonly outside?: OutsideConsumers;
  readonly version: string;
}

export interface NativeDialect extends Dialect {
  readonly openapi: () => JsonObject;
  readonly streams: Readers;
}

const PREFIX = '/v1';
const JSON_BODY = 'application/json';

export function createNative(parts: NativeParts): NativeDialect {
  const streams = new Readers(parts.runtime, parts.streams);
  const sockets = createEventSockets({
    runtime: parts.runtime,
    kinds: parts.kinds,
    readers: streams,
    whoAsks: (request) => whoAsks(request, parts.identity, parts.openOnLoopback()),
  });
  const routes: readonly NativeRoute[] = [
    ...tenantRoutes(),
    ...actorRoutes(parts.runtime),
    ...historyRoutes(parts.runtime),
    ...resourceRoutes(),
    ...memberRoutes(),
    ...credentialRoutes(parts.hasher),
    ...tokenRoutes(parts.random),
    ...agentRoutes(),
    ...callRoutes(parts.hands),
    ...statisticsRoutes(),
    ...chatRoutes(),
    ...eventRoutes(parts, streams),
    ...webhookRoutes(parts),
    ...consumerRoutes(parts),
    ...clockRoutes(parts.advanceClock),
  ];
  const find = compileRoutes(routes);
  return {
    name: 'native',
    owns: (path) => path === PREFIX || path.startsWith(`${PREFIX}/`),
    openapi: () => openapiOf([...routes, EVENT_SOCKET], parts.version),
    streams,
    async middleware(context) {
      const match = find(context.method, context.path);
      if (match.kind === 'none') return write(context, refuse({ kind: 'noRoute' }));
      if (match.kind === 'noMethod') return write(context, refuse(match));
      if (match.kind === 'badPath') {
        return write(context, refuse({ kind: 'input', problem: { code: 'badPath', segment: match.segment } }));
      }
      write(context, await answer(parts, context, match.route, match.params));
    },
    failure: failureProblem,
    socket: sockets,
    drain: async () => streams.close(),
  };
}

async function answer(
  parts: NativeParts,
  context: Context,
  route: NativeRoute,
  params: Readonly<Record<string, string>>,
): Promise<Reply> {
  const who = whoAsks(context.req, parts.identity, parts.openOnLoopback());
  const principal = who();
  if (principal === undefined) return refuse({ kind: 'unauthenticated' });
  (context.state as RequestState).by = principal.by;
  const denied = denial(parts.runtime, route, params, principal);
  if (denied !== undefined) return refuse(denied);
  const ask = await askOf(parts, context, route, { params, who, principal });
  return ask.ok ? route.handle(ask.value) : refuse({ kind: 'input', problem: ask.problem });
}

/** A tenant that is not the caller's looks exactly like one that does not exist. */
function denial(
  runtime: Runtime,
  { scope }: NativeRoute,
  { tenant }: Readonly<Record<string, string>>,
  principal: Principal,
): Refusal | undefined {
  if (tenant !== undefined && !(mayEnter(principal, tenant) && tenantExists(runtime.live, tenant))) {
    return { kind: 'unknown', what: `tenant ${tenant}` };
  }
  return hasScope(principal, scope) ? undefined : { kind: 'forbidden', scope };
}

async function askOf(
  { runtime, mintId }: NativeParts,
  { req: request, query: _, querystring, state }: Context,
  route: NativeRoute,
  asking: { readonly params: Ask['params']; readonly who: WhoAsks; readonly principal: Principal },
): Promise<Parsed<Ask>> {
  const query = searchOf(querystring);
  const commandId = commandIdOf(request.headers, mintId);
  if (!commandId.ok) return commandId;
  const moment = momentAsked(route, request, query);
  if (!moment.ok) return moment;
  const body = await bodyOf(request, route);
  if (!body.ok) return body;
  const { trace } = state as RequestState;
  const command = {
    id: commandId.value,
    by: asking.principal.by,
    via: 'native',
    ...(trace.traceparent === undefined ? {} : { trace: trace.traceparent }),
  };
  return parsed({
    ...asking,
    query,
    body: body.value,
    view: await viewAt(runtime, moment.value, state as RequestState),
    commandId: commandId.value,
    request,
    submit: (tenant, deliveries) => submitOnce(runtime, { ...command, tenant, deliveries }),
  });
}

/** What is told of the present alone is refused for the past, instead of answered as if nothing had been asked. */
function momentAsked(
  { asOf }: NativeRoute,
  request: Context['req'],
  query: URLSearchParams,
): Parsed<Moment | undefined> {
  const moment = momentOf(request, query);
  if (asOf || !moment.ok || moment.value === undefined) return moment;
  return refused({ code: 'badParameter', name: 'As-Of', reason: 'is not taken here, where only the present is told' });
}

/** Bodies are declared JSON: what a page of another origin may send without asking first is not. */
async function bodyOf(request: Context['req'], { body: schema }: NativeRoute): Promise<Parsed<unknown>> {
  if (schema === undefined) return parsed(undefined);
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== JSON_BODY && !/^application\/[a-z.-]+\+json$/.test(type)) {
    return refused({ code: 'mediaType', got: type, expected: JSON_BODY });
  }
  const body = await readJson(request);
  return body.ok ? parseFields(schema, body.value) : body;
}

function write(context: Context, reply: Reply): void {
  switch (reply.kind) {
    case 'json':
      writeJson(context, reply, 'application/json; charset=utf-8');
      break;
    case 'stream':
      reply.open(takeOver(context));
      break;
    case 'refused':
      answerText(context, refusalProblem(reply.refusal));
  }
}

function writeJson(
  context: Context,
  { status, headers: own, body }: { readonly status: number; readonly headers?: Headers; readonly body: Json },
  type: string,
): void {
  const headers = { 'Cache-Control': 'no-store', ...own, 'Content-Type': type };
  answerText(context, { status, headers, text: JSON.stringify(body) });
}
