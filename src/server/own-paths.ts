/**
 * The paths of the installation itself: health and the documents that describe the rest, open to everybody, and metrics,
 * for this machine and for tokens of the installation.
 */
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import { RECORD_SCHEMA } from '../log/record-schema.ts';
import type { JsonObject } from '../model/json.ts';
import { type HealthParts, healthOf, readinessOf } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface OwnPathsParts {
  readonly health: HealthParts;
  readonly metrics: Metrics;
  /** Whether this request may read the metrics: they tell how busy the place is. */
  readonly mayScrape: (request: IncomingMessage) => boolean;
  /** The OpenAPI document of the native API, made when it is first asked for. */
  readonly openapi: () => JsonObject;
  /** The AsyncAPI document of what is told, likewise. */
  readonly asyncapi: () => JsonObject;
}

const METRICS = '/metrics';
const JSON_TYPE = 'application/json; charset=utf-8';

export function ownPaths({ health, metrics, mayScrape, openapi, asyncapi }: OwnPathsParts): Middleware {
  const answers: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/healthz': () => ofHealth(healthOf(health)),
    '/readyz': () => ofHealth(readinessOf(health)),
    [METRICS]: async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
    '/openapi.json': documented(JSON_TYPE, openapi),
    '/asyncapi.json': documented(JSON_TYPE, asyncapi),
    '/schemas/record.json': documented('application/schema+json', () => RECORD_SCHEMA),
  };
  return async (context, next) => {
    const reading = context.method === 'GET' || context.method === 'HEAD';
    const answer = reading && Object.hasOwn(answers, context.path) ? answers[context.path] : undefined;
    if (answer === undefined) return next();
    if (context.path === METRICS && !mayScrape(context.req)) {
      context.status = 401;
      context.set('WWW-Authenticate', 'Bearer realm="ledgerline"');
      return;
    }
    const { status, type, body } = await answer();
    context.status = status;
    context.set('Content-Type', type);
    context.set('Cache-Control', 'no-store');
    context.body = body;
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Few ask, so none is made at the start; once made, its text is kept. */
function documented(type: string, make: () => object): () => Answer {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(make());
    return { status: 200, type, body: text };
  };
}

function ofHealth({ ok, body }: ReturnType<typeof healthOf>): Answer {
  return { status: ok ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(body) };
}
