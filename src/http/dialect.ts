/**
 * The port of an HTTP face. A dialect parses, authorises, submits or queries, and renders, in its own published form;
 * it knows the runtime and the identity service, never another dialect and never the server around it.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Middleware } from 'koa';
import type { TextAnswer } from './text-answer.ts';

/** What an answer may depend on although nothing was done. */
export interface Asked {
  /** Without the query. */
  readonly path: string;
  readonly origin: string | undefined;
}

export interface DialectSocket {
  /** One of the dialect's own paths; a slash at the end makes no difference. */
  readonly path: string;
  /** Takes over the connection of a client that asks to speak WebSocket there. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

export interface Dialect {
  /** The word it is known by in `cause.via`, logs and metrics: `gws`, `gms`, `ccs`, `xuc`, `native`. */
  readonly name: string;
  /** True for the request paths (without query) that are this dialect's, known or not: it answers them all, also with its own 404. */
  owns(path: string): boolean;
  /** Answers every request on those paths. Denies by default. Never calls `next` for a path it owns. */
  readonly middleware: Middleware;
  /**
   * What a client is told in the dialect's own form when the server or the dialect failed: starting, draining, a throw.
   * Anything may be thrown; what is not a LedgerlineError tells the client nothing.
   */
  failure(error: unknown, asked: Asked): TextAnswer;
  /** Its WebSocket, where it has one: a request for it never reaches `middleware`. */
  readonly socket?: DialectSocket;
  /** Begins what it does without being asked, such as telling others; called once, when commands are taken. */
  begin?(): void;
  /** Ends long-lived connections when the server drains. */
  drain?(): Promise<void>;
}
