/**
 * Contacts as CSV. Out: the attributes in use as columns, in the order of the alphabet. In: any of the usual line ends, the
 * charset the request names, and the one quirk of the printed example (see `linesOf`).
 */
import { parse } from 'csv-parse/sync';
import { type Content, FIELDS, isField } from './contact.ts';

/** The header first. */
export function rowsOf(contents: readonly Content[]): readonly (readonly string[])[] {
  const columns = FIELDS.filter((field) => contents.some((content) => content[field] !== undefined)).sort();
  return [columns, ...contents.map((content) => columns.map((column) => content[column] ?? ''))];
}

export interface CsvLine {
  /** Physical line on which the record ends; the header is 1. */
  readonly line: number;
  readonly id: string;
  readonly content: Content;
}

export interface BadLine {
  readonly line: number;
  readonly errors: readonly string[];
}

export type ReadCsv =
  | { readonly ok: true; readonly lines: readonly (CsvLine | BadLine)[] }
  | { readonly ok: false; readonly problem: string };

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly empty_lines: number };
}

/** A file that several programs wrote to may have them all. */
const LINE_ENDS = ['\r\n', '\n', '\r'];
const LINE_END = /\r\n|\n|\r/g;

/** Every line but blank ones, in order. Not ok: nothing of it can be read. */
export function readCsv(bytes: Uint8Array, contentType: string | undefined): ReadCsv {
  const text = textOf(bytes, contentType);
  if (text === undefined) return { ok: false, problem: 'The text is not in the charset it is said to be in' };
  try {
    // Its types know `info` with named columns only.
    const [header, ...rows] = numbered(
      parse(linesOf(text), {
        info: true,
        bom: true,
        record_delimiter: LINE_ENDS,
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
      }) as unknown as readonly Parsed[],
    );
    if (header === undefined) return { ok: false, problem: 'There is no header line' };
    const columns = header.record.map((column) => column.trim());
    return { ok: true, lines: rows.map((row) => lineOf(columns, row)) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

interface Numbered {
  readonly record: readonly string[];
  readonly line: number;
}

/** The parser counts a line end of two characters within a quoted field twice: the lines are counted here. */
function numbered(parsed: readonly Parsed[]): readonly Numbered[] {
  let within = 0;
  return parsed.map(({ record, info }, nth) => {
    within += record.join(',').match(LINE_END)?.length ?? 0;
    return { record, line: nth + 1 + info.empty_lines + within };
  });
}

/** Undefined for a charset nobody knows, or bytes that are not in it. */
function textOf(bytes: Uint8Array, contentType = ''): string | undefined {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The document's own cURL command sends a backslash and an n where it means a line end. */
function linesOf(text: string): string {
  return /[\r\n]/.test(text) ? text : text.replaceAll('\\n', '\n');
}

function lineOf(columns: readonly string[], { record, line }: Numbered): CsvLine | BadLine {
  if (record.length > columns.length) return { line, errors: ['too many fields'] };
  if (record.length < columns.length) return { line, errors: ['missing fields'] };
  const strange = columns.find((column) => column !== 'id' && !isField(column));
  if (strange !== undefined) {
    return { line, errors: [strange === '' ? 'a column has no name' : `unknown attribute "${strange.slice(0, 64)}"`] };
  }
  const values = columns
    .map((column, index) => [column, record[index] ?? ''] as const)
    .filter(([, text]) => text !== '');
  const { id = '', ...content } = Object.fromEntries(values);
  return { line, id, content };
}
