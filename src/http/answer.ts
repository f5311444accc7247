/**
 * Answers that do not go through Koa's `ctx.body`: a whole text at once, or a response that somebody else writes. Both
 * carry the headers that every answer carries; on all others the server's chain puts them.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { RequestState } from './request-state.ts';
import type { TextAnswer } from './text-answer.ts';

export type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};

/**
 * Sends head and body in one write, for half of what as many `ctx.set` and a `ctx.body` cost. An answer that has begun
 * already is cut off, so that nobody takes half of it for the whole; a client that has gone is told nothing.
 */
export function answerText(context: Context, { status, phrase, headers, text }: TextAnswer): void {
  const { res } = context;
  if (!context.writable) return;
  context.respond = false;
  if (res.headersSent) {
    res.destroy();
    return;
  }
  // Headers that were set already win over those that every answer carries.
  const hasOthers = res.getHeaderNames().length > 0;
  if (hasOthers) protect(context);
  const standing = hasOthers ? NONE : standingOf(context);
  const all = { ...standing, ...headers, 'Content-Length': Buffer.byteLength(text) };
  if (phrase === undefined) res.writeHead(status, all);
  else res.writeHead(status, phrase, all);
  if (res.shouldKeepAlive || context.req.complete) res.end(text);
  else endWhenRead(context, text);
}

/**
 * A connection that closes with its answer would be cut while a client still sends what nobody wants, and he would never
 * read why: there what is left of the request is let in before the end. The answer goes out at once, for who waits for it
 * before he sends on. (Node gives up a request that takes too long.)
 */
function endWhenRead({ req, res }: Context, text: string): void {
  res.write(text);
  // Without a listener the error of a connection that is cut meanwhile would be thrown.
  req
    .on('error', () => {})
    .once('close', () => res.end())
    .resume();
}

/** The bare response, for who writes it himself, now or for as long as the client listens. Koa keeps its hands off. */
export function takeOver(context: Context): ServerResponse {
  protect(context);
  cutOffWhenStalled(context);
  context.respond = false;
  return context.res;
}

/**
 * Lets go of a client that takes nothing of what is written to it for too long: what waits for it would be held for as
 * long as it likes. Silence of ours is no stall.
 */
export function cutOffWhenStalled({ res, state }: Context): void {
  const { stalledMs } = state as Partial<RequestState>;
  if (stalledMs === undefined || res.listenerCount('timeout') > 0) return;
  res.setTimeout(stalledMs, () => {
    if ((res.socket?.writableLength ?? 0) > 0) res.destroy();
  });
}

/** Puts on what every answer carries, where this one has not said otherwise. */
export function protect(context: Context): void {
  for (const [name, value] of Object.entries(standingOf(context)))
    if (!context.res.hasHeader(name)) context.res.setHeader(name, value);
}

/** None where a dialect is served without the server around it. */
function standingOf({ state }: Context): Headers {
  return (state as Partial<RequestState>).standing ?? NONE;
}
