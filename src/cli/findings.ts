/**
 * What `ledgerline doctor` looks at, one finding at a time.
 */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { isFailure, messageOf } from '../errors.ts';
import { archivesIn } from '../log/archive/archives.ts';
import { planFileIn, readPlan } from '../log/generation/plan.ts';
import type { JsonObject } from '../model/json.ts';
import { findBinary } from '../nats/binary.ts';
import { downloadsFor } from '../nats/downloads.ts';
import { holderOf } from '../nats/folder-lock.ts';
import { Api, ApiRefusal, type ConnectionFlags } from './api.ts';
import { lockedFolder } from './offline.ts';
import type { Terminal } from './terminal.ts';

export interface Finding {
  readonly check: string;
  /** `note`: neither right nor wrong, but good to know. */
  readonly verdict: 'yes' | 'no' | 'note';
  readonly detail: string;
}

const NODE_MAJOR_MIN = 24;
const FREE_BYTES_MIN = 1_000_000_000;
const ANSWER_MS_MAX = 10_000;
/** Where the embedded server listens. */
const NATS_HOST = '127.0.0.1';

/** Stops after the configuration where that cannot be read: the rest depends on it. */
export async function* findings(terminal: Terminal, flags: ConnectionFlags): AsyncGenerator<Finding> {
  yield nodeVersion();
  let config: Config;
  try {
    config = readConfig(terminal.env, terminal.cwd);
  } catch (error) {
    yield { check: 'configuration', verdict: 'no', detail: messageOf(error) };
    return;
  }
  yield { check: 'configuration', verdict: 'yes', detail: `readable; data in ${config.dataDir}` };
  yield await natsServer(config, terminal);
  yield* dataFolder(config);
  yield* generations(config);
  const holder = await holderOf(lockedFolder(config));
  yield holder === undefined
    ? { check: 'data folder in use', verdict: 'note', detail: 'by no process of this machine' }
    : { check: 'data folder in use', verdict: 'note', detail: `by process ${holder}` };
  const api = Api.of(terminal, flags);
  const health = await answerOf(api.url, '/healthz');
  yield* server(api.url, health, holder);
  if (health === 'nobody') yield* portsFree(config);
  if (typeof health === 'string') return;
  if (holder === undefined && config.natsUrl === undefined) {
    const detail = `the server at ${api.url} has another one: LEDGERLINE_DATA names it for the commands that read the folder`;
    yield { check: 'data folder', verdict: 'note', detail };
  }
  yield await tokenKnown(api);
}

function nodeVersion(): Finding {
  const enough = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
  const detail = `${process.versions.node}${enough ? '' : `; ${NODE_MAJOR_MIN} or newer is needed`}`;
  return { check: 'Node.js', verdict: enough ? 'yes' : 'no', detail };
}

async function natsServer({ natsUrl, natsBinary, natsReleaseBase }: Config, { env }: Terminal): Promise<Finding> {
  const check = 'nats-server';
  if (natsUrl !== undefined) return { check, verdict: 'note', detail: 'an outside one, named by LEDGERLINE_NATS_URL' };
  const warnings: string[] = [];
  const sources = { platform: process.platform, arch: process.arch, releasesUrl: natsReleaseBase };
  try {
    const { path, version } = await findBinary({
      given: natsBinary,
      searchPath: env.PATH ?? '',
      cacheFolder: join(homedir(), '.cache', 'ledgerline'),
      downloads: downloadsFor(sources).map((source) => ({ ...source, fetchInto: () => Promise.reject(NOT_FETCHED) })),
      progress: { begin: () => undefined, reach: () => undefined, end: () => undefined },
      warn: (warning) => warnings.push(warning),
    });
    return { check, verdict: 'yes', detail: [`${version}, ${path}`, ...warnings].join('; ') };
  } catch (error) {
    if (!isFailure(error, 'unavailable')) return { check, verdict: 'no', detail: messageOf(error) };
    return { check, verdict: 'note', detail: [...warnings, 'none here; the first start downloads one'].join('; ') };
  }
}

const NOT_FETCHED = new Error('the doctor fetches nothing');

