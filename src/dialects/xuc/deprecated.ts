/**
 * The deprecated 1.0 API (contract 2.8): open to listed addresses, for any user by name. Nobody connects any more: whoever is
 * named is connected by being named. A successful POST is 200 with nothing in it.
 */
import { type ZodType, z } from 'zod';
import { parseFields } from '../../http/fields.ts';
import { type Parsed, parsed } from '../../http/parsed.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Answer } from './answers.ts';
import { DONE, ok, refuse, refused } from './answers.ts';
import { DEPRECATED, inputRefusal, tooManyTries, unrecordedRefusal } from './errors.ts';
import { type HistoryRange, historyOf, rangeBy } from './history.ts';
import { type Person, personByAgentNumber, personByLogin } from './people.ts';
import * as plans from './plans.ts';
import { type Ask, param, type XucRoute } from './route.ts';

export interface DeprecatedParts {
  readonly identity: Identity;
  /** Posts the last event of every live call again. */
  readonly repost: () => void;
}

type Handle = (ask: Ask) => Answer | Promise<Answer>;

export function deprecatedRoutes({ identity, repost }: DeprecatedParts): readonly XucRoute[] {
  return [
    ...ofUser('POST', 'connect', (ask, person) => connect(ask, person, identity)),
    ...ofUser(
      'POST',
      'dnd',
      asked(state, (_, person, { state: on }) => plans.doNotDisturb(person, on)),
    ),
    ...ofUser(
      'POST',
      'dial',
      asked(number, ({ view, commandId: command }, person, body) => plans.dial(view, person, body.number, { command })),
    ),
    ...ofUser(
      'POST',
      'dialByUsername',
      asked(username, ({ view, commandId: command }, person, body) =>
        plans.dialPerson(view, person, body.username, { command }),
      ),
    ),
    ...ofUser(
      'POST',
      'dialFromQueue',
      asked(fromQueue, ({ view, commandId: command }, person, { variables, ...body }) =>
        plans.dialFromQueue(view, person, body, { command, variables }),
      ),
    ),
    ...forwards('uncForward', 'unconditional'),
    ...forwards('naForward', 'noAnswer'),
    ...forwards('busyForward', 'busy'),
    ...ofUser('GET', 'historyByUsername', history),
    ...['/1.0/handshake/:domain', '/1.0/handshake/', '/1.0/handshake'].map((path) =>
      open('POST', path, () => {
        repost();
        return DONE;
      }),
    ),
    open('POST', '/1.0/agentLogin', agentLogin),
    open(
      'POST',
      '/1.0/agentLogout',
      onLine(({ view }, person) => plans.logOut(view, person)),
    ),
    open(
      'POST',
      '/1.0/togglePause',
      onLine(({ view }, person) => plans.togglePause(view, person)),
    ),
  ];
}

function open(method: string, path: string, handle: Handle): XucRoute {
  return { method, path, family: DEPRECATED, access: 'address', handle };
}

/** The domain can be anything; both it and the user may have been lost on the way, and then nobody is named. */
function ofUser(
  method: string,
  verb: string,
  handle: (ask: Ask, person: Person) => Answer | Promise<Answer>,
): readonly XucRoute[] {
  const find: Handle = (ask) => {
    const person = personByLogin(ask.view, param(ask, 'user'));
    return person === undefined ? refuse('UserNotFound', 'The user does not exist') : handle(ask, person);
  };
  return ['/:domain/:user', '//:user', '/:domain/', '/:domain', '//', '/', ''].map((rest) =>
    open(method, `/1.0/${verb}${rest}`, find),
  );
}

const state = z.object({ state: z.boolean() });
const number = z.object({ number: z.string() });
const username = z.object({ username: z.string() });
const forwarding = z.object({ state: z.boolean(), destination: z.string().default('') });
const fromQueue = z.object({
  destination: z.string(),
  queueId: z.int(),
  callerIdName: z.string().max(128).default(''),
  callerIdNumber: z.string().max(64).default(''),
  variables: z.record(z.string().min(1).max(200), z.json()).default({}),
});
const login = z.object({ agentphonenumber: z.string(), agentnumber: z.string() });
const line = z.object({ phoneNumber: z.string() });

