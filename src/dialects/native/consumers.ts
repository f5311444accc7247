/**
 * NATS consumers of a tenant: made with their credentials, listed with how far they are, begun anew from another position,
 * removed. The secret half of the key comes out once, in the answer that makes it.
 */
import { z } from 'zod';
import { parseMoment, positionOf } from '../../http/moment.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import {
  ackSubjectsOf,
  consumerNameOf,
  deliverSubjectOf,
  liveSubjectsOf,
  type OutsideScope,
  resumeSubjectOf,
} from '../../log/outside-subjects.ts';
import { TOKEN } from '../../model/actor-id.ts';
import type { ActorKinds } from '../../model/actor-kind.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { Runtime } from '../../model/runtime.ts';
import {
  CONSUMERS_MAX,
  IN_FLIGHT,
  type Listed,
  type OutsideConsumers,
} from '../../subscribers/outside/outside-consumers.ts';
import { type Ask, bodied, json, type NativeRoute, param, type Reply, refuse, unknown } from './route.ts';
import { unknownKind } from './told-kinds.ts';

const ALL = '/v1/tenants/:tenant/consumers';
const ONE = `${ALL}/:name`;

const token = z.string().regex(TOKEN, 'must be 1 to 64 letters, digits, - or _');
/** A log position, a time, or `now`. */
const from = z.string().max(64);

const newConsumer = z.strictObject({
  name: token,
  kinds: z.array(token).max(32).exactOptional(),
  from: from.exactOptional(),
  /** Records on their way at a time. */
  inFlight: z.int().min(1).max(10_000).exactOptional(),
});

const listed = z.looseObject({
  name: z.string(),
  kinds: z.array(z.string()),
  publicKey: z.string(),
  createdAt: z.iso.datetime(),
  progress: z.looseObject({}).nullable(),
});

export interface ConsumerRoutesParts {
  readonly runtime: Runtime;
  readonly kinds: ActorKinds;
  readonly outside?: OutsideConsumers;
}

/** None where the log is not in NATS. */
export function consumerRoutes({ runtime, kinds, outside }: ConsumerRoutesParts): readonly NativeRoute[] {
  if (outside === undefined) return [];
  const of = { scope: 'admin', asOf: false } as const;
  return [
    {
      ...of,
      method: 'GET',
      path: ALL,
      summary: 'List: NATS consumer, and how far each is',
      answer: { body: z.object({ items: z.array(listed) }) },
      handle: async (ask) => json({ items: (await outside.list(param(ask, 'tenant'))).map(shown) }),
    },
    bodied({
      ...of,
      method: 'POST',
      path: ALL,
      takesMoment: true,
      summary: 'Create: NATS consumer; the answer holds the seed of its key, once',
      answer: {
        status: 201,
        body: listed
          .omit({ createdAt: true, progress: true })
          .extend({
            after: z.int(),
            inFlight: z.int(),
            seed: z.string().describe('The secret half of its key, shown once.'),
          })
          .loose(),
      },
      body: newConsumer,
      handle: async (ask) => {
        const wrong = unknownKind(kinds, ask.body.kinds ?? []);
        return wrong === undefined ? create(ask, runtime, outside) : refuse({ kind: 'input', problem: wrong });
      },
    }),
    bodied({
      ...of,
      method: 'POST',
      path: `${ONE}/rewind`,
      takesMoment: true,
      summary: 'Deliver from another position or time on',
      answer: { body: z.object({ name: z.string(), after: z.int() }) },
      body: z.strictObject({ from }),
      handle: (ask) => rewind(ask, runtime, outside),
    }),
    {
      ...of,
      method: 'DELETE',
      path: ONE,
      summary: 'Remove: NATS consumer; its connections end',
      answer: { body: z.object({ name: z.string() }) },
      handle: async (ask) => {
        const name = param(ask, 'name');
        return (await outside.remove(param(ask, 'tenant'), name)) ? json({ name }) : none(ask);
      },
    },
  ];
}

async function create(
  ask: Ask<z.infer<typeof newConsumer>>,
  runtime: Runtime,
  outside: OutsideConsumers,
): Promise<Reply> {
  const { name, kinds = [], from: begin = 'now', inFlight = IN_FLIGHT } = ask.body;
  const after = await startOf(begin, runtime, outside);
  if (!after.ok) return refuse({ kind: 'input', problem: after.problem });
  const scope = { tenant: param(ask, 'tenant'), name, kinds, createdAt: ask.view.now };
  const made = await outside.add(scope, { after: after.value, inFlight });
  if (made === 'taken') return refuse({ kind: 'conflict', why: `There is a consumer ${name} already.` });
  if (made === 'full')
    return refuse({ kind: 'conflict', why: `The tenant has ${CONSUMERS_MAX} consumers: remove one first.` });
  const { seed, accounts, grant } = made;
  const { publicKey } = grant;
  return json({ name, kinds, ...subjectsOf(scope), after: after.value, inFlight, publicKey, seed, accounts }, 201);
}

async function rewind(
  ask: Ask<{ readonly from: string }>,
  runtime: Runtime,
  outside: OutsideConsumers,
): Promise<Reply> {
  const after = await startOf(ask.body.from, runtime, outside);
  if (!after.ok) return refuse({ kind: 'input', problem: after.problem });
  const found = await outside.rewind(param(ask, 'tenant'), param(ask, 'name'), after.value);
  return found ? json({ name: param(ask, 'name'), after: after.value }) : none(ask);
}

/** What is archived NATS cannot deliver: to begin there would quietly begin later. */
async function startOf(
  text: string,
  runtime: Runtime,
  { seam }: Pick<OutsideConsumers, 'seam'>,
): Promise<Parsed<Position>> {
  if (text === 'now') return parsed(runtime.live.position);
  const moment = parseMoment(text, 'from');
  if (!moment.ok) return moment;
  const position = await positionOf(moment.value, runtime);
  if (position >= seam) return parsed(position);
  const reason = `is archived: NATS delivers what comes after position ${seam}; /v1/events?since=${position} has the rest`;
  return refused({ code: 'badParameter', name: 'from', reason });
}

function shown({ progress, createdAt, publicKey, ...scope }: Listed): JsonObject {
  const { name, kinds } = scope;
  const state: Json = progress === undefined ? null : { ...progress };
  const created = new Date(createdAt).toISOString();
  return { name, kinds, ...subjectsOf(scope), publicKey, createdAt: created, progress: state };
}

function subjectsOf(scope: OutsideScope): JsonObject {
  return {
    consumer: consumerNameOf(scope),
    resume: resumeSubjectOf(scope),
    deliver: deliverSubjectOf(scope, '*'),
    live: liveSubjectsOf(scope),
    acknowledge: ackSubjectsOf(scope),
  };
}

function none(ask: Ask): Reply {
  return unknown(`consumer ${param(ask, 'name')}`);
}
