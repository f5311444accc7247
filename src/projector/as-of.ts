/**
 * Views of the past: a database projected from the nearest copy, kept or of a view that is still open, up to a moment, then
 * sealed: whoever goes on from a moment to the next has it at once. Exact: equal to what the live database held when it stood there. A few views stay open for the next question about the
 * same moment; one is built at a time, in pieces, so that time travel does not hold up the present.
 */
import { constants, copyFile } from 'node:fs/promises';
import { LedgerlineError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../model/clock.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { Projection, View } from '../model/projection.ts';
import type { Moment } from '../model/runtime.ts';
import { type Checkpoint, contradiction, isProjectedBy, readCheckpoint } from './checkpoint.ts';
import { Database, isDamage } from './database.ts';
import type { KeptCopies } from './kept-copies.ts';
import { positionAt } from './moments.ts';
import { addTables, removeDatabase, schemaFits } from './open.ts';
import { ProjectingHere } from './projecting-here.ts';
import { viewOf } from './view.ts';

/** Views that stay open, least recently asked for first to go. */
const VIEWS_MAX = 4;
/** A copy of an open view is taken where it spares projecting so many records. */
const SPARED_RECORDS_MIN = 2_000;

export interface AsOfOptions {
  readonly log: Log;
  readonly projections: readonly Projection[];
  /** The newest view: nothing past its position can be asked for, and its quarantine is trusted. */
  readonly live: View;
  readonly clock: Clock;
  /** Without it every view is projected from the log's start. */
  readonly kept?: KeptCopies;
}

interface Past {
  readonly database: Database;
  /** Where it stands: the asked position, or the end of the last whole command before it. */
  readonly position: Position;
  /** Highest time of a record up to there, ms since 1970. */
  readonly time: number;
}

export class AsOf {
  readonly #options: AsOfOptions;
  readonly #views = new Map<Position, Promise<Past>>();
  /** Those of the views that are made. */
  readonly #made = new WeakMap<Promise<Past>, Past>();
  #building: Promise<unknown> = Promise.resolve();

  constructor(options: AsOfOptions) {
    this.#options = options;
  }

  /**
   * The view of a moment; its `now` is that moment. Before the log began it is empty. Throws `momentUnavailable` for a
   * moment that has not come yet. The view stays readable for as long as it is held.
   */
  async viewAt(moment: Moment): Promise<View> {
    const past = await this.#past(await this.#resolve(moment));
    const now = 'time' in moment ? moment.time : past.time;
    return viewOf(
      past.database,
      () => past.position,
      () => now,
      () => past.position,
    );
  }

  async #resolve(moment: Moment): Promise<Position> {
    const { live, log, clock } = this.#options;
    if ('position' in moment) {
      const { position } = moment;
      if (Number.isSafeInteger(position) && position >= LOG_START && position <= live.position) return position;
      throw unavailable(`Position ${position} is not in the log yet`, { position, newest: live.position });
    }
    const { time } = moment;
    if (Number.isFinite(time) && time <= clock.now()) return positionAt(log, live, live.position, time);
    throw unavailable('The time asked for has not come yet', { time });
  }

  #past(position: Position): Promise<Past> {
    const known = this.#views.get(position);
    const past = known ?? this.#build(position);
    this.#views.delete(position);
    this.#views.set(position, past);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= VIEWS_MAX) break;
      this.#views.delete(oldest); // closed with the last view that holds it, by the garbage collector
    }
    return past;
  }

  #build(position: Position): Promise<Past> {
    const past = this.#building.then(() => this.#project(position));
    this.#building = past.then(
      (made) => this.#made.set(past, made),
      () => this.#views.delete(position),
    );
    return past;
  }

  async #project(position: Position): Promise<Past> {
    const { log, projections } = this.#options;
    const database = (await this.#openBefore(position)) ?? (await this.#nearest(position)) ?? this.#empty();
    const projecting = new ProjectingHere({ database, projections, log: log.id });
    const after = projecting.openedAt;
    if (after < position)
      for await (const stored of log.read({ after, upTo: position })) {
        projecting.project(stored, false);
        await new Promise((resolve) => setImmediate(resolve));
      }
    database.seal();
    const { checkpoint } = projecting;
    return { database, position: checkpoint.position, time: checkpoint.time };
  }

  /** A working copy of the nearest open view before `position`, where the kept copies are much further off. */
  async #openBefore(position: Position): Promise<Database | undefined> {
    const { kept } = this.#options;
    const before = [...this.#views.values()]
      .map((view) => this.#made.get(view))
      .filter((made) => made !== undefined && made.position <= position)
      .reduce((nearest, made) => ((made?.position ?? 0) > (nearest?.position ?? 0) ? made : nearest), undefined);
    const spared = (before?.position ?? LOG_START) - (kept?.before(position)?.position ?? LOG_START);
    if (kept === undefined || before === undefined || spared < SPARED_RECORDS_MIN) return undefined;
    const scratch = kept.scratch();
    await before.database.copyTo(scratch);
    return openScratch(scratch);
  }

  /** A working copy of the newest kept copy before `position` that fits; those that do not are deleted on the way. */
  async #nearest(position: Position): Promise<Database | undefined> {
    const { kept } = this.#options;
    for (let found = kept?.before(position); kept !== undefined && found !== undefined; found = kept.before(position)) {
      const scratch = kept.scratch();
      await copyFile(found.file, scratch, constants.COPYFILE_FICLONE);
      const database = openScratch(scratch);
      if (database !== undefined && (await this.#fits(database))) return database;
      await kept.forget(found.position);
    }
    return undefined;
  }

  async #fits(database: Database): Promise<boolean> {
    const { log, projections } = this.#options;
    let checkpoint: Checkpoint | undefined;
    try {
      checkpoint = isProjectedBy(database, projections) ? readCheckpoint(database) : undefined;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    return checkpoint !== undefined && (await contradiction(log, checkpoint)) === undefined;
  }

  #empty(): Database {
    const { projections, log } = this.#options;
    const database = new Database('', 'scratch');
    addTables(database, projections, log.id);
    return database;
  }
}

/** The file is unlinked at once and lives as long as the connection. Undefined when it is damaged or of another schema. */
function openScratch(file: string): Database | undefined {
  try {
    const database = new Database(file, 'scratch');
    if (schemaFits(database)) return database;
    database.close();
  } catch (error) {
    if (!isDamage(error)) throw error;
  } finally {
    removeDatabase(file);
  }
  return undefined;
}

function unavailable(message: string, details: Record<string, unknown>): LedgerlineError {
  return new LedgerlineError('momentUnavailable', message, details);
}
