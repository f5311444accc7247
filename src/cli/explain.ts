/**
 * `ledgerline explain`: which collections there are, and what may be said of a record in one of them, as the server's own
 * OpenAPI document has it.
 */
import type { Command } from 'commander';
import type { Json, JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { ApiDocument } from './api-document.ts';
import { explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {}

export function addExplain(program: Command, terminal: Terminal): void {
  const command = program
    .command('explain [collection]')
    .summary('say which collections there are, or which attributes one has')
    .description('say which collections there are, or which attributes the records of one have')
    .action((collection: string | undefined, flags: Flags) => explain(terminal, collection, flags));
  explained(withJson(withConnection(command)), [
    ['explain', 'which collections there are'],
    ['explain queues', 'what may be said of a queue'],
    ['explain users/ann/credentials', 'and of how somebody signs in'],
  ]);
}

async function explain(terminal: Terminal, typed: string | undefined, { json, ...flags }: Flags): Promise<void> {
  const document = await ApiDocument.fetch(Api.of(terminal, flags));
  const rows = typed === undefined ? collectionRows(document) : attributeRows(document, typed);
  if (json === true) for (const { json } of rows) terminal.out(JSON.stringify(json));
  else for (const line of rowLines(terminal, rows)) terminal.out(line);
}

interface Row {
  readonly name: string;
  readonly what: string;
  readonly about: string;
  readonly json: Json;
}

function collectionRows(document: ApiDocument): readonly Row[] {
  return document.collections().map(({ name, about }) => ({ name, what: '', about, json: { name, about } }));
}

function attributeRows(document: ApiDocument, typed: string): readonly Row[] {
  const path = typed === 'tenants' ? '/v1/tenants' : `/v1/tenants/any/${typed}`;
  const [attributes, needed] = [document.attributesAt(path), document.neededAt(path)];
  const rows = Object.entries(attributes).map(([name, schema]) => rowOf(name, schema as JsonObject, needed.has(name)));
  if (rows.length > 0) return rows;
  throw new CliFailure(EXIT.failed, `nothing is created in ${typed}; \`ledgerline explain\` says what there is`);
}

function rowOf(name: string, schema: JsonObject, isNeeded: boolean): Row {
  const about = typeof schema.description === 'string' ? schema.description : '';
  return { name, what: `${shapeOf(schema)}${isNeeded ? ', needed' : ''}`, about, json: { name, isNeeded, schema } };
}

/** What a value looks like where it is typed: `text`, `none | mandatory`, `list of text`, `list of {agent, penalty}`. */
function shapeOf(schema: JsonObject): string {
  const { type, enum: choices, items, properties, format } = schema;
  if (Array.isArray(choices)) return choices.join(' | ');
  if (format === 'date-time') return 'time';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'true | false';
  if (type === 'array') return `list of ${shapeOf(items as JsonObject)}`;
  return properties === undefined ? 'JSON' : `{${Object.keys(properties as JsonObject).join(', ')}}`;
}

const GAP = '  ';
/** Wider than this a column is left to what needs it. */
const COLUMN_CHARS_MAX = 28;

function rowLines(terminal: Pick<Terminal, 'colours'>, rows: readonly Row[]): string[] {
  const widthOf = (texts: readonly string[]) =>
    Math.max(0, ...texts.map(({ length }) => length).filter((length) => length <= COLUMN_CHARS_MAX));
  const [names, whats] = [widthOf(rows.map(({ name }) => name)), widthOf(rows.map(({ what }) => what))];
  return rows.map(({ name, what, about }) => {
    const cells = [coloured(terminal, 'bold', name.padEnd(names)), ...(whats === 0 ? [] : [what.padEnd(whats)]), about];
    return cells.join(GAP).trimEnd();
  });
}
