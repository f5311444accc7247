/**
 * Requests that a client sends without waiting for the answers to those before: one at a time, and between two of them others have
 * their turn. So nobody gets more of the server by pipelining than by asking, and what changes something is done in the
 * order in which it was sent (RFC 9112, 9.3.2).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

interface Line {
  answering: ServerResponse;
  readonly waiting: (readonly [IncomingMessage, ServerResponse])[];
}

/** No more is read of a connection on which so many wait. */
const WAITING_MAX = 64;

export function inTurn(handle: Handle): Handle {
  const lines = new WeakMap<object, Line>();
  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket);
    if (line === undefined) lines.set(socket, { answering: response, waiting: [] });
    else if (line.waiting.length === 0 && line.answering.writableFinished) line.answering = response;
    else return wait(line, request, response);
    handle(request, response);
  };

  function wait(line: Line, request: IncomingMessage, response: ServerResponse): void {
    line.waiting.push([request, response]);
    if (line.waiting.length === 1) whenAnswered(line);
    // Once all that came with it is read: Node reads on at the end of every request.
    if (line.waiting.length === WAITING_MAX) process.nextTick(() => request.socket.pause());
  }

  function whenAnswered(line: Line): void {
    if (line.answering.writableFinished) setImmediate(() => goOn(line));
    else line.answering.once('close', () => setImmediate(() => goOn(line)));
  }

  function goOn(line: Line): void {
    const next = line.waiting.shift();
    if (next === undefined) return;
    const [request, response] = next;
    // The connection has gone, and all that waits on it.
    if (request.socket.destroyed) return;
    if (line.waiting.length < WAITING_MAX) request.socket.resume();
    line.answering = response;
    handle(request, response);
    if (line.waiting.length > 0) whenAnswered(line);
  }
}
