/**
 * Answers to reads that are asked again and again, as text: one holds until a record of a kind it was read from is
 * written, or until time shows in it. Bounded; of the live view only.
 */
import { LRUCache } from 'lru-cache';
import { LOG_START, type Position } from '../model/position.ts';
import type { View } from '../model/projection.ts';

interface Kept {
  /** Position of the newest record of its kinds when the text was made. */
  readonly at: Position;
  /** The text holds before this time, by the domain's clock. */
  readonly until: number;
  readonly text: string;
}

const CHARS_MAX = 16 * 1024 * 1024;

export class KeptAnswers {
  readonly #texts = new LRUCache<string, Kept>({
    maxSize: CHARS_MAX,
    sizeCalculation: ({ text }, question) => text.length + question.length,
  });

  /** The kept text for a question that depends on nothing but records of these kinds, and time. */
  find(question: string, view: View, kinds: readonly string[]): string | undefined {
    const known = this.#texts.get(question);
    return known !== undefined && known.at === newestOf(view, kinds) && view.now < known.until ? known.text : undefined;
  }

  /** `until`: when the answer will be another although nothing was written. */
  keep(
    question: string,
    view: View,
    kinds: readonly string[],
    { text, until = Number.POSITIVE_INFINITY }: { readonly text: string; readonly until?: number },
  ): void {
    this.#texts.set(question, { at: newestOf(view, kinds), until, text });
  }
}

function newestOf(view: View, kinds: readonly string[]): Position {
  let newest = LOG_START;
  for (const kind of kinds) newest = Math.max(newest, view.changedAt(kind));
  return newest;
}
