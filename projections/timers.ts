/**
 * The timers that are armed, by the time at which they fall due. A record lists all timers of its actor; the list before
 * it is replaced. Firing is somebody else's business: an ordinary command, which disarms the timer by its own record.
 */
import { type ActorId, actorOfKey, keyOf } from '../src/model/actor-id.ts';
import type { Projection, View } from '../src/model/projection.ts';
import type { ArmedTimer } from '../src/model/transition.ts';

export const timers: Projection = {
  name: 'timers',
  version: 2,
  newestOnly: true,
  tables: `
CREATE TABLE timers (
  actor TEXT NOT NULL, -- its key
  name TEXT NOT NULL,
  due INTEGER NOT NULL,
  armed INTEGER NOT NULL,
  PRIMARY KEY (actor, name)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due);`,

  project({ actor, transition }, tables) {
    const { version, state } = transition.data;
    const key = keyOf(actor);
    if (version > 1) tables.run('DELETE FROM timers WHERE actor = ?', key);
    for (const { name, due, armed } of state.timers ?? [])
      tables.run('INSERT OR REPLACE INTO timers (actor, name, due, armed) VALUES (?, ?, ?, ?)', key, name, due, armed);
  },
};

export interface ActorTimer extends ArmedTimer {
  readonly actor: ActorId;
}

/** When the next timer falls due, ms since 1970; undefined when none is armed. */
export function nextDue(view: View): number | undefined {
  return view.get<{ readonly due: number | null }>('SELECT min(due) AS due FROM timers')?.due ?? undefined;
}

/** Timers due at or before `time`, the earliest first; of equal ones in the order of actor and name. */
export function dueBy(view: View, time: number, limit: number): ActorTimer[] {
  return view
    .all<TimerRow>('SELECT * FROM timers WHERE due <= ? ORDER BY due, actor, name LIMIT ?', time, limit)
    .flatMap(actorTimer);
}

/** An actor's armed timers, the earliest first. */
export function timersOf(view: View, actor: ActorId): ActorTimer[] {
  return view
    .all<TimerRow>('SELECT * FROM timers WHERE actor = ? ORDER BY due, name', keyOf(actor))
    .flatMap(actorTimer);
}

interface TimerRow extends ArmedTimer {
  readonly actor: string;
}

function actorTimer({ actor: key, name, due, armed }: TimerRow): ActorTimer[] {
  const actor = actorOfKey(key);
  return actor === undefined ? [] : [{ actor, name, due, armed }];
}
