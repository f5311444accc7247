/**
 * Records for other programs: CSV for spreadsheets, JSON Lines with positions, CloudEvents as they are stored. Text in
 * pieces, so that any amount can be written while it is read. Private records are in none.
 */
import { stringify } from 'csv-stringify/sync';
import { formatActor } from '../model/actor-id.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { stateText } from './wording.ts';

export const EXPORT_FORMATS = ['csv', 'jsonl', 'cloudevents'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
  /** JSON batch format of CloudEvents 1.0. */
  cloudevents: 'application/cloudevents-batch+json; charset=utf-8',
};

const COLUMNS = [
  'position',
  'time',
  'actor',
  'version',
  'event',
  'from',
  'to',
  'command',
  'by',
  'via',
  'told',
  'part',
  'of',
  'machine',
  'fields',
  'context',
] as const;

/** Lines end as RFC 4180 has it; what a spreadsheet would take for a formula is text. */
const CSV = { record_delimiter: 'windows', escape_formulas: true } as const;

/** Each piece is whole lines or values; together they are one document. */
export async function* exported(
  records: AsyncIterable<LoggedTransition>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([[...COLUMNS]], CSV);
  if (format === 'cloudevents') yield '[';
  let separator = '\n';
  for await (const record of records) {
    if (record.visibility === 'private') continue;
    if (format === 'csv') yield stringify([rowOf(record)], CSV);
    else if (format === 'jsonl') yield `${JSON.stringify({ position: record.position, record: record.transition })}\n`;
    else {
      yield separator + JSON.stringify(record.transition);
      separator = ',\n';
    }
  }
  if (format === 'cloudevents') yield '\n]\n';
}

function rowOf({ position, actor, transition }: LoggedTransition): readonly (string | number)[] {
  const { version, event, from, to, cause, part, machine, state } = transition.data;
  const { type, ...fields } = event;
  return [
    position,
    transition.time,
    formatActor(actor),
    version,
    type,
    from === null ? '' : stateText(from),
    stateText(to),
    cause.command,
    cause.by,
    cause.via,
    cause.told ?? '',
    part.number,
    part.of,
    machine,
    JSON.stringify(fields),
    JSON.stringify(state.context),
  ];
}
