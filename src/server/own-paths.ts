/**
 * The paths of the installation itself: its door, health and the documents that describe the rest, open to everybody, and
 * metrics, for this machine and for tokens of the installation.
 */
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { answerText } from '../http/answer.ts';
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

/** Who opens the bare address in a browser comes to the console; who reads it by hand is told what there is. */
const DOOR = {
  status: 302,
  location: '/console',
  body: `Ledgerline. For people: /console
For programs: /v1, described by /openapi.json; its event streams by /asyncapi.json
Genesys Web Services: /api/v2. Genesys Mobile Services: /genesys/1
Contact Center Services: /6/v2/api. XiVO xuc: /xuc/api/2.0
How it is: /healthz, /readyz, /metrics
`,
};

const METRICS = '/metrics';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export function ownPaths({ health, metrics, mayScrape, openapi, asyncapi }: OwnPathsParts): Middleware {
  const answers: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/': () => ({ ...DOOR, type: TEXT_TYPE }),
    '/healthz': () => ofHealth(healthOf(health)),
    '/readyz': () => ofHealth(readinessOf(health)),
    [METRICS]: async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
    '/openapi.json': documented(JSON_TYPE, openapi),
    '/asyncapi.json': documented(JSON_TYPE, asyncapi),
    '/schemas/record.json': documented('application/schema+json', () => RECORD_SCHEMA),
  };
  return (context, next) => {
    const reading = context.method === 'GET' || context.method === 'HEAD';
    const make = reading && Object.hasOwn(answers, context.path) ? answers[context.path] : undefined;
    if (make === undefined) return next();
    if (context.path === METRICS && !mayScrape(context.req)) {
      const headers = { 'WWW-Authenticate': 'Bearer realm="ledgerline"', 'Content-Type': TEXT_TYPE };
      return answerText(context, { status: 401, headers, text: 'Unauthorized' });
    }
    return told(context, make);
  };
}

async function told(context: Context, make: () => Answer | Promise<Answer>): Promise<void> {
  const { status, type, location, body: text } = await make();
  const further = location === undefined ? {} : { Location: location };
  answerText(context, { status, headers: { 'Content-Type': type, 'Cache-Control': 'no-store', ...further }, text });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly location?: string;
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
