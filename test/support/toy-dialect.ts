/** A dialect that does what a test of the server needs: answers, waits, throws, takes an upgrade, in a form of its own. */
import { isFailure } from '../../src/errors.ts';
import { answerText, takeOver } from '../../src/http/answer.ts';
import type { Dialect } from '../../src/http/dialect.ts';

export interface ToyDialect extends Dialect {
  /** Lets the requests to `/toy/slow` finish. */
  release(): void;
  /** Resolves when a request to `/toy/slow` is waiting. */
  readonly waiting: Promise<void>;
}

/** More than any connection takes at once. */
const MUCH = Buffer.alloc(32 * 1024 * 1024, 'much ');

export function toyDialect(): ToyDialect {
  const released = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  return {
    name: 'toy',
    owns: (path) => path.startsWith('/toy/'),
    async middleware(context) {
      if (context.path === '/toy/broken') throw new Error('the secret inner life of a toy');
      if (context.path === '/toy/slow') {
        waiting.resolve();
        await released.promise;
      }
      if (context.path === '/toy/much-text')
        return answerText(context, { status: 200, headers: {}, text: MUCH.toString() });
      if (context.path === '/toy/much-written') return void takeOver(context).end(MUCH);
      context.body = context.path === '/toy/much' ? MUCH : 'played';
    },
    failure: (error) => ({
      status: isFailure(error) ? 503 : 500,
      headers: {},
      text: `toy ${isFailure(error) ? error.code : 'broken'}`,
    }),
    socket: {
      path: '/toy/socket',
      upgrade: (_, stream) =>
        void stream.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    },
    release: () => released.resolve(),
    waiting: waiting.promise,
  };
}
