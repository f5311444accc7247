/**
 * What a handler of this dialect is given and gives back. The wiring (routes.ts) makes it of a request that is read,
 * bounded and authorised; handlers know nothing of HTTP.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import { attributesAfter } from '../../../machines/record/attributes-after.ts';
import type { ChangeRecord } from '../../../machines/record/events.ts';
import { entry } from '../../../projections/directory.ts';
import { type Submitted, submitOnce } from '../../http/command-id.ts';
import type { Identity } from '../../identity/identity.ts';
import type { PasswordHasher } from '../../identity/password.ts';
import type { Principal } from '../../identity/principal.ts';
import { type ActorId, keyOf } from '../../model/actor-id.ts';
import type { Command, Delivery, Receipt, Rejection } from '../../model/command.ts';
import { type JsonObject, sameJson } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { Refusal } from './errors.ts';
import type { Found } from './found.ts';
import type { GwsOptions } from './options.ts';
import type { Query } from './query.ts';

export interface World {
  readonly runtime: Runtime;
  readonly identity: Identity;
  readonly hasher: PasswordHasher;
  readonly options: GwsOptions;
}

export interface Caller {
  readonly principal: Principal;
  readonly user: Found<User>;
}

export interface Exchange extends World {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** `{}` where there is none. */
  readonly body: JsonObject;
  readonly caller: Caller;
  /** What is read: the live view, or that of the moment asked for. */
  readonly view: View;
  /** Absolute uri of a path. */
  readonly uri: (path: string) => string;
  /** Remote address, for the throttle of password checks. */
  readonly address: string;
  /** Id of the one command this request may make; '' for reads. */
  readonly commandId: string;
  /** What it did the first time; undefined unless it is sent again under its `Idempotency-Key`. */
  readonly earlier: Receipt | undefined;
  readonly trace?: string;
  /** Puts what no record tells on a notification channel of the caller, or of those who hear of users. */
  readonly notify: (channel: '/v2/me' | '/v2/me/calls' | '/v2/users', data: JsonObject) => void;
  /** Ends the HTTP session of the request. */
  readonly endSession: () => void;
  /** Keeps it although the password has changed, which ends all others. */
  readonly renewSession: () => void;
}

export type Answer =
  | { readonly kind: 'done'; readonly body: JsonObject }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

export function done(body: JsonObject): Answer {
  return { kind: 'done', body };
}

export function refused(refusal: Refusal): Answer {
  return { kind: 'refused', refusal };
}

export function notFound(resource: string, id: string): Answer {
  return refused({ kind: 'notFound', resource, id });
}

/** The request is sent again, and moved this the first time: it is answered as then, although it would be refused by now. */
export function isDone({ earlier }: Exchange, about: ActorId): boolean {
  return earlier?.records.some(({ actor }) => keyOf(actor) === keyOf(about)) === true;
}

/** Records the command of the request. */
export async function submit(exchange: Exchange, deliveries: readonly Delivery[]): Promise<Submitted> {
  const { caller, commandId, trace, runtime } = exchange;
  const command: Command = {
    id: commandId,
    tenant: caller.user.actor.tenant,
    by: caller.principal.by,
    via: 'gws',
    ...(trace === undefined ? {} : { trace }),
    deliveries,
  };
  return submitOnce(runtime, command);
}

/** Records it and answers `body`, or says why not; what is so already needs no record. */
export async function submitted(
  exchange: Exchange,
  deliveries: readonly Delivery[],
  body: JsonObject = {},
): Promise<Answer> {
  if (isSo(exchange.runtime.live, deliveries)) return done(body);
  const outcome = await submit(exchange, deliveries);
  return outcome.kind === 'accepted' ? done(body) : refused(outcome);
}

/** Each try lets one of those through who change a record at once, so it is also how many of them may. */
const TRIES_MAX = 20;

/**
 * For a change that was decided on what a record held: when the record changed meanwhile (`expect` of its event says so),
 * decides again on what it holds now. `decide` gives the deliveries and the answer, or an answer alone. What is so already
 * is not recorded.
 */
export async function settled(exchange: Exchange, decide: () => Decision): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const decision = decide();
    if ('kind' in decision) return decision;
    if (isSo(exchange.runtime.live, decision.deliveries)) return done(decision.body ?? {});
    const outcome = await submit(exchange, decision.deliveries);
    if (outcome.kind === 'accepted') return done(decision.body ?? {});
    if (outcome.kind === 'keyReused') return refused(outcome);
    const { rejection } = outcome;
    const { staleOn = [] } = decision;
    const isStale = rejection.code === 'reason' && ['changed', ...staleOn].includes(rejection.reason);
    if (!isStale || tries === TRIES_MAX) return refused(decision.refusalOf?.(rejection) ?? outcome);
  }
}

export type Decision =
  | Answer
  | {
      readonly deliveries: readonly Delivery[];
      readonly body?: JsonObject;
      /** Other reasons that say so: what was free is not any more. */
      readonly staleOn?: readonly string[];
      /** A better word for a rejection than its own; undefined: none. */
      readonly refusalOf?: (rejection: Rejection) => Refusal | undefined;
    };

/** Changes of records that hold all of it: nobody changes anything. */
function isSo(view: View, deliveries: readonly Delivery[]): boolean {
  return deliveries.every(({ to, event }) => {
    const now = event.type === 'change' ? entry(view, to)?.attributes : undefined;
    return now !== undefined && sameJson(attributesAfter(now, event as ChangeRecord), now);
  });
}
