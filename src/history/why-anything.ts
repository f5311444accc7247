/**
 * Why an actor of a kind without words of its own is as it is: its newest record, who asked for it, through whom it came
 * here, and what it changed. Of what a directory holds that is the whole answer.
 */
import { formatActor } from '../model/actor-id.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Change, diffOf } from './diff.ts';
import type { Asked, Explanation } from './explanation.ts';
import { commandOf, toldBy } from './whole-command.ts';
import { askedText, listText, spaced, stateText, timeText } from './wording.ts';

/** Events that every directory record and every agent takes; of others the state is told. */
const DONE: Readonly<Record<string, string>> = {
  create: 'was created',
  change: 'was changed',
  configure: 'was changed',
  remove: 'was removed',
};
/** What moves by itself with every change. */
const STAMPS: ReadonlySet<string> = new Set(['/changedAt', '/createdAt']);

export async function whyAnything({ runtime, view, actor, newest, backwards }: Asked): Promise<Explanation> {
  const { to, event, cause } = newest.transition.data;
  const tellers = toldBy(newest, await commandOf(runtime, newest)).filter(
    (one) => one.visibility === 'public' && one.actor.tenant === actor.tenant,
  );
  const [teller] = tellers;
  const through =
    teller === undefined ? '' : `, told by ${formatActor(teller.actor)} (${teller.transition.data.event.type})`;
  const asked = askedText(view, actor.tenant, cause);
  const done = DONE[event.type];
  const what = done ?? `is ${stateText(to)} since`;
  const when = `${done === undefined ? '' : 'at '}${timeText(newest.time)}`;
  const because = `${done === undefined ? `of ${event.type}, asked for` : 'it was asked for'}${through === '' ? '' : `${through},`}`;
  const changed = event.type === 'change' ? await changesBy(newest, backwards()) : '';
  return {
    sentence: `${titled(spaced(actor.kind))} ${actor.id} ${what} ${when} because ${because} ${asked}${changed}.`,
    besides: [],
    chain: [
      { record: newest, says: `${event.type} led to ${stateText(to)}` },
      ...tellers.map((record) => ({ record, says: `told the next by ${record.transition.data.event.type}` })),
    ],
  };
}

/** `: isClosed false -> true`, `, and nothing became another`. */
async function changesBy(newest: LoggedTransition, backwards: AsyncIterable<LoggedTransition>): Promise<string> {
  for await (const before of backwards) {
    if (before.position === newest.position) continue;
    const changes = diffOf(before.transition.data.state.context, newest.transition.data.state.context);
    const said = changes.filter(({ path }) => !STAMPS.has(path)).map(changeText);
    return said.length === 0 ? ', and nothing became another' : `: ${listText(said)}`;
  }
  return '';
}

function changeText({ path, before, after }: Change): string {
  const name = path.replace(/^\/attributes\//, '').replace(/^\//, '');
  if (before === undefined) return `${name} ${JSON.stringify(after)}`;
  return `${name} ${JSON.stringify(before)} -> ${after === undefined ? 'none' : JSON.stringify(after)}`;
}

function titled(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
