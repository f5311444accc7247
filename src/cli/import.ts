/**
 * `ledgerline import`: a file of records becomes commands, one per record. The command id comes from the name of the file
 * and what the record says, so importing the same file again changes nothing, also after lines were moved or added.
 */
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { derivedId } from '../http/command-id.ts';
import { digestOf } from '../model/digest.ts';
import type { JsonObject } from '../model/json.ts';
import { Api, ApiRefusal, type ConnectionFlags } from './api.ts';
import { ApiDocument } from './api-document.ts';
import { explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { fileWords } from './file-words.ts';
import { type Read, readCsv, readJson } from './import-file.ts';
import { collectionPath, creationBody, type ImportEntry, inOrder, kindNamed, presentOf } from './import-kinds.ts';
import type { Terminal } from './terminal.ts';
import { textIn } from './text-in.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly kind?: string;
  readonly update?: true;
}

const CONFLICT = 409;
/** Refused to this caller, whatever the record. */
const NOBODYS = [401, 403];

export function addImport(program: Command, terminal: Terminal): void {
  const command = program
    .command('import <file>')
    .description('create the records of a JSON or CSV file; `-` reads JSON from standard input')
    .option('--tenant <name>', 'of records that name none; else LEDGERLINE_TENANT')
    .option('--kind <kind>', 'of a CSV file (default: what the file is called, users.csv)')
    .option('--update', 'change records that are there with other attributes, instead of reporting them')
    .action((file: string, flags: Flags) => importFile(terminal, file, flags));
  explained(withJson(withConnection(command)), [
    ['import acme.json', 'what `ledgerline export acme` wrote, or a list of {kind, tenant, id, attributes}'],
    ['import users.csv --tenant acme', 'a heading of attribute names, one user per line'],
    ['import staff.csv --kind users --tenant acme --update', 'the same again after the file was edited'],
  ]);
}

type Result = 'created' | 'changed' | 'unchanged';

interface Failed {
  readonly place: string;
  readonly problem: string;
}

async function importFile(
  terminal: Terminal,
  file: string,
  { tenant, kind, update, json, ...flags }: Flags,
): Promise<void> {
  const api = Api.of(terminal, flags);
  const read = await entriesOf(terminal, api, file, {
    kind,
    tenant: tenant ?? (terminal.env.LEDGERLINE_TENANT || undefined),
  });
  const entries = inOrder(read.filter((one): one is ImportEntry => 'kind' in one));
  const failed: Failed[] = read.filter((one): one is Failed => 'problem' in one);
  const counts: Record<Result, number> = { created: 0, changed: 0, unchanged: 0 };
  const bar = terminal.progress('importing');
  const idOf = commandIds(basename(file));
  const stop = terminal.interrupted();
  // One after the other: lists show records in the order in which they were made, which is the file's.
  for (const [index, entry] of entries.entries()) {
    try {
      if (stop.aborted) throw new CliFailure(EXIT.failed, 'broken off', { code: 'brokenOff' });
      counts[await make(api, entry, idOf(entry), update === true)] += 1;
    } catch (error) {
      if (!isOfItsRecord(error)) {
        bar.end();
        throw brokenOff(error, entry.place, counts);
      }
      failed.push({ place: entry.place, problem: error.message });
    }
    bar.show(index + 1, entries.length);
  }
  bar.end();
  failed.sort((a, b) => a.place.localeCompare(b.place, 'en', { numeric: true }));
  report(terminal, { ...counts, failed }, json === true);
}

/** Whether it says something of this record, so that the next one may still be made. */
function isOfItsRecord(error: unknown): error is ApiRefusal {
  return error instanceof ApiRefusal && error.exitCode !== EXIT.unavailable && !NOBODYS.includes(error.status);
}

/** What was made stays, and the same file again makes the rest. */
function brokenOff(error: unknown, place: string, counts: Readonly<Record<Result, number>>): unknown {
  if (!(error instanceof CliFailure)) return error;
  const { created, changed, unchanged } = counts;
  const made = `created ${created}, changed ${changed}, unchanged ${unchanged} before that; import it again for the rest`;
  return new CliFailure(error.exitCode, `${place}: ${error.message} (${made})`, { ...error.details, ...counts });
}

