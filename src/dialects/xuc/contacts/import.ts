/**
 * Importing contacts from CSV. Each line has one outcome of its own: made whole, there already, or failed for a stated
 * reason; no line is half made. Lines are recorded in commands of many, each bound to the one before it, so that a contact
 * that somebody else writes meanwhile stops them: what is left is looked at again. An import that was cut off is repeated
 * as it is: what is there already adds nothing.
 */
import { isOvertaken, OpenBook } from '../../../contacts/address-book.ts';
import { LedgerlineError } from '../../../errors.ts';
import type { Submitted } from '../../../http/command-id.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { XucLog } from '../parts.ts';
import type { PersonalAsk } from '../route.ts';
import { type Content, contactJson, problemOf, sameness } from './contact.ts';
import type { BadLine, CsvLine } from './csv.ts';
import { contactId, contactOf, contactsOf, creation, stepId } from './store.ts';

/** With the book four such commands fill a batch of the log. */
const LINES_PER_COMMAND = 249;
const LINES_AT_ONCE = 8 * LINES_PER_COMMAND;
const TRIES_MAX = 20;

export interface Imported {
  /** In the order of the lines; a line that was there already has the id it had. */
  readonly created: readonly JsonObject[];
  readonly failed: readonly JsonObject[];
}

interface Planned {
  readonly line: number;
  readonly id: string;
  readonly content: Content;
}

export async function importContacts(
  ask: PersonalAsk,
  lines: readonly (CsvLine | BadLine)[],
  logger: XucLog,
): Promise<Imported> {
  const plan = planOf(ask, lines);
  const [user, total] = [ask.caller.actor.id, plan.fresh.length];
  const progress = (left: number) => logger.info({ user, done: total - left, total }, 'importing contacts');
  let left = plan.fresh;
  for (let tries = 1; left.length > 0; tries += 1) {
    if (tries > TRIES_MAX) throw new LedgerlineError('unavailable', 'others keep writing to the same address book');
    left = unknownOf(ask, await record(ask, left, progress), plan.ids);
  }
  const made = plan.good.map(({ content }) => contactJson({ id: plan.ids.get(sameness(content)) ?? '', content }));
  return { created: made, failed: plan.bad.map(({ line, errors }) => ({ line, errors })) };
}

interface Plan {
  /** Every line that is, or will be, a contact. */
  readonly good: readonly CsvLine[];
  readonly bad: readonly BadLine[];
  /** Those to be made, each content once. */
  readonly fresh: readonly Planned[];
  /** Sameness of a content -> the id it has, or will have. */
  readonly ids: Map<string, string>;
}

function planOf(ask: PersonalAsk, lines: readonly (CsvLine | BadLine)[]): Plan {
  const ids = knownIds(ask);
  const good: CsvLine[] = [];
  const bad: BadLine[] = [];
  const fresh: Planned[] = [];
  for (const line of lines) {
    const failed = 'errors' in line ? line : failureOf(ask, line);
    if (failed !== undefined || 'errors' in line) {
      if (failed !== undefined) bad.push(failed);
      continue;
    }
    good.push(line);
    const key = sameness(line.content);
    if (ids.has(key)) continue;
    const id = contactId(ask.caller, ask.commandId, line.content);
    ids.set(key, id);
    fresh.push({ line: line.line, id, content: line.content });
  }
  return { good, bad, fresh, ids };
}

function failureOf(ask: PersonalAsk, { line, id, content }: CsvLine): BadLine | undefined {
  if (id !== '' && contactOf(ask.view, ask.caller, id) !== undefined) {
    return { line, errors: [`contact "${id}" already exist`] };
  }
  const problem = problemOf(content);
  return problem === undefined ? undefined : { line, errors: [problem] };
}

/**
 * Records lines in order, as long as nobody else writes a contact of this person: gives back those that are not recorded,
 * none of which is.
 */
async function record(
  ask: PersonalAsk,
  planned: readonly Planned[],
  progress: (left: number) => void,
): Promise<readonly Planned[]> {
  const book = new OpenBook(ask.view, ask.caller.actor.tenant, ask.caller.actor.id);
  for (let from = 0; from < planned.length; from += LINES_AT_ONCE) {
    const chunks = chunksOf(planned.slice(from, from + LINES_AT_ONCE));
    const outcomes = await Promise.all(chunks.map((chunk) => submitted(ask, chunk, book)));
    // Each is bound to the one before: behind the first that was refused all were.
    const recorded = outcomes.filter(({ kind }) => kind === 'accepted').length * LINES_PER_COMMAND;
    progress(Math.max(0, planned.length - from - recorded));
    if (outcomes.some(({ kind }) => kind !== 'accepted')) return planned.slice(from + recorded);
  }
  return [];
}

async function submitted(ask: PersonalAsk, lines: readonly Planned[], book: OpenBook): Promise<Submitted> {
  const id = stepId(ask.commandId, lines);
  const contacts = lines.map((line) => {
    const { to, event } = creation(ask.caller, line.id, line.content);
    return { to, event };
  });
  const outcome = await ask.submit(ask.caller, [book.movedOn(id), ...contacts], id);
  if (outcome.kind === 'rejected' && !isOvertaken(outcome.rejection)) {
    throw new Error(`contacts were refused: ${JSON.stringify(outcome.rejection)}`);
  }
  return outcome;
}

function chunksOf(lines: readonly Planned[]): readonly (readonly Planned[])[] {
  const count = Math.ceil(lines.length / LINES_PER_COMMAND);
  return Array.from({ length: count }, (_, nth) => lines.slice(nth * LINES_PER_COMMAND, (nth + 1) * LINES_PER_COMMAND));
}

/** Those whose content nobody else made meanwhile; the others are known by the id they got there. */
function unknownOf(ask: PersonalAsk, lines: readonly Planned[], ids: Map<string, string>): readonly Planned[] {
  if (lines.length === 0) return lines;
  const known = knownIds(ask);
  return lines.filter(({ content }) => {
    const id = known.get(sameness(content));
    if (id !== undefined) ids.set(sameness(content), id);
    return id === undefined;
  });
}

function knownIds(ask: PersonalAsk): Map<string, string> {
  return new Map(contactsOf(ask.view, ask.caller).map(({ id, content }) => [sameness(content), id]));
}
