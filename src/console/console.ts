/**
 * The console under `/console`: the built page and its files, open to everybody since they hold no data; the machines as
 * charts; and the log in brief, to whoever may read the tenant by the rules of the native API. Wiring only.
 */
import type { ServerResponse } from 'node:http';
import { whoAsks } from '../dialects/native/auth.ts';
import { failureProblem, type Refusal, refusalProblem } from '../dialects/native/errors.ts';
import { exportStream } from '../dialects/native/export-stream.ts';
import { tenantExists } from '../dialects/native/tenants.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../history/export.ts';
import { answerText, takeOver } from '../http/answer.ts';
import type { Dialect } from '../http/dialect.ts';
import { searchOf } from '../http/search.ts';
import type { Identity } from '../identity/identity.ts';
import { hasScope, mayEnter } from '../identity/principal.ts';
import { isToken } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Json } from '../model/json.ts';
import type { Runtime } from '../model/runtime.ts';
import { readBuilt } from './built-files.ts';
import { chartOf } from './charts.ts';
import { recordAt, recordsOf, rowsOf, storyOf, timeAt } from './log-pages.ts';
import { filterOf, type RowFilter } from './row.ts';

export interface ConsoleParts {
  readonly runtime: Runtime;
  readonly identity: Identity;
  readonly kinds: ActorKinds;
  /** As in the native API: whoever sits at this machine needs no token. */
  readonly openOnLoopback: () => boolean;
  /** Where the built page lies; it may be missing. */
  readonly folder: string;
}

type Context = Parameters<Dialect['middleware']>[0];
type Answer =
  | { readonly kind: 'json'; readonly body: Json }
  | { readonly kind: 'stream'; open(response: ServerResponse): void }
  | Refusal;

const BASE = '/console';
const FILE_ENDS: Readonly<Record<ExportFormat, string>> = { csv: 'csv', jsonl: 'jsonl', cloudevents: 'json' };
const ROWS_MAX = 2_000;
/** Each word is looked for in every row that is looked through. */
const WORDS_CHARS_MAX = 200;
/** Its own scripts, styles and data, and nothing else; nobody may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function createConsole(parts: ConsoleParts): Dialect {
  const files = readBuilt(parts.folder);
  const charts = [...parts.kinds.values()].filter(({ visibility }) => visibility === 'public').map(chartOf);
  return {
    name: 'console',
    owns: (path) => path === BASE || path.startsWith(`${BASE}/`),
    async middleware(context) {
      const reading = context.method === 'GET' || context.method === 'HEAD';
      if (!reading) return refuse(context, { kind: 'noMethod', allow: ['GET'] });
      const path = context.path.slice(BASE.length + 1);
      const file = files.get(path);
      if (file !== undefined) {
        context.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
        context.set({ 'Cache-Control': file.cacheControl, ETag: file.etag, 'Content-Type': file.type });
        context.status = 200;
        if (context.fresh) context.status = 304;
        else context.body = file.content;
        return;
      }
      if (path === 'charts.json') return write(context, charts);
      const answer = await data(parts, context, path);
      if (answer.kind === 'json') return write(context, answer.body);
      return answer.kind === 'stream' ? answer.open(takeOver(context)) : refuse(context, answer);
    },
    failure: failureProblem,
  };
}

async function data(parts: ConsoleParts, context: Context, path: string): Promise<Answer> {
  if (!path.startsWith('data/')) return { kind: 'noRoute' };
  const { runtime } = parts;
  const principal = whoAsks(context.req, parts.identity, parts.openOnLoopback())();
  if (principal === undefined) return { kind: 'unauthenticated' };
  const query = searchOf(context.querystring);
  const tenant = query.get('tenant') ?? '';
  if (!mayEnter(principal, tenant) || !tenantExists(runtime.live, tenant)) {
    return { kind: 'unknown', what: `tenant ${tenant}` };
  }
  if (!hasScope(principal, 'read')) return { kind: 'forbidden', scope: 'read' };
  if ((query.get('q') ?? '').length > WORDS_CHARS_MAX) {
    const reason = `must be no longer than ${WORDS_CHARS_MAX} characters`;
    return { kind: 'input', problem: { code: 'badParameter', name: 'q', reason } };
  }
  switch (path) {
    case 'data/rows':
      return rows(runtime, tenant, query);
    case 'data/story':
      return story(runtime, tenant, query);
    case 'data/export':
      return exportOf(runtime, tenant, query, context.method);
    case 'data/moment': {
      const position = numberOf(query, 'position', 0);
      const time = await timeAt(runtime, position);
      return time === undefined ? { kind: 'unknown', what: `position ${position}` } : answerOf({ position, time });
    }
    case 'data/record': {
      const position = numberOf(query, 'position', 0);
      const record = await recordAt(runtime, tenant, position);
      return record === undefined ? { kind: 'unknown', what: `record ${position}` } : answerOf({ position, record });
    }
    default:
      return { kind: 'noRoute' };
  }
}

async function rows(runtime: Runtime, tenant: string, query: URLSearchParams): Promise<Answer> {
  const after = query.get('after');
  const page = await rowsOf(runtime, {
    tenant,
    filter: filterIn(query),
    direction: after === null ? 'before' : 'after',
    from: after === null ? numberOf(query, 'before', runtime.live.position + 1) : numberOf(query, 'after', 0),
    limit: Math.min(Math.max(numberOf(query, 'limit', ROWS_MAX), 1), ROWS_MAX),
  });
  return answerOf(page);
}

function filterIn(query: URLSearchParams): RowFilter {
  return filterOf(query.getAll('kind'), query.get('q') ?? '', query.has('trouble'));
}

/** All that the filter lets through, whole records, not only what the page has read. */
async function exportOf(runtime: Runtime, tenant: string, query: URLSearchParams, method: string): Promise<Answer> {
  const format = EXPORT_FORMATS.find((one) => one === query.get('format'));
  if (format === undefined) return { kind: 'unknown', what: 'such a format' };
  const records = recordsOf(runtime, { tenant, filter: filterIn(query) });
  const headers = { 'Content-Disposition': `attachment; filename="${tenant}.${FILE_ENDS[format]}"` };
  return { kind: 'stream', open: await exportStream(records, { format, headOnly: method === 'HEAD', headers }) };
}

async function story(runtime: Runtime, tenant: string, query: URLSearchParams): Promise<Answer> {
  const kind = query.get('kind') ?? '';
  const id = query.get('id') ?? '';
  if (!isToken(kind) || id === '') return { kind: 'unknown', what: 'such an actor' };
  const head = runtime.live.position;
  const upTo = Math.min(numberOf(query, 'upTo', head), head);
  return answerOf({ rows: await storyOf(runtime, { tenant, kind, id }, upTo), upTo });
}

/** What is no number counts as not given: these paths are the page's own. */
function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}

function answerOf(body: object): Answer {
  return { kind: 'json', body: body as Json };
}

function write(context: Context, body: Json): void {
  const headers = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' };
  answerText(context, { status: 200, headers, text: JSON.stringify(body) });
}

function refuse(context: Context, refusal: Refusal): void {
  answerText(context, refusalProblem(refusal));
}
