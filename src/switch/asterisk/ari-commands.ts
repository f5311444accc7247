/**
 * What is asked of an Asterisk, one function an operation of ARI. Each is taken as done where what it is about is gone or
 * so already; each throws where Asterisk could not do it, and `unavailable` where it did not answer.
 */
import type { JsonObject } from '../../model/json.ts';
import type { AriAnswer } from './ari-events.ts';
import type { AriLink, AriQuery } from './ari-link.ts';

/** Not found, in another state already, not in our application: the events say which. */
const GONE_OR_SO: readonly number[] = [400, 404, 409, 412, 422];

/** The second word has Asterisk tell of keys that are pressed, where it otherwise may let them pass by itself. */
const TALK = 'mixing,dtmf_events';

export class AriCommands {
  readonly #link: AriLink;

  constructor(link: AriLink) {
    this.#link = link;
  }

  /** False where it was gone or so already. */
  async post(path: string, query?: AriQuery, body?: JsonObject): Promise<boolean> {
    return did(`POST ${path}`, await this.#link.request('POST', path, query, body));
  }

  /** Sees to it that there is a bridge in which channels talk. */
  async bridge(id: string, name?: string): Promise<void> {
    await this.post(`/bridges/${id}`, { type: TALK, name });
  }

  /** Variables of a channel. */
  async set(channel: string, variables: Readonly<Record<string, string>>): Promise<void> {
    for (const [variable, value] of Object.entries(variables))
      await this.post(`/channels/${channel}/variable`, { variable, value });
  }

  async delete(path: string, query?: AriQuery): Promise<boolean> {
    return did(`DELETE ${path}`, await this.#link.request('DELETE', path, query));
  }

  /** Undefined for what is not there. */
  async get(path: string): Promise<unknown> {
    const answer = await this.#link.request('GET', path);
    return did(`GET ${path}`, answer) ? answer.message_body : undefined;
  }
}

function did(what: string, { status_code: status, message_body: body }: AriAnswer): boolean {
  if (status < 300) return true;
  if (GONE_OR_SO.includes(status)) return false;
  throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
}
