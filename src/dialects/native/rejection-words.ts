/**
 * What a machine refused, as people read it: one English sentence, and the details that this caller may know.
 */
import { formatActor, INSTALLATION } from '../../model/actor-id.ts';
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
      return `${rejection.event} is not usable: ${rejection.problems.join('; ')}.`;
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

/** A claim is named after what it guards: `number:200`, `login.gws:ann`. */
function describeTaken(rejection: Reasoned): string {
  const owner = toldDetails(rejection)?.owner;
  const [, what = '', dialect, value] = /^([^.:]+)(?:\.([^:]+))?:(.*)$/s.exec(rejection.actor.id) ?? [];
  const name = `${wordsOf(what)} ${value}${dialect === undefined ? '' : ` of ${dialect}`}`;
  return `The ${name} is taken${owner === undefined ? '' : ` by ${owner}`}.`;
}
