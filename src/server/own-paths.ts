/**
 * The paths of the installation itself, open to everybody: health, metrics, and the documents that describe the rest.
 */
import type { Middleware } from 'koa';
import { RECORD_SCHEMA } from '../log/record-schema.ts';
import type { JsonObject } from '../model/json.ts';
import { type HealthParts, healthOf, readinessOf } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface OwnPathsParts {
  readonly health: HealthParts;
  readonly metrics: Metrics;
  /** The OpenAPI document of the native API. */
  readonly openapi: JsonObject;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function ownPaths({ health, metrics, openapi }: OwnPathsParts): Middleware {
  const openapiText = JSON.stringify(openapi);
  const recordSchemaText = JSON.stringify(RECORD_SCHEMA);
  const answers: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/healthz': () => ofHealth(healthOf(health)),
    '/readyz': () => ofHealth(readinessOf(health)),
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
    '/openapi.json': () => ({ status: 200, type: JSON_TYPE, body: openapiText }),
    '/schemas/record.json': () => ({ status: 200, type: 'application/schema+json', body: recordSchemaText }),
  };
  return async (context, next) => {
    const reading = context.method === 'GET' || context.method === 'HEAD';
    const answer = reading && Object.hasOwn(answers, context.path) ? answers[context.path] : undefined;
    if (answer === undefined) return next();
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

function ofHealth({ ok, body }: ReturnType<typeof healthOf>): Answer {
  return { status: ok ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(body) };
}
