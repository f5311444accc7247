/** Answers about the directory: it is asked far more often than it changes. */
import type { Position } from '../../src/model/position.ts';
import type { View } from '../../src/model/projection.ts';

/** What the answers kept of one view may weigh together; when it is more, all are dropped. */
const KEPT_CHARS_MAX = 16 * 1024 * 1024;
/** What an answer costs that holds nothing. */
const ANSWER_CHARS = 500;

export interface Weighed<Answer> {
  readonly answer: Answer;
  /** Of the stored text that it was made of. */
  readonly chars: number;
}

interface Kept extends Weighed<unknown> {
  readonly at: Position;
}

interface Answers {
  readonly byQuestion: Map<string, Kept>;
  chars: number;
}

const kept = new WeakMap<View, Answers>();

/** An answer holds until a record of its kind is written. `question` names it, and the type of it, exactly. */
export function keeping<Answer>(view: View, kind: string, question: string, ask: () => Weighed<Answer>): Answer {
  const answers = kept.get(view) ?? answersOf(view);
  const at = view.changedAt(kind);
  const known = answers.byQuestion.get(question);
  if (known?.at === at) return known.answer as Answer;
  const { answer, chars: ofText } = ask();
  const chars = ofText + question.length + ANSWER_CHARS;
  answers.chars += chars - (known?.chars ?? 0);
  if (answers.chars > KEPT_CHARS_MAX) {
    answers.byQuestion.clear();
    answers.chars = chars;
  }
  answers.byQuestion.set(question, { at, answer, chars });
  return answer;
}

function answersOf(view: View): Answers {
  const answers: Answers = { byQuestion: new Map(), chars: 0 };
  kept.set(view, answers);
  return answers;
}
