/**
 * One line per request, as data, for whoever asks for it (level `debug`); failures of ours always. Secrets that some
 * dialect carries in its address are struck out before anything is written: whatever stands in a query under a name on
 * the list below.
 */
import type { ParameterizedContext } from 'koa';
import type { Logger } from 'pino';
import type { RequestState } from '../http/request-state.ts';

const SECRETS: ReadonlySet<string> = new Set([
  'token',
  'ticket',
  'password',
  'secret',
  'code',
  'access_token',
  'id_token',
  'api_key',
]);

/** Asked all the time by those who send requests here: a no is an answer, and no failure. */
const PROBES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** `ms`: how long it took to answer, or until a stream began. */
export function logRequest(logger: Logger, { req, res, state }: ParameterizedContext<RequestState>, ms: number): void {
  const level = res.statusCode >= 500 && !PROBES.has(req.url) ? 'warn' : 'debug';
  if (!logger.isLevelEnabled(level)) return;
  const { trace, by } = state;
  logger[level](
    {
      request: trace.requestId,
      method: req.method,
      url: withoutSecrets(req.url ?? ''),
      status: res.statusCode,
      ms: Math.round(ms * 100) / 100,
      ...(by === undefined ? {} : { by }),
    },
    'request',
  );
}

function withoutSecrets(url: string): string {
  const begin = url.indexOf('?') + 1;
  if (begin === 0) return url;
  const shown = url
    .slice(begin)
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=', 1);
      return SECRETS.has(decoded(name).toLowerCase()) ? `${name}=***` : pair;
    });
  return url.slice(0, begin) + shown.join('&');
}

/** As whoever reads the query reads it. */
function decoded(name: string): string {
  return new URLSearchParams(name).keys().next().value ?? '';
}
