/**
 * How this dialect's answers leave: JSON texts and refusals with the headers that let pages of other origins read them.
 */
import type { Context } from 'koa';
import { answerText, type Headers } from '../../http/answer.ts';
import { crossOriginHeaders, preflightHeaders } from '../../http/cross-origin.ts';
import type { Asked } from '../../http/dialect.ts';
import type { TextAnswer } from '../../http/text-answer.ts';
import type { JsonObject } from '../../model/json.ts';
import { type ErrorAnswer, failureAnswer, type Refusal, refusalAnswer } from './errors.ts';
import type { GwsOptions } from './options.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export class Answering {
  readonly #options: GwsOptions;
  /** Headers for a page of this origin. */
  readonly crossOrigin: (origin: string | undefined) => Headers;

  constructor(options: GwsOptions) {
    this.#options = options;
    this.crossOrigin = crossOriginHeaders(options.crossOrigin);
  }

  /** Any OPTIONS request. */
  preflight(context: Context): void {
    context.set({
      ...this.crossOrigin(context.headers.origin),
      ...preflightHeaders(this.#options.crossOrigin),
    });
    context.status = 204;
  }

  respond(context: Context, text: string, own: Headers): void {
    const headers = { ...this.crossOrigin(context.headers.origin), ...own, 'Content-Type': JSON_TYPE };
    answerText(context, { status: 200, headers, text });
  }

  refuse(context: Context, refusal: Refusal): void {
    answerText(context, this.#textOf(refusalAnswer(refusal, this.#options), context.headers.origin));
  }

  /** Anything that was thrown. */
  failure(error: unknown, { origin }: Asked): TextAnswer {
    return this.#textOf(failureAnswer(error, this.#options), origin);
  }

  /** `statusCode` and `statusMessage`, nothing else; the CSRF answer alone is plain text. */
  #textOf({ http, code, message, headers: own }: ErrorAnswer, origin: string | undefined): TextAnswer {
    const isText = code === 0;
    const type = isText ? TEXT_TYPE : JSON_TYPE;
    const headers = { ...this.crossOrigin(origin), ...own, 'Content-Type': type };
    const text = isText ? message : JSON.stringify({ statusCode: code, statusMessage: message });
    return { status: http, headers, text };
  }
}

/** An answer as it is written. */
export function textOf(body: JsonObject): string {
  return JSON.stringify({ statusCode: 0, ...body });
}
