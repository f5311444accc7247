/**
 * Answers to reads that are asked again and again, as text: one holds until a record of a kind it was read from is
 * written. Bounded; of the live view only.
 */
import { LRUCache } from 'lru-cache';
import type { View } from '../../model/projection.ts';

const CHARS_MAX = 16 * 1024 * 1024;

export class KeptAnswers {
  readonly #texts = new LRUCache<string, { readonly at: string; readonly text: string }>({
    maxSize: CHARS_MAX,
    sizeCalculation: ({ text }, question) => text.length + question.length,
  });

  /** The kept text for a question that depends on nothing but records of these kinds. */
  find(question: string, view: View, kinds: readonly string[]): string | undefined {
    const known = this.#texts.get(question);
    return known?.at === momentOf(view, kinds) ? known.text : undefined;
  }

  keep(question: string, view: View, kinds: readonly string[], text: string): void {
    this.#texts.set(question, { at: momentOf(view, kinds), text });
  }
}

function momentOf(view: View, kinds: readonly string[]): string {
  return kinds.map((kind) => view.changedAt(kind)).join(' ');
}
