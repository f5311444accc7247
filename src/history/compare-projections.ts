/**
 * Whether the projected database holds what the log says: it is projected again, from the log's start, into one of its own,
 * and compared table by table, row by row. For a database at rest: the comparison is of the position where it stands.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { LOG_START } from '../model/position.ts';
import type { Rows, SqlValue, View } from '../model/projection.ts';
import type { Makers } from '../projector/checkpoint.ts';
import { Database } from '../projector/database.ts';
import { addTables } from '../projector/open.ts';
import { ProjectingHere } from '../projector/projecting-here.ts';

export interface CompareOptions extends Makers {
  readonly log: Pick<Log, 'id' | 'read'>;
  readonly live: View;
  readonly progress?: (done: number, total: number) => void;
}

export interface TableDifference {
  readonly table: string;
  /** The first row that differs: as it is, and as it should be; one of them may be missing. */
  readonly live: Row | undefined;
  readonly rebuilt: Row | undefined;
}

type Row = Readonly<Record<string, SqlValue>>;

const ROWS_PER_READ = 2_000;
/** How a database came to be, not what it says. */
const OWN_TABLES = new Set(['checkpoint', 'projected_by']);

/** Empty when all is as it should be; otherwise one entry per table. */
export async function compareProjections(options: CompareOptions): Promise<readonly TableDifference[]> {
  const { live } = options;
  const rebuilt = await rebuild(options);
  try {
    return tablesOf(rebuilt)
      .filter((table) => !OWN_TABLES.has(table))
      .flatMap((table) => firstDifference(table, live, rebuilt) ?? []);
  } finally {
    rebuilt.close();
  }
}

async function rebuild({ log, projections, kinds, live, progress }: CompareOptions): Promise<Database> {
  const database = new Database('', 'scratch');
  addTables(database, { projections, kinds }, log.id);
  const projecting = new ProjectingHere({ database, projections, kinds, log: log.id });
  const upTo = live.position;
  for await (const stored of log.read({ after: LOG_START, upTo })) {
    projecting.project(stored, false);
    progress?.(projecting.checkpoint.position, upTo);
    await turnOfTheLoop();
  }
  return database;
}

function tablesOf(rows: Rows): readonly string[] {
  return rows
    .all<{ readonly name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('sqlite_'));
}

function firstDifference(table: string, live: Rows, rebuilt: Rows): TableDifference | undefined {
  const isRow = rowsOf(table, live);
  const shouldBeRow = rowsOf(table, rebuilt);
  for (;;) {
    const is = isRow.next();
    const shouldBe = shouldBeRow.next();
    if (is.done === true && shouldBe.done === true) return undefined;
    const one = is.done === true ? undefined : is.value;
    const other = shouldBe.done === true ? undefined : shouldBe.value;
    if (textOf(one) !== textOf(other)) return { table, live: one, rebuilt: other };
  }
}

/** In the order of the primary key, a page at a time. */
function* rowsOf(table: string, rows: Rows): Generator<Row, void> {
  const columns = rows.all<{ readonly name: string; readonly pk: number }>(
    `SELECT name, pk FROM pragma_table_info('${table}')`,
  );
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
  const names = key.length > 0 ? key.map(({ name }) => `"${name}"`) : ['rowid'];
  const list = names.join(', ');
  const shown = key.length > 0 ? '*' : 'rowid, *';
  const first = `SELECT ${shown} FROM "${table}" ORDER BY ${list} LIMIT ${ROWS_PER_READ}`;
  const next = `SELECT ${shown} FROM "${table}" WHERE (${list}) > (${names.map(() => '?').join(', ')}) ORDER BY ${list} LIMIT ${ROWS_PER_READ}`;
  let page = rows.all<Row>(first);
  for (;;) {
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_PER_READ) return;
    page = rows.all<Row>(next, ...names.map((name) => last[name.replaceAll('"', '')] ?? null));
  }
}

/** Equal for equal rows, blobs and big numbers included. */
function textOf(row: Row | undefined): string {
  if (row === undefined) return '';
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}
