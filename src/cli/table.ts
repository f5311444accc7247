/**
 * Records as a table for people: the id and the first few attributes that are plain values. The whole is in --json.
 */
import type { Json, JsonObject } from '../model/json.ts';
import { coloured, type Terminal } from './terminal.ts';

const COLUMNS_MAX = 7;
const CELL_CHARS_MAX = 36;
const GAP = '  ';
/** About the record, not about what it stands for. */
const OWN = new Set(['tenant', 'created', 'position', 'version']);

export function tableLines(terminal: Pick<Terminal, 'colours' | 'columns'>, items: readonly JsonObject[]): string[] {
  const names = columnsOf(items);
  const rows = items.map((item) => names.map((name) => cellOf(item[name])));
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd()
      .slice(0, terminal.columns);
  return [coloured(terminal, 'bold', lineOf(names)), ...rows.map(lineOf)];
}

function columnsOf(items: readonly JsonObject[]): string[] {
  const names = new Set(['id']);
  for (const item of items)
    for (const [name, value] of Object.entries(item)) if (isPlain(value) && !OWN.has(name)) names.add(name);
  return [...names].slice(0, COLUMNS_MAX);
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || (Array.isArray(value) && value.every((item) => typeof item !== 'object'));
}

function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = Array.isArray(value)
    ? value.join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX - 1)}…` : text;
}
