/**
 * One message to one address, and what became of it. The name is resolved once and the connection made to exactly the
 * address that was checked (no rebinding); redirects are not followed; an answer has a time and a size.
 */
import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from './address-guard.ts';

export type Posted =
  | { readonly kind: 'taken'; readonly status: number }
  /** `reason` in words; `status` when there was an answer. */
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number };

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Poster {
  /** Why nothing would be posted there, whatever a name in it resolves to; undefined where that has to be tried. */
  refusal(url: string): string | undefined;
  /** Never throws. */
  post(message: Message): Promise<Posted>;
  /** Lets go of idle connections. */
  close(): void;
}

const ANSWER_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

export function createPoster(guard: AddressGuard, answerMsMax = ANSWER_MS_MAX): Poster {
  const keepAlive = { keepAlive: true };
  const http = new HttpAgent(keepAlive);
  const https = new HttpsAgent(keepAlive);
  return {
    refusal: (url) => guard.refusalOf(new URL(url)),
    async post({ url, headers, body }) {
      const target = URL.parse(url);
      if (target === null) return { kind: 'failed', reason: 'its address is none' };
      const secure = target.protocol === 'https:';
      const refusal = guard.refusalOf(target);
      if (refusal !== undefined) return { kind: 'failed', reason: refusal };
      const options = {
        method: 'POST',
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        lookup: guarded(guard, secure),
      };
      const posting = new Promise<Posted>((resolve) => {
        const done = (posted: Posted) => {
          clearTimeout(late);
          resolve(posted);
        };
        const failed = (error: Error) => done({ kind: 'failed', reason: reasonOf(error) });
        const request = secure
          ? requestHttps(target, { ...options, agent: https })
          : requestHttp(target, { ...options, agent: http });
        // Cheaper than an AbortSignal per message, of which there are thousands a second.
        const late = setTimeout(() => request.destroy(new Error('no answer in time')), answerMsMax);
        request.on('error', failed);
        // Without this a connection that its receiver wants for another protocol goes, and nobody hears of it.
        request.on('upgrade', (response, connection) => {
          connection.destroy();
          done(postedOf(response.statusCode ?? 0));
        });
        request.on('response', (response) => {
          response.on('error', failed);
          discard(response, () => done(postedOf(response.statusCode ?? 0)));
        });
        request.end(body);
      });
      // A header that cannot be sent: of a record that another program wrote.
      return posting.catch((error: Error) => ({ kind: 'failed', reason: reasonOf(error) }));
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** Resolves a name, and gives out only what may be connected to. One bad address among good ones spoils the name. */
function guarded(guard: AddressGuard, secure: boolean): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const refusal = addresses.map(({ address }) => guard.refusal(address, secure)).find((one) => one !== undefined);
      const [first] = addresses;
      if (refusal !== undefined || first === undefined) return callback(new Error(refusal ?? 'no address'), '');
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Reads the answer away, so that its connection can be used again; one that is too long is cut. */
function discard(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES_MAX) return;
    response.destroy();
    done();
  });
  response.on('end', done);
}

function postedOf(status: number): Posted {
  if (status >= 200 && status < 300) return { kind: 'taken', status };
  const reason = status >= 300 && status < 400 ? `redirects are not followed (${status})` : `answered ${status}`;
  return { kind: 'failed', status, reason };
}

function reasonOf(error: Error): string {
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
