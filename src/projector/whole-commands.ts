/**
 * Cuts a run of log records where a command ends, so that nobody ever sees half of one.
 * A record that is part `number` of `of` says which positions its command occupies (batches are stored in one piece), so
 * what is unreadable in between counts as a part and delays nothing. A command is void when another one's record stands
 * where its next part was due: a power cut lost the rest before it was acknowledged. Only a tail of the log that promises
 * more is held back, until something stands behind it: whoever writes the log sees to that (src/actors/seal.ts), whoever
 * only reads it cannot know whether the server will still bring the rest to light.
 */
import { BATCH_ENTRIES_MAX } from '../log/log.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';

interface Placed {
  readonly position: Position;
  /** Undefined for what does not decode. */
  readonly record: LoggedTransition | undefined;
}

interface Span {
  readonly command: string;
  readonly first: Position;
  readonly last: Position;
}

export class WholeCommands<Item extends Placed> {
  readonly #voided: (item: Item, reason: string) => Item;
  #held: Item[] = [];
  #span: Span | undefined;

  /** `voided` makes of a part of a void command what comes out in its place; by default it comes out as it is. */
  constructor(voided: (item: Item, reason: string) => Item = (item) => item) {
    this.#voided = voided;
  }

  /** Items go in in log order; out come, in order, those that wait for no part any more. The rest waits for the next call. */
  take(items: readonly Item[]): Item[] {
    const all = this.#held.length === 0 ? [...items] : [...this.#held, ...items];
    let cut = 0;
    for (let index = this.#held.length; index < all.length; index++) {
      const item = all[index];
      if (item === undefined) break;
      if (!this.#continues(item)) {
        for (let part = cut; part < index; part++) this.#void(all, part);
        cut = index;
        this.#span = item.record === undefined ? undefined : spanOf(item.record);
      }
      if (this.#span === undefined || this.#span.last <= item.position) cut = index + 1;
    }
    this.#held = all.splice(cut);
    return all;
  }

  /** What is held back, given up: for a reader who knows that nothing follows. */
  rest(): Item[] {
    const rest = this.#held;
    this.#held = [];
    this.#span = undefined;
    return rest;
  }

  #void(items: Item[], index: number): void {
    const item = items[index];
    if (item?.record === undefined) return;
    const { number, of } = item.record.transition.data.part;
    items[index] = this.#voided(item, `part ${number} of ${of} of a command that was never stored whole`);
  }

  #continues({ position, record }: Item): boolean {
    const span = this.#span;
    if (span === undefined || position > span.last) return false;
    if (record === undefined) return true;
    const { cause, part } = record.transition.data;
    return cause.command === span.command && position - part.number + 1 === span.first;
  }
}

function spanOf(record: LoggedTransition): Span {
  const { part, cause } = record.transition.data;
  const sound =
    Number.isSafeInteger(part.number) &&
    Number.isSafeInteger(part.of) &&
    1 <= part.number &&
    part.number <= part.of &&
    part.of <= BATCH_ENTRIES_MAX;
  const first = sound ? record.position - part.number + 1 : record.position;
  return {
    command: cause.command,
    first,
    last: sound ? first + part.of - 1 : record.position,
  };
}
