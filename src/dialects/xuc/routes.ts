/**
 * XUC under `/xuc/api/`: find the route, see whether the caller may use it, hand over, write. Wiring only; what routes
 * there are stands in the parts of the document they belong to.
 */
import type { Context } from 'koa';
import { answerText, type Headers } from '../../http/answer.ts';
import { readBody, readJson } from '../../http/body.ts';
import { commandIdOf, submitOnce } from '../../http/command-id.ts';
import type { Dialect } from '../../http/dialect.ts';
import { momentOf, viewAt } from '../../http/moment.ts';
import { peerOf } from '../../http/peer.ts';
import type { RequestState } from '../../http/request-state.ts';
import { compileRoutes, type RouteMatch } from '../../http/route-table.ts';
import { searchOf } from '../../http/search.ts';
import type { TextAnswer } from '../../http/text-answer.ts';
import { createAddressThrottle } from '../../identity/throttle.ts';
import type { Json } from '../../model/json.ts';
import { type AllowList, allowList } from './allow-list.ts';
import { type Answer, DONE, JSON_TYPE, refuse, refused } from './answers.ts';
import { createCasClient } from './auth/cas.ts';
import { createOidcVerifier } from './auth/oidc.ts';
import { callerOf, signInRoutes } from './auth/sign-in.ts';
import { NO_SSO } from './auth/sso.ts';
import { createTokens, type Tokens } from './auth/token.ts';
import { contactRoutes } from './contacts/routes.ts';
import { corsHeaders, isPreflight } from './cors.ts';
import { CtiHub } from './cti/hub.ts';
import { deprecatedRoutes } from './deprecated.ts';
import {
  AUTHENTICATION,
  CONTACTS,
  DEPRECATED,
  type Family,
  failureRefusal,
  inputRefusal,
  MOBILE,
  QUALIFICATIONS,
  type Refusal,
  STATUS,
} from './errors.ts';
import { mobileRoutes } from './mobile.ts';
import type { XucParts } from './parts.ts';
import { qualificationRoutes } from './qualifications.ts';
import type { Ask, XucRoute } from './route.ts';
import { Watch } from './watch.ts';
import { fileCursor, sharedCursor } from './webhook/cursor.ts';
import { poster } from './webhook/poster.ts';
import { Webhook } from './webhook/webhook.ts';

const API = '/xuc/api';
const CTI_PATH = `${API}/2.0/cti`;
/** What CAS, OpenID Connect and Kerberos may refuse. Their tickets cannot be guessed, but looking at them costs. */
const OUTSIDE_TRIES = { perAddress: 200, windowS: 60 };

interface Doors {
  readonly parts: XucParts;
  readonly tokens: Tokens;
  readonly isAllowed: AllowList;
}

/** Throws `badConfiguration` for a secret that is too short. */
export function createXuc(parts: XucParts): Dialect {
  const { identity, clock, jwtSecret, tokenLifetimeS, casUrl, oidc } = parts;
  const tokens = createTokens({ secret: jwtSecret, lifetimeS: tokenLifetimeS, clock });
  const watch = new Watch(parts.runtime, parts.logger);
  const hub = new CtiHub({ ...parts, tokens, hints: watch.hints });
  const webhook = webhookOf(parts);
  let posting: Promise<void> | undefined;
  const find = compileRoutes([
    ...signInRoutes({
      identity,
      tokens,
      outside: createAddressThrottle(OUTSIDE_TRIES),
      sso: parts.sso ?? NO_SSO,
      cas: casUrl === undefined ? undefined : createCasClient(casUrl),
      oidc: oidc === undefined ? undefined : createOidcVerifier({ ...oidc, clock }),
    }),
    ...contactRoutes({ lists: watch.lists, logger: parts.logger }),
    ...qualificationRoutes(),
    ...mobileRoutes(),
    ...deprecatedRoutes({ identity, repost: () => webhook?.repost() }),
  ]);
  const doors: Doors = { parts, tokens, isAllowed: allowList(parts.deprecatedApiHosts) };
  return {
    name: 'xuc',
    owns: (path) => path === '/xuc' || path.startsWith('/xuc/'),
    async middleware(context) {
      const path = pathOf(context.path);
      if (isOpenToPages(path)) context.set(corsHeaders(context.method, context.headers));
      if (isOpenToPages(path) && isPreflight(context.method, context.headers)) return write(context, DONE);
      write(context, await answered(doors, context, find(context.method, path)));
    },
    failure: (error, { path }) => refusalText(failureRefusal(error, familyOf(pathOf(path)))),
    socket: { path: CTI_PATH, upgrade: (request, stream, head) => void hub.letIn(request, stream, head) },
    begin() {
      posting = webhook?.start().catch((error: unknown) => {
        parts.logger.error({ err: error }, 'the event webhook could not be started');
      });
    },
    async drain() {
      watch.stop();
      await hub.drain();
      await posting;
      await webhook?.stop();
    },
  };
}

function webhookOf(parts: XucParts): Webhook | undefined {
  const { runtime, clock, logger, webhook } = parts;
  if (webhook === undefined) return undefined;
  const { url, cursorFile, shared, kind = 'event' } = webhook;
  const own = cursorFile === undefined ? undefined : fileCursor(cursorFile);
  const cursor = own && shared ? sharedCursor(own, shared) : own;
  return new Webhook({ runtime, clock, logger, post: poster(url), kind, ...(cursor === undefined ? {} : { cursor }) });
}

