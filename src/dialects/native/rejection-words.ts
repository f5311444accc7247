/**
 * What a machine refused, as people read it: one English sentence, and the details that this caller may know.
 */
import { type ActorId, formatActor, ID_BYTES_MAX, INSTALLATION } from '../../model/actor-id.ts';
import type { Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';

type Reasoned = Rejection & { readonly code: 'reason' };

export function describeRejection(rejection: Rejection): string {
  const who = formatActor(rejection.actor);
  switch (rejection.code) {
    case 'reason':
      return describeReason(rejection);
    case 'unhandled':
      return `${who} does not take ${rejection.event} in its present state.`;
    case 'guard':
      return `${who} does not take ${rejection.event} as things are.`;
    case 'unknownActor':
      return `There is no ${who}.`;
    case 'finished':
      return `${who} has ended.`;
    case 'badEvent':
      return describeBadEvent(rejection);
    case 'staleTimer':
      return `That timer of ${who} no longer runs.`;
    case 'tooLarge':
      return `${who} would grow to ${rejection.bytes} bytes, ${rejection.bytesMax} are allowed.`;
  }
}

/** Who holds a name that is unique in the whole installation may be of another tenant, and is not told. */
export function toldDetails({ actor, details }: Reasoned): JsonObject | undefined {
  if (details === undefined || actor.kind !== 'claim' || actor.tenant !== INSTALLATION) return details;
  const { owner: _, ...told } = details;
  return told;
}

/** `agentNumber` -> `agent number`, `presence-option` -> `presence option`. */
export function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ');
}

function describeReason(rejection: Reasoned): string {
  const { actor, event, reason } = rejection;
  switch (reason) {
    case 'exists':
      return `The ${wordsOf(actor.kind)} ${actor.id} is there already.`;
    case 'changed':
      return `Somebody changed ${formatActor(actor)} meanwhile: read it again.`;
    case 'taken':
      return describeTaken(rejection);
    default:
      return `${formatActor(actor)} refused ${event}: ${reason}.`;
  }
}

function describeTaken(rejection: Reasoned): string {
  const owner = toldDetails(rejection)?.owner;
  return `The ${claimedName(rejection.actor)} is taken${owner === undefined ? '' : ` by ${owner}`}.`;
}

/** Claims are fed by our own machines alone, so of theirs only the id can be wrong: the name that somebody gave. */
function describeBadEvent({ actor, event, problems }: Rejection & { readonly code: 'badEvent' }): string {
  if (actor.kind !== 'claim') return `${event} is not usable: ${problems.join('; ')}.`;
  return `The ${claimedName(actor)} is not usable: what is unique has at most ${ID_BYTES_MAX} bytes, and no control characters.`;
}

/** A claim is named after what it guards: `number:200`, `login.gws:ann`. */
function claimedName({ id }: ActorId): string {
  const [, what = '', dialect, value] = /^([^.:]+)(?:\.([^:]+))?:(.*)$/s.exec(id) ?? [];
  return `${wordsOf(what)} ${value}${dialect === undefined ? '' : ` of ${dialect}`}`;
}