async function* dataFolder({ dataDir }: Config): AsyncGenerator<Finding> {
  const place = await nearestFolder(dataDir);
  const isThere = place === dataDir;
  const writable = await access(place, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  const what = isThere ? dataDir : `${dataDir} (not made yet, in ${place})`;
  yield { check: 'data folder writable', verdict: writable ? 'yes' : 'no', detail: what };
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  yield {
    check: 'space for the log',
    verdict: free >= FREE_BYTES_MIN ? 'yes' : 'no',
    detail: `${gigabytes(free)} free`,
  };
}

/** Nothing to say while the log is in its first generation. */
async function* generations({ dataDir, archiveDir }: Config): AsyncGenerator<Finding> {
  const check = 'generations of the log';
  try {
    const plan = await readPlan(planFileIn(dataDir));
    if (plan !== undefined) {
      const detail = `${plan.generation} was interrupted before it began; the next start finishes it`;
      yield { check, verdict: 'note', detail };
    }
    for (const { manifest, folder } of await archivesIn(archiveDir)) {
      const { generation, first, last } = manifest;
      yield { check, verdict: 'note', detail: `${generation}, positions ${first} to ${last}: archived in ${folder}` };
    }
  } catch (error) {
    yield { check, verdict: 'no', detail: messageOf(error) };
  }
}

/** The folder itself, else the innermost one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

async function* server(
  url: string,
  health: JsonObject | NoAnswer,
  holder: number | undefined,
): AsyncGenerator<Finding> {
  const check = 'server';
  if (health === 'silence') {
    yield { check, verdict: 'no', detail: `something listens at ${url}, and does not answer as a server of ours does` };
    return;
  }
  if (health === 'nobody') {
    const verdict = holder === undefined ? 'note' : 'no';
    const why = holder === undefined ? 'none runs' : `process ${holder} holds the folder, but does not answer`;
    yield { check, verdict, detail: `${why} at ${url}` };
    return;
  }
  const { status, version, position } = health;
  const detail = `${status}, version ${version}, log position ${position}, at ${url}`;
  const standsBy = status === 'standby';
  yield { check, verdict: status === 'ready' ? 'yes' : standsBy ? 'note' : 'no', detail };
  const readiness = await answerOf(url, '/readyz');
  const dependencies = (typeof readiness === 'string' ? [] : (readiness.dependencies ?? [])) as readonly {
    name: string;
    state: string;
    detail?: string;
  }[];
  for (const { name, state, detail: more } of dependencies) {
    const told = more === undefined || more === state ? state : `${state}, ${more}`;
    const verdict = state === 'up' ? 'yes' : standsBy && name === 'commands' ? 'note' : 'no';
    yield { check: `server: ${name}`, verdict, detail: told };
  }
}

/** `silence`: somebody took the connection, and gave no answer of ours. */
type NoAnswer = 'nobody' | 'silence';

async function answerOf(url: string, path: string): Promise<JsonObject | NoAnswer> {
  try {
    const answer = await fetch(url + path, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const body = (await answer.json()) as JsonObject | null;
    return typeof body?.status === 'string' ? body : 'silence';
  } catch (error) {
    const { code, name } = ((error as Error).cause ?? {}) as { readonly code?: unknown; readonly name?: unknown };
    const isOther = name === 'HTTPParserError' || /^(ERR_SSL_|UND_ERR_|ECONNRESET$)/.test(String(code));
    return isOther || !(error instanceof TypeError) ? 'silence' : 'nobody';
  }
}

/** Whether the server knows who asks; a token that may not read is good for something else. */
async function tokenKnown(api: Api): Promise<Finding> {
  const check = 'token';
  try {
    await api.get('/v1/tenants', { limit: '1' });
    return { check, verdict: 'yes', detail: 'the server lets this caller in' };
  } catch (error) {
    if (!(error instanceof ApiRefusal)) return { check, verdict: 'no', detail: messageOf(error) };
    const verdict = error.code === 'unauthenticated' && api.hasToken ? 'no' : 'note';
    return { check, verdict, detail: error.message };
  }
}

async function* portsFree(config: Config): AsyncGenerator<Finding> {
  const { host, ports, portsAsked, natsUrl, natsPort, natsPortAsked } = config;
  for (const port of ports) yield await portFree('port', { host, port, asked: portsAsked });
  if (natsUrl === undefined)
    yield await portFree('NATS port', { host: NATS_HOST, port: natsPort, asked: natsPortAsked });
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** A default port that is taken is no hindrance: another one is used. */
  readonly asked: boolean;
}

async function portFree(what: string, { host, port, asked }: Place): Promise<Finding> {
  const check = `${what} ${port}`;
  if (port === 0) return { check, verdict: 'yes', detail: 'any free one' };
  const probe = createServer();
  const taken = await new Promise<string | undefined>((resolve) => {
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ host, port, exclusive: true }, () => resolve(undefined));
  });
  probe.close();
  if (taken === undefined) return { check, verdict: 'yes', detail: `free on ${host}` };
  return { check, verdict: asked ? 'no' : 'note', detail: `cannot be had on ${host} (${taken})` };
}
