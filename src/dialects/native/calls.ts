/**
 * Calls as everybody may see them, and the people of the simulated network: callers from outside, hands on desk phones
 * (demo.md, last paragraph). With a real switch there are no such hands, and their routes are not offered.
 */

import { z } from 'zod';
import { dialled, text } from '../../../machines/fields.ts';
import { type CallEntry, call as callOf, callsOf, callsOfNumber, liveCalls } from '../../../projections/calls.ts';
import { derivedId } from '../../http/command-id.ts';
import type { JsonObject } from '../../model/json.ts';
import { callIdOf } from '../../switch/call-id.ts';
import { sanitised } from '../../switch/numbers.ts';
import type { Hands } from '../../switch/simulated/hands.ts';
import { did, paging } from './answer-schemas.ts';
import { listing } from './listing.ts';
import { type Ask, bodied, json, type NativeRoute, PAGE, param, type Reply, refuse, unknown } from './route.ts';

const ALL = '/v1/tenants/:tenant/calls';
const LINE = '/v1/tenants/:tenant/lines/:number';

const placed = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9A-Z]{13}$/, 'must be 13 of [0-9A-Z]')
    .exactOptional(),
  from: text(64),
  fromName: text(128).exactOptional(),
  to: dialled,
  /** Dialled after an access number. */
  code: dialled.exactOptional(),
});

const transferred = z.strictObject({ to: dialled });

const shown = z
  .looseObject({
    id: z.string(),
    stage: z
      .string()
      .describe('`created`, `dialing`, `ringing`, `queued`, `offered`, `established`, `held` or `ended`.'),
    version: z.int(),
    position: z.int(),
    from: z.string(),
    to: z.string(),
    legs: z.array(z.looseObject({ id: z.string(), state: z.string() })),
  })
  .meta({ id: 'Call' });

export function callRoutes(hands: Hands | undefined): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: ALL,
      summary: 'List: call, live and ended, newest first',
      answer: paging(shown),
      scope: 'read',
      asOf: true,
      query: [
        ...PAGE,
        {
          name: 'number',
          description: 'Only live calls in which this number takes part, oldest first; all on one page.',
        },
        { name: 'live', description: '`true`: only calls that are not over, oldest first; all on one page.' },
      ],
      handle: list,
    },
    {
      method: 'GET',
      path: `${ALL}/:id`,
      summary: 'Read: call',
      answer: { body: shown },
      scope: 'read',
      asOf: true,
      handle: read,
    },
    bodied({
      method: 'POST',
      path: ALL,
      summary: 'Somebody outside calls a number here (simulated switch)',
      answer: { status: 201, body: z.object({ id: z.string() }) },
      scope: 'write',
      body: placed,
      handle: (ask) => (hands === undefined ? noHands() : place(hands, ask)),
    }),
    {
      method: 'POST',
      path: `${ALL}/:id/hangup`,
      summary: 'Whoever is outside hangs up (simulated switch)',
      answer: did,
      scope: 'write',
      asOf: false,
      handle: async (ask) => {
        if (hands === undefined) return noHands();
        const id = param(ask, 'id');
        if (callOf(ask.view, param(ask, 'tenant'), id) === undefined) return unknown(`call ${id}`);
        return done(await hands.hangupOutside(param(ask, 'tenant'), id), 'Nobody from outside is in this call.');
      },
    },
    ...DEEDS.map(
      (deed): NativeRoute => ({
        method: 'POST',
        path: `${LINE}/${deed === 'joinCalls' ? 'join' : deed}`,
        summary: `A hand on the desk phone: ${SUMMARIES[deed] ?? deed} (simulated switch)`,
        answer: did,
        scope: 'write',
        asOf: false,
        handle: async (ask) => {
          if (hands === undefined) return noHands();
          const did = await hands.line(param(ask, 'tenant'), param(ask, 'number'))[deed]();
          return done(did, NOTHING[deed]);
        },
      }),
    ),
    bodied({
      method: 'POST',
      path: `${LINE}/transfer`,
      summary: 'A hand on the desk phone: transfer to a number (simulated switch)',
      answer: did,
      scope: 'write',
      body: transferred,
      handle: async (ask) => {
        if (hands === undefined) return noHands();
        const line = hands.line(param(ask, 'tenant'), param(ask, 'number'));
        return done(await line.transfer(ask.body.to), NOTHING.hangup);
      },
    }),
  ];
}

const DEEDS = ['answer', 'reject', 'hangup', 'hold', 'retrieve', 'joinCalls'] as const;
/** Why there was nothing to do. */
const NOTHING: Readonly<Record<(typeof DEEDS)[number], string>> = {
  answer: 'Nothing rings on this line.',
  reject: 'Nothing rings on this line.',
  hangup: 'Nobody talks on this line.',
  hold: 'Nobody talks on this line.',
  retrieve: 'Nothing is held on this line.',
  joinCalls: 'There are no two calls on this line.',
};
const SUMMARIES: Readonly<Record<string, string>> = { joinCalls: 'join the two calls it has' };

async function place(hands: Hands, ask: Ask<z.infer<typeof placed>>): Promise<Reply> {
  const tenant = param(ask, 'tenant');
  const { id: given, to, ...rest } = ask.body;
  const id = given ?? callIdOf(derivedId(tenant, ask.commandId));
  // A repeat of this very request: its call is there already.
  if (given === undefined && callOf(ask.view, tenant, id) !== undefined) return json({ id }, 201);
  const accepted = await hands.placeCall({ tenant, call: id, to: sanitised(to), ...rest });
  return accepted
    ? json({ id }, 201)
    : refuse({ kind: 'conflict', why: `There is a call ${id} already, or the number takes none.` });
}

function done(did: boolean, why: string): Reply {
  return did ? json({ done: true }) : refuse({ kind: 'conflict', why });
}

function noHands(): Reply {
  return refuse({ kind: 'notOffered', why: 'This server is not behind the simulated switch.' });
}

function list(ask: Ask): Reply {
  const number = ask.query.get('number');
  if (number !== null) {
    const calls = callsOfNumber(ask.view, param(ask, 'tenant'), sanitised(number));
    return json({ items: calls.map(callJson), position: ask.view.position });
  }
  if (ask.query.get('live') === 'true') {
    const calls = liveCalls(ask.view, param(ask, 'tenant'));
    return json({ items: calls.map(callJson), position: ask.view.position });
  }
  return listing(
    ask,
    ({ tenant, after, limit }) => callsOf(ask.view, { tenant, limit, ...(after === 0 ? {} : { before: after }) }),
    callJson,
  );
}

function read(ask: Ask): Reply {
  const id = param(ask, 'id');
  const found = callOf(ask.view, param(ask, 'tenant'), id);
  return found === undefined ? unknown(`call ${id}`) : json(callJson(found));
}

function callJson({ id, stage, version, position, context }: CallEntry): JsonObject {
  return { id, stage, version, position, ...context };
}
