/**
 * One line per request, as data, for whoever asks for it (level `debug`); failures of ours always. Secrets that some
 * dialect carries in its address are struck out before anything is written: whatever stands in a query under a name on
 * the list below.
 */
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { RequestState } from '../http/request-state.ts';

const SECRET_PARAMETER = /([?&](?:token|ticket|password|secret|code|access_token|id_token|api_key)=)[^&#]*/gi;

export function accessLog(logger: Logger, hrtimeMs: () => number): Middleware<RequestState> {
  return async (context, next) => {
    const began = hrtimeMs();
    try {
      await next();
    } finally {
      const { trace, by } = context.state;
      const level = context.status >= 500 ? 'warn' : 'debug';
      if (logger.isLevelEnabled(level))
        logger[level](
          {
            request: trace.requestId,
            method: context.method,
            url: withoutSecrets(context.url),
            status: context.status,
            ms: Math.round((hrtimeMs() - began) * 100) / 100,
            ...(by === undefined ? {} : { by }),
          },
          'request',
        );
    }
  };
}

function withoutSecrets(url: string): string {
  return url.replace(SECRET_PARAMETER, '$1***');
}
