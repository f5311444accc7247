/** Answers about the directory: it is asked far more often than it changes. */
import type { Position } from '../../src/model/position.ts';
import type { View } from '../../src/model/projection.ts';

/** Answers that are kept per view; when there are more, all are dropped. */
const KEPT_MAX = 20_000;
const kept = new WeakMap<View, Map<string, Kept>>();

interface Kept {
  readonly at: Position;
  readonly answer: unknown;
}

/** An answer holds until a record of its kind is written. `question` names it, and the type of it, exactly. */
export function keeping<Answer>(view: View, kind: string, question: string, ask: () => Answer): Answer {
  const answers = kept.get(view) ?? new Map<string, Kept>();
  if (answers.size === 0 || answers.size > KEPT_MAX) {
    answers.clear();
    kept.set(view, answers);
  }
  const at = view.changedAt(kind);
  const known = answers.get(question);
  if (known?.at === at) return known.answer as Answer;
  const answer = ask();
  answers.set(question, { at, answer });
  return answer;
}
