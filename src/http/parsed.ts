/**
 * What a request can get wrong before any domain rule is asked: a closed union, and the two-armed result every parser
 * of this folder returns. Expected, hence values and not errors. Each dialect's errors.ts gives every code its form.
 */
import { ID_BYTES_MAX } from '../model/actor-id.ts';

export type InputProblem =
  /** The body is larger than the route takes. The rest of it is discarded unread. */
  | { readonly code: 'bodyTooLarge'; readonly bytesMax: number }
  /** Content-Encoding is not taken: a compressed body has no honest size. */
  | { readonly code: 'bodyEncoded'; readonly encoding: string }
  | { readonly code: 'bodyNotJson'; readonly reason: string }
  /** Nested deeper, or made of more values, than is parsed. Forms have no depth. */
  | { readonly code: 'bodyTooComplex'; readonly depthMax?: number; readonly valuesMax: number }
  /** The client went away before its body was complete. */
  | { readonly code: 'bodyIncomplete' }
  | { readonly code: 'mediaType'; readonly got: string; readonly expected: string }
  /** A path segment that decodes to no usable text: `%00`, broken UTF-8, control characters. */
  | { readonly code: 'badPath'; readonly segment: string }
  /** A header or query parameter that cannot be read; `name` is as the client wrote it. */
  | { readonly code: 'badParameter'; readonly name: string; readonly reason: string }
  /** Fields that the schema of the route refuses. */
  | { readonly code: 'badFields'; readonly problems: readonly FieldProblem[] };

export interface FieldProblem {
  /** `a.b.0`; empty for the whole body. */
  readonly field: string;
  readonly message: string;
}

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: InputProblem };

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

export function refused(problem: InputProblem): { readonly ok: false; readonly problem: InputProblem } {
  return { ok: false, problem };
}

/** One English sentence for a problem, safe to show; dialects whose form has a free message use it. */
export function describeProblem(problem: InputProblem): string {
  switch (problem.code) {
    case 'bodyTooLarge':
      return `The body is larger than ${problem.bytesMax} bytes.`;
    case 'bodyEncoded':
      return `Content-Encoding ${problem.encoding} is not accepted: send the body as it is.`;
    case 'bodyNotJson':
      return `The body is not usable JSON: ${problem.reason}.`;
    case 'bodyTooComplex':
      return `The body ${problem.depthMax === undefined ? '' : `is nested deeper than ${problem.depthMax} levels or `}holds more than ${problem.valuesMax} values.`;
    case 'bodyIncomplete':
      return 'The body ended early.';
    case 'mediaType':
      return `Content-Type ${problem.got || '(none)'} is not accepted here: send ${problem.expected}.`;
    case 'badPath':
      return `The path segment ${JSON.stringify(problem.segment)} is not usable: it must decode to text of at most ${ID_BYTES_MAX} bytes without control characters.`;
    case 'badParameter':
      return `${problem.name} ${problem.reason}.`;
    case 'badFields':
      return problem.problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  }
}
