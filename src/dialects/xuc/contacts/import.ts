/**
 * Importing contacts from CSV. Each line has one outcome of its own: made whole, there already, or failed for a stated
 * reason; no line is half made. Lines are recorded in commands of many, and a command that one line spoils is recorded again
 * without it. An import that was cut off is repeated as it is: what is there already adds nothing.
 */
import type { JsonObject } from '../../../model/json.ts';
import type { XucLog } from '../parts.ts';
import type { PersonalAsk } from '../route.ts';
import { type Content, contactJson, problemOf, sameness } from './contact.ts';
import type { BadLine, CsvLine } from './csv.ts';
import { contactId, contactOf, contactsOf, creation, isDuplicate, stepId } from './store.ts';

/** Two records for each: the contact and its claim. */
const LINES_PER_COMMAND = 125;
const COMMANDS_AT_ONCE = 8;

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
  const chunks: Planned[][] = [];
  for (let from = 0; from < plan.fresh.length; from += LINES_PER_COMMAND) {
    chunks.push(plan.fresh.slice(from, from + LINES_PER_COMMAND));
  }
  let done = 0;
  const total = plan.fresh.length;
  const user = ask.caller.actor.id;
  for (let from = 0; from < chunks.length; from += COMMANDS_AT_ONCE) {
    const together = chunks.slice(from, from + COMMANDS_AT_ONCE);
    await Promise.all(together.map((chunk) => record(ask, chunk, plan.ids)));
    done += together.reduce((sum, chunk) => sum + chunk.length, 0);
    logger.info({ user, done, total }, 'importing contacts');
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
  const ids = new Map(contactsOf(ask.view, ask.caller).map(({ id, content }) => [sameness(content), id]));
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
    const id = contactId(ask.caller, ask.commandId, line.line);
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

/** Contents that somebody else made meanwhile are left out, and known by the id they got there. */
async function record(ask: PersonalAsk, planned: readonly Planned[], ids: Map<string, string>): Promise<void> {
  for (let left = planned; left.length > 0; ) {
    const deliveries = left.map(({ id, content }) => creation(ask.caller, id, content));
    const outcome = await ask.submit(ask.caller, deliveries, stepId(ask.commandId, left));
    if (outcome.kind === 'accepted') return;
    const { rejection } = outcome;
    const known = new Map(contactsOf(ask.view, ask.caller).map(({ id, content }) => [sameness(content), id]));
    const still = left.filter(({ content }) => !known.has(sameness(content)));
    for (const [key, id] of known) ids.set(key, id);
    if (!isDuplicate(rejection) || still.length === left.length) {
      throw new Error(`contacts were refused: ${JSON.stringify(rejection)}`);
    }
    left = still;
  }
}