/** Behind `/xuc/api`, with one trailing slash taken off: it is optional everywhere. */
function pathOf(path: string): string {
  return path.startsWith(`${API}/`) ? path.slice(API.length).replace(/\/$/, '') : '';
}

function isOpenToPages(path: string): boolean {
  return path.startsWith('/2.0/') || path.startsWith('/api/2.0/');
}

async function answered(doors: Doors, context: Context, match: RouteMatch<XucRoute>): Promise<Answer> {
  switch (match.kind) {
    case 'found':
      return served(doors, context, match.route, match.params);
    case 'noMethod':
      return refused({
        code: 'MethodNotAllowed',
        message: `${context.method} is not possible here`,
        headers: { Allow: match.allow.join(', ') },
      });
    case 'badPath':
      return refused(inputRefusal({ code: 'badPath', segment: match.segment }, familyOf(pathOf(context.path))));
    case 'none':
      return refuse('NotFound', 'There is nothing at this address');
  }
}

async function served(
  doors: Doors,
  context: Context,
  route: XucRoute,
  params: Readonly<Record<string, string>>,
): Promise<Answer> {
  try {
    return await handled(doors, context, route, params);
  } catch (error) {
    const refusal = failureRefusal(error, route.family);
    // What is no failure of the house is the server's to log; it comes back through `failure`.
    if (refusal.code === route.family.failed) throw error;
    return refused(refusal);
  }
}

/** Who may not ask is told so before anything is looked up for him: a moment of the past is dear. */
async function handled(
  { parts, tokens, isAllowed }: Doors,
  context: Context,
  route: XucRoute,
  params: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { headers, querystring } = context;
  if (route.access === 'token') {
    const query = searchOf(querystring);
    const signedIn = await callerOf(tokens, { headers, query, view: parts.runtime.live });
    if ('kind' in signedIn) return signedIn;
    const { person: caller } = signedIn;
    (context.state as RequestState).by = `user:${caller.actor.id}`;
    const ask = await askOf(parts, context, route, params);
    return 'kind' in ask ? ask : route.handle({ ...ask, caller });
  }
  if (route.access === 'address' && !isAllowed(context.req)) {
    return refuse('Forbidden', 'This deprecated API is open to the addresses in DEPRECATED_API_HOST only');
  }
  const ask = await askOf(parts, context, route, params);
  return 'kind' in ask ? ask : route.handle(ask);
}

async function askOf(
  { runtime, mintId }: XucParts,
  context: Context,
  { family, access }: XucRoute,
  params: Readonly<Record<string, string>>,
): Promise<Ask | Answer> {
  const { req: request, headers, querystring, state } = context;
  const query = searchOf(querystring);
  const commandId = commandIdOf(headers, mintId);
  if (!commandId.ok) return refused(inputRefusal(commandId.problem, family));
  const moment = momentOf(request, query);
  if (!moment.ok) return refused(inputRefusal(moment.problem, family));
  if (access === 'open' && moment.value !== undefined) return refused(inputRefusal(PRESENT_ONLY, family));
  const { traceparent } = (state as Partial<RequestState>).trace ?? {};
  return {
    params,
    query,
    headers,
    address: peerOf(request).address,
    view: await viewAt(runtime, moment.value, state as RequestState),
    isLive: moment.value === undefined,
    commandId: commandId.value,
    json: () => readJson(request),
    bytes: (bytesMax) => readBody(request, bytesMax),
    submit: (by, deliveries, id = commandId.value) =>
      submitOnce(runtime, {
        id,
        tenant: by.actor.tenant,
        by: `user:${by.actor.id}`,
        via: 'xuc',
        ...(traceparent === undefined ? {} : { trace: traceparent }),
        deliveries,
      }),
  };
}

/** Signing in: whoever could in the past alone cannot. */
const PRESENT_ONLY = { code: 'badParameter', name: 'As-Of', reason: 'is not taken where somebody signs in' } as const;

/** In whose words a path without a route, or a server that cannot serve, is refused. */
function familyOf(path: string): Family {
  if (path.startsWith('/1.0/')) return DEPRECATED;
  if (path.startsWith('/2.0/contact/')) return CONTACTS;
  if (path.startsWith('/2.0/auth/')) return AUTHENTICATION;
  if (path.startsWith('/2.0/config/mobile/') || path.startsWith('/2.0/mobile/')) return MOBILE;
  return QUALIFICATIONS;
}

function write(context: Context, answer: Answer): void {
  switch (answer.kind) {
    case 'json':
      answerText(context, jsonText(answer.status, answer.body, answer.headers));
      break;
    case 'text':
      context.set({ 'Cache-Control': 'no-store', 'Content-Type': answer.type });
      context.status = answer.status;
      context.body = answer.body;
      break;
    case 'empty':
      context.set('Cache-Control', 'no-store');
      context.status = answer.status;
      context.body = answer.status === 204 ? null : '';
      context.remove('Content-Type');
      break;
    case 'refused':
      answerText(context, refusalText(answer.refusal));
  }
}

function refusalText({ code, message, status, headers }: Refusal): TextAnswer {
  return jsonText(status ?? STATUS[code], { error: code, message }, headers);
}

function jsonText(status: number, body: Json, own: Headers = {}): TextAnswer {
  const headers = { 'Cache-Control': 'no-store', ...own, 'Content-Type': JSON_TYPE };
  return { status, headers, text: JSON.stringify(body) };
}