function forwards(verb: string, kind: plans.ForwardKind): readonly XucRoute[] {
  return ofUser(
    'POST',
    verb,
    asked(forwarding, (_, person, { state: on, destination }) => plans.forward(person, kind, on, destination)),
  );
}

/** Reads the body, then plans and records what it asks for. */
function asked<Body>(schema: ZodType<Body>, plan: (ask: Ask, person: Person, body: Body) => plans.Plan) {
  return async (ask: Ask, person: Person): Promise<Answer> => {
    const body = await bodyOf(ask, schema);
    return body.ok
      ? recorded(ask, person, plan(ask, person, body.value))
      : refused(inputRefusal(body.problem, DEPRECATED));
  };
}

async function recorded(ask: Ask, person: Person, plan: plans.Plan): Promise<Answer> {
  if (!plan.ok) return refused(plan.refusal);
  if (plan.deliveries.length === 0) return DONE;
  const outcome = await plans.carriedOut(plan, ask.commandId, ask.view, (deliveries, id) =>
    ask.submit(person, deliveries, id),
  );
  return outcome.kind === 'accepted' ? DONE : refused(unrecordedRefusal(outcome, DEPRECATED));
}

async function connect(ask: Ask, person: Person, identity: Identity): Promise<Answer> {
  const body = await bodyOf(ask, z.object({ password: z.string() }));
  if (!body.ok) return refused(inputRefusal(body.problem, DEPRECATED));
  const { password } = body.value;
  const signIn = await identity.byPassword({
    dialect: 'xuc',
    name: param(ask, 'user'),
    password,
    address: ask.address,
  });
  if (signIn.ok)
    return person.actor.id === signIn.principal.user ? DONE : refuse('InvalidCredentials', 'Invalid password');
  return signIn.refusal === 'tooManyTries'
    ? refused(tooManyTries(signIn.retryMs))
    : refuse('InvalidCredentials', 'Invalid password');
}

async function agentLogin(ask: Ask): Promise<Answer> {
  const body = await bodyOf(ask, login);
  if (!body.ok) return refused(inputRefusal(body.problem, DEPRECATED));
  const person = personByAgentNumber(ask.view, body.value.agentnumber);
  if (person === undefined) return refuse('AgentNotFound', 'The agent does not exist');
  return recorded(ask, person, plans.logIn(ask.view, person, body.value.agentphonenumber));
}

function onLine(plan: (ask: Ask, person: Person) => plans.Plan): Handle {
  return async (ask) => {
    const body = await bodyOf(ask, line);
    if (!body.ok) return refused(inputRefusal(body.problem, DEPRECATED));
    const person = plans.personOnLine(ask.view, body.value.phoneNumber);
    return 'code' in person ? refused(person) : recorded(ask, person, plan(ask, person));
  };
}

function history(ask: Ask, person: Person): Answer {
  const range = rangeOf(ask.query);
  if (range === undefined) return refuse('InvalidRequest', 'One of size and days is needed, a whole number from 1');
  return ok(historyOf(ask.view, person, range));
}

function rangeOf(query: URLSearchParams): HistoryRange | undefined {
  const [size, days] = [query.get('size'), query.get('days')];
  if (size !== null && days !== null) return undefined;
  return size === null ? rangeBy('days', days ?? '') : rangeBy('size', size);
}

/** The type of the body does not matter: clients of this API do not always say it. */
async function bodyOf<Body>(ask: Ask, schema: ZodType<Body>): Promise<Parsed<Body>> {
  const body = await ask.json();
  if (!body.ok) return body;
  const fields = parseFields(schema, body.value ?? null);
  return fields.ok ? parsed(fields.value) : fields;
}
