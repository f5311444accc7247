/**
 * Whether commands are whole: their records side by side, numbered without a gap, under one id and at one time; and
 * whether what they told is what their machines tell, in the order in which a turn delivers it.
 */
import { type ActorId, keyOf } from '../model/actor-id.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import { sameJson } from '../model/json.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { diffOf } from './diff.ts';
import { type Finding, findingOf } from './finding.ts';
import { nameOf } from './whole-command.ts';

interface Told {
  readonly to: ActorId;
  readonly event: MachineEvent;
  readonly by: string;
}

export class CommandCheck {
  #newest: LoggedTransition | undefined;
  /** Told, and not delivered yet; in order. */
  #open: Told[] = [];
  /** False once one of this command's records could not be replayed, so that what it told is not known. */
  #known = true;
  #commands = 0;

  /** Commands begun so far. */
  get commands(): number {
    return this.#commands;
  }

  /** Takes the log's records in order; `tells` of a record as its replay gave them. */
  take(record: LoggedTransition, tells: readonly Delivery[] | undefined): readonly Finding[] {
    const { part, cause } = record.transition.data;
    const before = this.#newest;
    this.#newest = record;
    if (part.number === 1 && part.of === 1 && tells?.length === 0 && isComplete(before)) {
      this.#begin();
      return cause.told === undefined ? [] : [findingOf('tells', record, `no record of its command is ${cause.told}`)];
    }
    const findings: Finding[] = [];
    const problem = placeProblem(record, before);
    if (problem !== undefined) findings.push(findingOf('part', record, problem));
    if (part.number === 1) this.#begin();
    const untold = this.#deliver(record);
    if (untold !== undefined) findings.push(untold);
    if (tells === undefined) this.#known = false;
    else for (const tell of tells) this.#open.push({ ...tell, by: nameOf(record) });
    if (part.number === part.of && this.#known && this.#open.length > 0) {
      const [left] = this.#open;
      findings.push(
        findingOf('tells', record, `its command ends, and ${left?.by} told ${left?.event.type} to nobody's record`),
      );
    }
    return findings;
  }

  /** The log ends at `position`: is its last command whole? */
  end(): readonly Finding[] {
    const newest = this.#newest;
    if (newest === undefined || isComplete(newest)) return [];
    const { number, of } = newest.transition.data.part;
    return [findingOf('part', newest, `the log ends after part ${number} of ${of}`)];
  }

  #begin(): void {
    this.#commands += 1;
    this.#open = [];
    this.#known = true;
  }

  /** A told record must be what was told next; what comes from outside needs no telling. */
  #deliver(record: LoggedTransition): Finding | undefined {
    const { event, cause } = record.transition.data;
    if (cause.told === undefined || !this.#known) return undefined;
    const next = this.#open.shift();
    if (next === undefined) return findingOf('tells', record, `${cause.told} does not tell it`);
    const same = next.by === cause.told && keyOf(next.to) === keyOf(record.actor) && sameJson(next.event, event);
    if (same) return undefined;
    // What is told to another actor may be a secret of that one.
    const events = keyOf(next.to) === keyOf(record.actor) ? [{ event }, { event: next.event }] : [];
    const told = { by: cause.told, to: keyOf(record.actor), ...events[0] };
    const changes = diffOf(told, { by: next.by, to: keyOf(next.to), ...events[1] });
    return findingOf('tells', record, `${next.by} tells something else`, changes);
  }
}

function isComplete(record: LoggedTransition | undefined): boolean {
  if (record === undefined) return true;
  const { number, of } = record.transition.data.part;
  return number === of;
}

function placeProblem(record: LoggedTransition, before: LoggedTransition | undefined): string | undefined {
  const { part, cause } = record.transition.data;
  if (part.number === 1) {
    return isComplete(before) ? undefined : `a command begins where part ${missingAfter(before)} of another was due`;
  }
  if (before === undefined || before.position !== record.position - 1) return missing(record.position);
  const { part: last, cause: other } = before.transition.data;
  if (other.command !== cause.command || last.number !== part.number - 1 || last.of !== part.of)
    return missing(record.position);
  return before.time === record.time ? undefined : 'its time is not that of its command';
}

function missing(position: Position): string {
  return `the part before it does not stand at position ${position - 1}`;
}

function missingAfter(record: LoggedTransition | undefined): number {
  return (record?.transition.data.part.number ?? 0) + 1;
}
