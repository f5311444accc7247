/**
 * Personal contacts (contract 2.5): a person's own address book, belonging to the login of the token.
 */
import { guarded, isTwin, type RecordWrite, settledWrite } from '../../../contacts/address-book.ts';
import type { Submitted } from '../../../http/command-id.ts';
import { type Answer, created, csv, JSON_TYPE, NO_CONTENT, ok, refuse, refused } from '../answers.ts';
import { CONTACTS, inputRefusal, unrecordedRefusal } from '../errors.ts';
import type { XucLog } from '../parts.ts';
import { type PersonalAsk, param, type XucRoute } from '../route.ts';
import { type Content, contactJson, readContact } from './contact.ts';
import { readCsv, rowsOf } from './csv.ts';
import { importContacts } from './import.ts';
import type { ContactLists } from './list.ts';
import { contactId, contactOf, contactsOf, creation, removal, replacement, stepId } from './store.ts';

export interface ContactParts {
  readonly lists: ContactLists;
  readonly logger: XucLog;
}

const IMPORT_BYTES_MAX = 8 * 1024 * 1024;
const IMPORT_LINES_MAX = 50_000;
const REMOVED_PER_COMMAND = 250;

export function contactRoutes({ lists, logger }: ContactParts): readonly XucRoute[] {
  const route = (method: string, path: string, handle: (ask: PersonalAsk) => Answer | Promise<Answer>): XucRoute => ({
    method,
    path: `/2.0/contact/${path}`,
    family: CONTACTS,
    access: 'token',
    handle,
  });
  return [
    route('GET', 'personal', (ask) => list(ask, lists)),
    route('GET', 'personal/:id', get),
    route('POST', 'personal', create),
    route('PUT', 'personal/:id', replace),
    route('DELETE', 'personal/:id', remove),
    route('DELETE', 'personal', removeAll),
    route('GET', 'export/personal', exported),
    route('POST', 'import/personal', (ask) => imported(ask, logger)),
  ];
}

const NOT_FOUND = refuse('ContactNotFound', 'The contact does not exist');
const DUPLICATE = refuse('DuplicateContact', 'The contact exists already');

function list({ view, isLive, caller }: PersonalAsk, lists: ContactLists): Answer {
  const body = isLive ? lists.live(view, caller) : lists.past(view, caller);
  return { kind: 'text', status: 200, type: JSON_TYPE, body };
}

function get(ask: PersonalAsk): Answer {
  const found = contactOf(ask.view, ask.caller, param(ask, 'id'));
  return found === undefined ? NOT_FOUND : ok(contactJson(found));
}

async function create(ask: PersonalAsk): Promise<Answer> {
  const content = await contentOf(ask);
  if ('kind' in content) return content;
  const id = contactId(ask.caller, ask.commandId, content);
  const outcome = await write(ask, creation(ask.caller, id, content));
  if (outcome.kind === 'accepted') return created(contactJson({ id, content }));
  const isDuplicate = outcome.kind === 'rejected' && isTwin(outcome.rejection);
  return isDuplicate ? DUPLICATE : refused(unrecordedRefusal(outcome, CONTACTS));
}

async function replace(ask: PersonalAsk): Promise<Answer> {
  const id = param(ask, 'id');
  if (contactOf(ask.view, ask.caller, id) === undefined) return NOT_FOUND;
  const content = await contentOf(ask);
  if ('kind' in content) return content;
  const outcome = await write(ask, replacement(ask.caller, id, content));
  if (outcome.kind === 'accepted') return ok(contactJson({ id, content }));
  if (outcome.kind === 'rejected' && isTwin(outcome.rejection)) return DUPLICATE;
  return isGone(outcome) ? NOT_FOUND : refused(unrecordedRefusal(outcome, CONTACTS));
}

function write({ view, caller, commandId, submit }: PersonalAsk, asked: RecordWrite): Promise<Submitted> {
  return settledWrite(
    () => guarded(view, asked, commandId),
    (deliveries) => submit(caller, deliveries),
  );
}

async function remove(ask: PersonalAsk): Promise<Answer> {
  const id = param(ask, 'id');
  if (contactOf(ask.view, ask.caller, id) === undefined) return NOT_FOUND;
  const outcome = await ask.submit(ask.caller, [removal(ask.caller, id)]);
  if (outcome.kind === 'accepted') return NO_CONTENT;
  return isGone(outcome) ? NOT_FOUND : refused(unrecordedRefusal(outcome, CONTACTS));
}

/** Somebody else was faster, and removed it. */
function isGone(outcome: Submitted): boolean {
  return outcome.kind === 'rejected' && outcome.rejection.code === 'finished';
}

/** In commands of many; what one leaves that met a contact removed meanwhile is looked at again. */
async function removeAll(ask: PersonalAsk): Promise<Answer> {
  for (;;) {
    const all = contactsOf(ask.view, ask.caller);
    if (all.length === 0) return NO_CONTENT;
    for (let from = 0; from < all.length; from += REMOVED_PER_COMMAND) {
      const some = all.slice(from, from + REMOVED_PER_COMMAND);
      const deliveries = some.map(({ id }) => removal(ask.caller, id));
      const outcome = await ask.submit(ask.caller, deliveries, stepId(ask.commandId, some));
      if (outcome.kind !== 'accepted' && !isGone(outcome)) return refused(unrecordedRefusal(outcome, CONTACTS));
    }
  }
}

/** A telephone number may begin with `+`, and what is exported must come back unchanged: formulas are kept. */
function exported({ view, caller }: PersonalAsk): Answer {
  const contents = contactsOf(view, caller).map(({ content }) => content);
  return contents.length === 0 ? NO_CONTENT : csv(rowsOf(contents), 'kept');
}

async function imported(ask: PersonalAsk, logger: XucLog): Promise<Answer> {
  const body = await ask.bytes(IMPORT_BYTES_MAX);
  if (!body.ok) return refused(inputRefusal(body.problem, CONTACTS));
  const read = readCsv(body.value, ask.headers['content-type']);
  if (!read.ok) return refuse('InvalidContact', read.problem);
  if (read.lines.length > IMPORT_LINES_MAX) return refuse('InvalidContact', `More than ${IMPORT_LINES_MAX} lines`);
  const { created: made, failed } = await importContacts(ask, read.lines, logger);
  if (made.length > 0) return created({ created: made, failed });
  const lines = failed.map(({ line, errors }) => `line ${line}: ${errors}`).join('; ');
  return refuse('InvalidContact', `No contact could be created${lines === '' ? '' : `: ${lines.slice(0, 500)}`}`);
}

/** The contact in the body, or why it is none. */
async function contentOf(ask: PersonalAsk): Promise<Content | Answer> {
  const body = await ask.json();
  if (!body.ok) return refused(inputRefusal(body.problem, CONTACTS));
  if (body.value === undefined) return refuse('JsonParsingError', 'The contact is missing');
  const read = readContact(body.value);
  return read.ok ? read.content : refuse('InvalidContact', read.problem);
}
