/**
 * Requests to a service by its name: those that start one, and the two that find or equip one that lives.
 */
import { presenceCounts } from '../../../projections/agents.ts';
import { type ReservationEntry, reservationsFor, service } from '../../../projections/services.ts';
import type { Delivery } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { reserve } from './access.ts';
import { type Answer, json, notFound, OK, refuse } from './answers.ts';
import { type Ask, changed, earlierReceipt, type Handler, mintedId, param, toService } from './ask.ts';
import { rejectionAnswer, unknownService } from './errors.ts';
import { optionsOf, type ServiceOptions, type ServiceWord } from './options.ts';
import { storedOf } from './storage.ts';

const UNCONFIGURED = notFound('No service of that name is configured');

/** `POST /service/{name}` */
export function request(ask: Ask): Answer | Promise<Answer> {
  const options = optionsOf(ask.live, ask.tenant, param(ask, 'service'), ask.form.parameters);
  return options === undefined ? UNCONFIGURED : REQUESTS[options.service](ask, options);
}

/** `DELETE /service/{id}` */
export const remove: Handler = (ask) => {
  const id = param(ask, 'service');
  if (earlierReceipt(ask) !== undefined) return OK;
  return service(ask.live, ask.tenant, id) === undefined ? unknownService() : changed(ask, id, { type: 'delete' });
};

const NO_AGENT = refuse('noAgent', 'No agent is available');

type Request = (ask: Ask, options: ServiceOptions) => Answer | Promise<Answer>;

const REQUESTS: Readonly<Record<ServiceWord, Request>> = {
  'request-interaction': startReachable,
  'app-to-connect-basic': startReachable,
  'match-interaction': match,
  'request-access': giveAccess,
  'request-chat': startChatService,
  ors: start,
};

/** With an access number, and a code where one is wanted. */
async function startReachable(ask: Ask, options: ServiceOptions): Promise<Answer> {
  const id = mintedId(ask);
  const creation = creationOf(ask, id, options);
  if ('kind' in creation) return creation;
  const access = await reserve(ask, id, options, [creation]);
  return access.kind === 'access' ? json({ _id: id, ...access.body }) : access;
}

async function startChatService(ask: Ask, options: ServiceOptions): Promise<Answer> {
  const isAnswered = (presenceCounts(ask.live, ask.tenant).ready ?? 0) > 0;
  if (options.needsReadyAgent && !isAnswered && earlierReceipt(ask) === undefined) return NO_AGENT;
  const answer = await start(ask, options);
  if (answer.kind !== 'json' || !options.verbose) return answer;
  const path = `/genesys/1/service/${mintedId(ask)}/ixn/chat`;
  return json({ '_chatIxnAPI-CREATE-URL': path, ...answer.body });
}

async function start(ask: Ask, options: ServiceOptions): Promise<Answer> {
  const id = mintedId(ask);
  const creation = creationOf(ask, id, options);
  if ('kind' in creation) return creation;
  const outcome = await ask.submit([creation]);
  return outcome.kind === 'accepted' ? json({ _id: id }) : rejectionAnswer(outcome.rejection);
}

const PHONE_NUMBER_MAX = 64;

const PHONE_NUMBER_TOO_LONG = refuse('badRequest', '_phone_number is too long');

function creationOf(ask: Ask, id: string, options: ServiceOptions): Delivery | Answer {
  const { form, user } = ask;
  const phoneNumber = form.parameters.get('_phone_number') ?? '';
  if (phoneNumber.length > PHONE_NUMBER_MAX) return PHONE_NUMBER_TOO_LONG;
  return toService(ask, id, {
    type: 'create',
    configuration: options.name,
    service: options.service,
    ...(user === undefined ? {} : { user }),
    ...(phoneNumber === '' ? {} : { phoneNumber }),
    ttlMs: options.ttlSeconds * 1000,
    ...storedOf(form),
  });
}

/** For a service that lives; instead of the number it may have. */
async function giveAccess(ask: Ask, options: ServiceOptions): Promise<Answer> {
  const id = ask.form.parameters.get('_id') ?? '';
  if (id === '') return refuse('badRequest', '_id is missing');
  if (service(ask.live, ask.tenant, id) === undefined) return unknownService();
  const phoneNumber = ask.form.parameters.get('_phone_number') ?? '';
  if (phoneNumber.length > PHONE_NUMBER_MAX) return PHONE_NUMBER_TOO_LONG;
  const known = phoneNumber === '' ? [] : [toService(ask, id, { type: 'setPhoneNumber', phoneNumber })];
  const access = await reserve(ask, id, options, known);
  return access.kind === 'access' ? json(access.body) : access;
}

/** Finds the service that a caller speaks of, and gives its access number back. */
async function match(ask: Ask, options: ServiceOptions): Promise<Answer> {
  const accessNumber = ask.form.parameters.get('_access_number') ?? '';
  if (accessNumber === '') return refuse('badRequest', '_access_number is missing');
  const earlier = earlierReceipt(ask)?.records.find(({ actor }) => actor.kind === 'reservation');
  if (earlier !== undefined) return matchedJson(ask, options, earlier.actor.id);
  const candidates = reservationsFor(ask.live, ask.tenant, accessNumber).filter(fits(ask));
  // Another request may match one at the same moment: then the next one that fits is meant.
  for (const { service: id } of candidates) {
    const to = { tenant: ask.tenant, kind: 'reservation', id };
    const outcome = await ask.submit([{ to, event: { type: 'match' } }]);
    if (outcome.kind === 'accepted') return matchedJson(ask, options, id);
    const { rejection } = outcome;
    if (rejection.code !== 'reason' || rejection.reason !== 'notReserved') return rejectionAnswer(rejection);
  }
  return notFound('No matching service');
}

function fits({ form }: Ask): (reservation: ReservationEntry) => boolean {
  const code = form.parameters.get('_access_code') ?? '';
  const phoneNumber = form.parameters.get('_phone_number') ?? '';
  return (reservation) =>
    (code === '' || reservation.accessCode === code) && (phoneNumber === '' || reservation.phoneNumber === phoneNumber);
}

function matchedJson({ live, tenant }: Ask, { returnUserData }: ServiceOptions, id: string): Answer {
  const texts: JsonObject = returnUserData ? (service(live, tenant, id)?.texts ?? {}) : {};
  return json({ ...texts, _id: id, _data_id: id });
}
