/**
 * A list kept in order: first, in order, the rank of an item. Finding is a binary search, adding and removing move what
 * lies behind: for the ten thousand that may ever wait in one row that costs a microsecond, and less memory than a heap.
 */

export class Sorted<Item> implements Iterable<Item> {
  readonly #items: Item[] = [];
  readonly #compare: (one: Item, other: Item) => number;

  /** `compare` is a total order: 0 for the same item only. */
  constructor(compare: (one: Item, other: Item) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items.values();
  }

  /** How many items come before this one, which need not be in the list. */
  rank(item: Item): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#items[middle];
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(item: Item): void {
    this.#items.splice(this.rank(item), 0, item);
  }

  /** Takes out what compares equal; nothing happens when it is not there. */
  remove(item: Item): void {
    const rank = this.rank(item);
    const found = this.#items[rank];
    if (found !== undefined && this.#compare(found, item) === 0) this.#items.splice(rank, 1);
  }
}