async function entriesOf(
  terminal: Terminal,
  api: Api,
  file: string,
  { kind: named, tenant }: { readonly kind: string | undefined; readonly tenant: string | undefined },
): Promise<Read[]> {
  const text = file === '-' ? await terminal.input() : await contentOf(resolve(terminal.cwd, file));
  if (extname(file).toLowerCase() !== '.csv') return readJson(text, tenant);
  const word = named ?? basename(file, extname(file));
  const kind = kindNamed(word);
  if (kind === undefined) throw wrongUse(`say what kind of record ${file} holds with --kind; "${word}" is none`);
  return readCsv(text, { kind, tenant, document: await ApiDocument.fetch(api) });
}

async function contentOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw wrongUse(fileWords(error, path));
  });
  return textIn(bytes, path);
}

/** Throws ApiRefusal when it cannot be made. */
async function make(api: Api, entry: ImportEntry, commandId: string, mayUpdate: boolean): Promise<Result> {
  try {
    const { repeated } = await api.send('POST', collectionPath(entry), creationBody(entry), commandId);
    if (!repeated) return 'created';
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== CONFLICT) throw error;
    return compare(api, entry, { commandId, mayUpdate, refusal: error });
  }
  return mayUpdate ? compare(api, entry, { commandId, mayUpdate, refusal: undefined }) : 'unchanged';
}

interface Found {
  readonly commandId: string;
  readonly mayUpdate: boolean;
  /** Why it could not be created; undefined when the same command had done so before. */
  readonly refusal: ApiRefusal | undefined;
}

/** What is there may be what is wanted. */
async function compare(api: Api, entry: ImportEntry, { commandId, mayUpdate, refusal }: Found): Promise<Result> {
  const present = await presentOf(api, entry, derivedId(entry.tenant, commandId)).catch((error: unknown) => {
    throw refusal ?? error;
  });
  if (present === undefined) throw refusal ?? new Error(`${entry.place} was made and is not there`);
  const { password, ...comparable } = entry.attributes;
  const other = Object.keys(comparable).filter(
    (name) => !isDeepStrictEqual(comparable[name], present.attributes[name]),
  );
  if (other.length === 0 && (password === undefined || !mayUpdate)) return 'unchanged';
  if (!mayUpdate) {
    throw new ApiRefusal(CONFLICT, {
      detail: `is there already, with other ${other.join(', ')}; --update changes that`,
    });
  }
  const names = password === undefined ? other : [...other, 'password'];
  const patch = Object.fromEntries(names.map((name) => [name, entry.attributes[name] ?? null])) as JsonObject;
  await api.send('PATCH', `${collectionPath(entry)}/${encodeURIComponent(present.id)}`, patch);
  return 'changed';
}

/**
 * The same content twice in one file is two records. Passwords are left out: a command id is no secret, and a digest of
 * one could be guessed.
 */
function commandIds(fileName: string): (entry: ImportEntry) => string {
  const seen = new Map<string, number>();
  return ({ kind, tenant, id, attributes }) => {
    const { password: _, ...told } = attributes;
    const content = JSON.stringify([fileName, kind, tenant, id ?? null, told]);
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    return `import-${digestOf(`${nth} ${content}`).slice(0, 40)}`;
  };
}

function report(
  terminal: Terminal,
  { failed, ...counts }: Record<Result, number> & { readonly failed: readonly Failed[] },
  asJson: boolean,
): void {
  const { created, changed, unchanged } = counts;
  if (asJson) terminal.out(JSON.stringify({ ...counts, failed }));
  else {
    for (const { place, problem } of failed) terminal.err(`${place}: ${problem}`);
    terminal.out(`created ${created}, changed ${changed}, unchanged ${unchanged}, failed ${failed.length}`);
  }
  if (failed.length > 0) throw new CliFailure(EXIT.failed, asJson ? '' : `${failed.length} could not be imported`);
}
