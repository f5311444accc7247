/**
 * Writing into address books, for every dialect that does: no person has the same contact twice, whoever asks first
 * (machines/record/address-book.ts says how that is kept).
 */
import { contentOf } from '../../machines/record/contact-content.ts';
import { entriesBy, entry } from '../../projections/directory.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery, Outcome, Rejection } from '../model/command.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { View } from '../model/projection.ts';

const CONTACT = 'contact';
const BOOK = 'address-book';
const TRIES_MAX = 20;

/** One record, as it will be, and the event that makes it so. */
export interface RecordWrite extends Delivery {
  readonly attributes: JsonObject;
}

/**
 * The deliveries that write a record; for a contact they make sure that its owner has none like it. Where he has one, the
 * event goes to that one, which refuses it (`exists`). It is sent all the same, and not refused here, so that a command that
 * is repeated under its id is answered with its receipt. Any other record is written as it is.
 */
export function guarded(view: View, { to, event, attributes }: RecordWrite, command: string): readonly Delivery[] {
  if (to.kind !== CONTACT) return [{ to, event }];
  const twin = twinOf(view, to, attributes);
  if (twin !== undefined) return [{ to: twin, event: { type: 'create', attributes } }];
  return [{ to, event }, new OpenBook(view, to.tenant, String(attributes.user)).movedOn(command)];
}

/** True when the owner has the same contact already. */
export function isTwin(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'exists' && rejection.actor.kind === CONTACT;
}

/** True when another contact was written since the view that was decided on: decide again. */
export function isOvertaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.actor.kind === BOOK;
}

/**
 * Submits what `plan` says, and asks it again whenever another writer was faster (`isStale`); in the end the refusal stands.
 * A plan may also say that there is nothing to submit, and what is answered instead.
 */
export async function settledWrite<
  Result extends Outcome | { readonly kind: 'keyReused' },
  Instead extends object = never,
>(
  plan: () => readonly Delivery[] | NoInfer<Instead>,
  submit: (deliveries: readonly Delivery[]) => Promise<Result>,
  isStale: (rejection: Rejection) => boolean = isOvertaken,
): Promise<Result | Instead> {
  for (let tries = 1; ; tries += 1) {
    const planned = plan();
    if (!isDeliveries(planned)) return planned;
    const outcome = await submit(planned);
    if (outcome.kind !== 'rejected' || !isStale(outcome.rejection) || tries >= TRIES_MAX) return outcome;
  }
}

function isDeliveries(planned: readonly Delivery[] | object): planned is readonly Delivery[] {
  return Array.isArray(planned);
}

/** A person's book where a view has it, to be moved on by one command after the other. */
export class OpenBook {
  readonly #book: ActorId;
  #movedBy: Json | undefined;

  constructor(view: View, tenant: string, user: string) {
    this.#book = { tenant, kind: BOOK, id: user };
    this.#movedBy = entry(view, this.#book)?.attributes.movedBy;
  }

  /** Belongs into the command of this id; the next may be submitted before that one is settled. */
  movedOn(command: string): Delivery {
    const [to, from] = [this.#book, this.#movedBy];
    this.#movedBy = command;
    // A book begins with its first contact.
    if (from === undefined) return { to, event: { type: 'create', attributes: { user: to.id, movedBy: command } } };
    return { to, event: { type: 'change', expect: { movedBy: from }, set: { movedBy: command } } };
  }
}

function twinOf(view: View, { tenant, id }: ActorId, attributes: JsonObject): ActorId | undefined {
  const alike = entriesBy(view, { kind: CONTACT, key: 'content', value: contentOf(attributes), tenant });
  return alike.find(({ actor }) => actor.id !== id)?.actor;
}
