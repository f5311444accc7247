/**
 * The command a record belongs to, whole: its records stand side by side in the log, and each says which of how many it is.
 */
import { formatActor } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';

/** The positions a command occupies, both inclusive. */
export interface Span {
  readonly first: Position;
  readonly last: Position;
}

export function spanOf({ position, transition }: LoggedTransition): Span {
  const { number, of } = transition.data.part;
  const first = position - number + 1;
  return { first, last: first + of - 1 };
}

/** All records of the command of `record`, in the order in which they were decided; private ones among them. */
export async function commandOf(
  runtime: Pick<Runtime, 'replay'>,
  record: LoggedTransition,
): Promise<readonly LoggedTransition[]> {
  if (record.transition.data.part.of === 1) return [record];
  const { first, last } = spanOf(record);
  return Array.fromAsync(runtime.replay({ after: first - 1, upTo: last }));
}

/** How other records of its command name it: `<tenant>/<kind>/<id>@<version>`. */
export function nameOf({ actor, transition }: LoggedTransition): string {
  return `${formatActor(actor)}@${transition.data.version}`;
}

/** The record that told `record`, and who told that one, up to the one that came from outside: nearest first. */
export function toldBy(record: LoggedTransition, command: readonly LoggedTransition[]): readonly LoggedTransition[] {
  const named = new Map(command.map((one) => [nameOf(one), one]));
  const tellers: LoggedTransition[] = [];
  let { told } = record.transition.data.cause;
  while (told !== undefined) {
    const teller = named.get(told);
    if (teller === undefined || tellers.includes(teller)) break;
    tellers.push(teller);
    told = teller.transition.data.cause.told;
  }
  return tellers;
}
