/**
 * Call qualifications (contract 2.6): which a queue offers, one agent's answer about one call, and the answers as CSV.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { z } from 'zod';
import type { QualificationAnswer } from '../../../machines/record/attributes/queues.ts';
import { claimsOf } from '../../../machines/record/claims.ts';
import { entriesBy, entriesOf, entry, newestEntry } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { parseFields } from '../../http/fields.ts';
import type { Rejection } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, created, csv, ok, refuse, refused } from './answers.ts';
import { inputRefusal, QUALIFICATIONS, unrecordedRefusal } from './errors.ts';
import { numberOf, queueByNumber } from './people.ts';
import { type PersonalAsk, param, type XucRoute } from './route.ts';

export function qualificationRoutes(): readonly XucRoute[] {
  const route = (method: string, path: string, handle: (ask: PersonalAsk) => Answer | Promise<Answer>): XucRoute => ({
    method,
    path,
    family: QUALIFICATIONS,
    access: 'token',
    handle,
  });
  // The document prints the export with `/api` twice and with it once; parameters that a shell lost are no numbers.
  const exports = ['/2.0', '/api/2.0'].flatMap((base) =>
    ['/:queue/:from/:to', '/:queue/:from', '/:queue', '', '/', '//'].map((rest) =>
      route('GET', `${base}/call_qualification/csv${rest}`, exported),
    ),
  );
  return [
    route('GET', '/2.0/call_qualification/queue/:queue', offered),
    route('GET', '/2.0/call_qualification/queue', offered),
    route('POST', '/2.0/call_qualification', answered),
    ...exports,
  ];
}

const NOT_A_NUMBER = refuse('JsonErrorDecoding', 'The id of the queue must be a number');

function queueNumberOf(ask: PersonalAsk): number | undefined {
  const text = param(ask, 'queue');
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function offered(ask: PersonalAsk): Answer {
  const number = queueNumberOf(ask);
  if (number === undefined) return NOT_A_NUMBER;
  const { tenant } = ask.caller.actor;
  const queue = queueByNumber(ask.view, tenant, number);
  if (queue === undefined) return ok([]);
  const found = entriesBy(ask.view, { kind: 'qualification', key: 'queues', value: queue.actor.id, tenant });
  return ok(
    found.map(({ attributes }) => {
      const { name, subQualifications, ...rest } = attributes;
      return { id: numberOf({ attributes: rest }) ?? 0, name, subQualifications } as Json;
    }),
  );
}

const id = z.int().min(0).max(1_000_000_000);
const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

const form = z.object({
  sub_qualification_id: id,
  time: z.string().refine(isTime, 'is not YYYY-MM-DD HH:MM:SS'),
  callid: z.string().max(128),
  agent: id,
  queue: id,
  first_name: z.string().max(255).exactOptional(),
  last_name: z.string().max(255).exactOptional(),
  comment: z.string().max(4096).exactOptional(),
  custom_data: z.string().max(4096).exactOptional(),
});

async function answered(ask: PersonalAsk): Promise<Answer> {
  const body = await ask.json();
  if (!body.ok) return refused(inputRefusal(body.problem, QUALIFICATIONS));
  if (body.value === undefined) return refuse('JsonBodyNotFound', 'The qualification is missing');
  const fields = parseFields(form, body.value);
  if (!fields.ok) return refused(inputRefusal(fields.problem, QUALIFICATIONS));
  return recorded(ask, attributesOf(fields.value));
}

function attributesOf(given: z.infer<typeof form>): Omit<QualificationAnswer, 'number'> {
  const { first_name, last_name, comment, custom_data } = given;
  return {
    subQualification: given.sub_qualification_id,
    answeredAt: given.time,
    call: given.callid,
    agent: given.agent,
    queue: given.queue,
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    ...(comment === undefined ? {} : { comment }),
    ...(custom_data === undefined ? {} : { customData: custom_data }),
  };
}

const NUMBERS_TRIED_MAX = 100;

/** Answers are numbered from 1 per tenant; whoever finds a number taken takes the next. */
async function recorded(ask: PersonalAsk, attributes: Omit<QualificationAnswer, 'number'>): Promise<Answer> {
  const { tenant } = ask.caller.actor;
  const kind = 'qualification-answer';
  const asked = [ask.commandId, ask.caller.actor.id, JSON.stringify(attributes)].join(' ');
  const to = { tenant, kind, id: derivedId(tenant, asked) } as const;
  const first = (newestEntry(ask.view, tenant, kind)?.attributes.number ?? 0) + 1;
  for (let number = first; ; number += 1) {
    const numbered: JsonObject = { ...attributes, number };
    const claims = claimsOf(kind, numbered);
    const outcome = await ask.submit(ask.caller, [{ to, event: { type: 'create', attributes: numbered, claims } }]);
    if (outcome.kind === 'accepted') {
      // A repeated command is answered with the number it was given the first time.
      return created(entry(ask.view, to)?.attributes.number ?? number);
    }
    if (outcome.kind === 'keyReused' || !isTaken(outcome.rejection) || number >= first + NUMBERS_TRIED_MAX) {
      return refused(unrecordedRefusal(outcome, QUALIFICATIONS));
    }
  }
}

function isTaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'taken';
}

const COLUMNS = [
  'sub_qualification_id',
  'time',
  'callid',
  'agent',
  'queue',
  'first_name',
  'last_name',
  'comment',
  'custom_data',
] as const;

async function exported(ask: PersonalAsk): Promise<Answer> {
  const queue = queueNumberOf(ask);
  if (queue === undefined) return NOT_A_NUMBER;
  const from = rangeOf(param(ask, 'from'));
  const to = rangeOf(param(ask, 'to'));
  if (from === undefined || to === undefined) {
    return refuse('JsonErrorDecoding', 'From and to must be YYYY-MM-DD or YYYY-MM-DD HH:MM:SS');
  }
  const isAskedFor = (one: QualificationAnswer) =>
    one.queue === queue && one.answeredAt >= from.first && one.answeredAt <= to.last;
  const rows = (await answersOf(ask.view, ask.caller.actor.tenant, isAskedFor)).sort((a, b) =>
    a.answeredAt < b.answeredAt ? -1 : a.answeredAt > b.answeredAt ? 1 : a.number - b.number,
  );
  // Nothing of ours reads this file back.
  return csv([COLUMNS, ...rows.map(rowOf)], 'asText');
}

function rowOf(one: QualificationAnswer): (string | number)[] {
  const { subQualification, answeredAt, call, agent, queue } = one;
  const texts = [one.firstName, one.lastName, one.comment, one.customData].map((text) => text ?? '');
  return [subQualification, answeredAt, call, agent, queue, ...texts];
}

const PAGE = 1000;

/** Page by page, so that nobody else waits for all of them, and only those that are asked for are held. */
async function answersOf(
  view: View,
  tenant: string,
  isAskedFor: (one: QualificationAnswer) => boolean,
): Promise<QualificationAnswer[]> {
  const found: QualificationAnswer[] = [];
  for (let after = 0; ; ) {
    const page = entriesOf(view, { tenant, kind: 'qualification-answer', after, limit: PAGE });
    found.push(...page.map(({ attributes }) => attributes).filter(isAskedFor));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    after = last.created;
    await turnOfTheLoop();
  }
}

/** A day as its first and last second; a moment as itself. Texts of this form compare as times do. */
function rangeOf(text: string): { readonly first: string; readonly last: string } | undefined {
  if (isTime(text)) return { first: text, last: text };
  return isTime(`${text} 00:00:00`) ? { first: `${text} 00:00:00`, last: `${text} 23:59:59` } : undefined;
}

function isTime(text: string): boolean {
  const time = TIME.test(text) ? new Date(`${text.replace(' ', 'T')}Z`) : undefined;
  return time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.replace(' ', 'T'));
}
