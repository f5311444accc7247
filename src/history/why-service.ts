/**
 * Why a service is there, or is not any more: who asked for it, how long it was to live, and what ended it.
 */
import type { ServiceContext } from '../../machines/service/context.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import type { Asked, Explanation, Link } from './explanation.ts';
import { askedText, durationText, timeText } from './wording.ts';

/** What sets how long it lives. */
const LIVES: ReadonlySet<string> = new Set(['create', 'setExpiration']);

export async function whyService({ view, actor, newest, backwards }: Asked): Promise<Explanation | undefined> {
  const service = contextOf<ServiceContext>(newest.transition);
  let ended: LoggedTransition | undefined;
  let set: LoggedTransition | undefined;
  let created = newest;
  for await (const record of backwards()) {
    if (contextOf<ServiceContext>(record.transition).endedAt !== null) ended = record;
    if (LIVES.has(record.transition.data.event.type)) set ??= record;
    created = record;
  }
  const asked = (record: LoggedTransition): string => askedText(view, actor.tenant, record.transition.data.cause);
  const chain: Link[] = [{ record: created, says: `it was asked for, ${asked(created)}` }];
  if (set !== undefined && set !== created) chain.push({ record: set, says: `its life was set, ${asked(set)}` });
  if (ended !== undefined) chain.push({ record: ended, says: `it ${endOf(ended)}` });
  const named = `Service ${actor.id} (${service.service})`;
  const life = lifeText(set ?? created, ended !== undefined);
  const sentence =
    ended === undefined
      ? `${named} is active since ${timeText(service.createdAt)} because it was asked for ${asked(created)}; ${life}.`
      : `${named} ${endOf(ended)} at ${timeText(ended.time)} because ${ended.transition.data.to === 'expired' ? life : `that was asked for ${asked(ended)}`}.`;
  return { sentence, besides: ended === undefined ? held(service) : [], chain };
}

function endOf({ transition }: LoggedTransition): string {
  return transition.data.to === 'expired' ? 'expired' : 'was deleted';
}

function lifeText(set: LoggedTransition, isOver: boolean): string {
  const { expiresAt } = contextOf<ServiceContext>(set.transition);
  if (expiresAt === null) return 'it lives until it is deleted';
  const from = set.transition.data.event.type === 'create' ? '' : ` (set at ${timeText(set.time)})`;
  return `its time to live of ${durationText(expiresAt - set.time)}${from} ${isOver ? 'was over' : `ends at ${timeText(expiresAt)}`}`;
}

function held({ reservation, call, chat, texts, files }: ServiceContext): readonly string[] {
  const facts: string[] = [];
  if (reservation !== null) facts.push(`Access number ${reservation.accessNumber} is kept for its call.`);
  if (call !== null) facts.push(`Call ${call} came in for it.`);
  if (chat !== null) facts.push(`Chat ${chat.id} is ${chat.open ? 'open' : 'over'}.`);
  const keys = Object.keys(texts).length + Object.keys(files).length;
  if (keys > 0) facts.push(`It keeps ${keys === 1 ? 'one value' : `${keys} values`}.`);
  return facts;
}
