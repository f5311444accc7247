/** The native API as a test speaks it: every answer must be what the OpenAPI document says of it. */
import type { JsonObject } from '../../../src/model/json.ts';
import { expectDescribed } from './described.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** `POST`, `/v1/…`, a value or a text to send as it is. */
export function clientOf(url: string, token?: string): Call {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const given = { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
    if (method !== 'HEAD') await expectDescribed(url, { method, path }, given);
    return { ...given, headers: answer.headers };
  };
}

/** Server-sent events of one answer, as they come. */
export async function* eventsOf(answer: Response): AsyncGenerator<{ readonly id: number; readonly data: JsonObject }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = /^id: (\d+)\ndata: (.*)$/s.exec(text.slice(0, end));
      text = text.slice(end + 2);
      if (frame !== null) yield { id: Number(frame[1]), data: JSON.parse(frame[2] ?? '') };
    }
  }
}
