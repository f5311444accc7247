/**
 * What Node would answer by itself, with a bare status: requests that cannot be read, come too late, name no host, or
 * expect what nobody does. Here each is told in words, as paths that nobody owns are.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { refusalProblem, type Unreadable } from '../dialects/native/errors.ts';
import type { Headers } from '../http/answer.ts';
import { answerRaw } from '../http/raw-answer.ts';

export interface UnreadableParts {
  readonly logger: Logger;
  /** What every answer carries. */
  readonly standing: Headers;
}

const WHY: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestLate',
};

/** To be called before any other listener is added: it sees every request first. */
export function answerUnreadable(server: Server, { logger, standing }: UnreadableParts): void {
  /** The newest answer on a connection. */
  const answers = new WeakMap<Duplex, ServerResponse>();
  const refuse = (connection: Duplex, why: Unreadable): void => {
    const { status, headers, text } = refusalProblem({ kind: 'unreadable', why });
    logger.info({ status, why }, 'a request could not be read');
    answerRaw(connection, { status, headers: { ...standing, ...headers }, text });
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, connection: Duplex) => {
    const answer = answers.get(connection);
    // Whoever is being answered would take ours for a part of that.
    const isAnswered = answer?.headersSent === true && !answer.writableEnded;
    if (error.code === 'ECONNRESET' || !connection.writable || isAnswered) connection.destroy();
    else refuse(connection, WHY[error.code ?? ''] ?? 'malformed');
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => refuse(socket, 'expectation'));
}
