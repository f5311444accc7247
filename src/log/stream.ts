/**
 * The stream that is the log: made when it is missing, and refused when it could forget, reorder or trim anything.
 */
import type { StreamConfig } from '@nats-io/jetstream';
import { LedgerlineError } from '../errors.ts';
import { type Connection, callApi, refused } from './connection.ts';
import { FIRST_GENERATION, type Generation } from './log.ts';
import { LIVE_PREFIX, PRIVATE_SUBJECTS, PUBLIC_SUBJECTS, STREAM } from './subjects.ts';

const LOG_ID = 'ledgerline.log';
const GENERATION = 'ledgerline.generation';
const SEAM = 'ledgerline.seam';
const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;

export type StreamSettings = Partial<StreamConfig>;

/** Every setting the log's promises rest on. What an absent one means is what the server returns for its default. */
const SETTINGS = {
  subjects: [PUBLIC_SUBJECTS, PRIVATE_SUBJECTS],
  storage: 'file',
  // All limits are off: an idle actor's last record is its state, however old.
  retention: 'limits',
  discard: 'new',
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  allow_msg_ttl: false,
  allow_rollup_hdrs: false,
  deny_delete: true,
  deny_purge: true,
  allow_atomic: true,
  allow_direct: true,
  republish: { src: PUBLIC_SUBJECTS, dest: LIVE_PREFIX + PUBLIC_SUBJECTS },
} as const;

/** No message ids are sent, so none need be remembered; 100 ms, in ns, is the least the server takes. */
const DUPLICATE_WINDOW_NS = 100_000_000;

/** Settings that must not be there at all: each lets records in, out, or change on the way. */
const ABSENT = ['mirror', 'sources', 'subject_transform', 'sealed', 'no_ack', 'persist_mode'] as const;

export interface LogStream {
  readonly id: string;
  readonly generation: Generation;
}

/**
 * Made with `replicas` where there is none; absent: another process makes it. Throws `serverUnfit` naming the first setting
 * the log cannot live with, or `unavailable`.
 */
export async function openStream(connection: Connection, mintId: () => string, replicas?: number): Promise<LogStream> {
  const found = await streamInfo(connection);
  if (found === undefined && replicas === undefined)
    throw new LedgerlineError('unavailable', `there is no stream ${STREAM} yet`);
  const { config } = found ?? (await create(connection, mintId(), replicas));
  const unfit = unfitSetting(config);
  if (unfit !== undefined) {
    const message = `stream ${STREAM} cannot be the log: its setting ${unfit.name} is ${JSON.stringify(unfit.found)}`;
    throw new LedgerlineError('serverUnfit', message, { ...unfit });
  }
  const stream = streamOf(config);
  if (stream === undefined) {
    throw new LedgerlineError('serverUnfit', `stream ${STREAM} has no ${LOG_ID} in its metadata: it is no log of ours`);
  }
  return stream;
}

/** Whose log a stream holds, by its metadata; undefined when it is none of ours. */
export function streamOf({ metadata = {} }: StreamSettings): LogStream | undefined {
  const id = metadata[LOG_ID];
  if (id === undefined) return undefined;
  const number = Number(metadata[GENERATION] ?? FIRST_GENERATION.number);
  const seam = Number(metadata[SEAM] ?? FIRST_GENERATION.seam);
  return { id, generation: { number, seam, reach: seam } };
}

export interface StreamInfo {
  readonly config: StreamSettings;
  readonly state: { readonly last_seq: number };
}

/** Undefined when there is no such stream. Throws `unavailable`. */
export async function streamInfo(connection: Connection): Promise<StreamInfo | undefined> {
  const call = `STREAM.INFO.${STREAM}`;
  const reply = await callApi<StreamInfo>(connection, call, {});
  if (reply.error === undefined) return reply;
  if (reply.error.err_code === STREAM_NOT_FOUND) return undefined;
  throw refused(call, reply.error);
}

/** Everything the log's stream is made with. */
export function streamSettings(
  { id, generation }: Pick<LogStream, 'id'> & { readonly generation: Pick<Generation, 'number' | 'seam'> },
  replicas: number,
): StreamSettings {
  const began = { [GENERATION]: String(generation.number), [SEAM]: String(generation.seam) };
  return {
    ...SETTINGS,
    subjects: [...SETTINGS.subjects],
    name: STREAM,
    description:
      'Ledgerline: every transition of every actor. One exact subject per actor; its last record is its state.',
    num_replicas: replicas,
    duplicate_window: DUPLICATE_WINDOW_NS,
    metadata: { [LOG_ID]: id, ...(generation.number === FIRST_GENERATION.number ? {} : began) },
  };
}

async function create(connection: Connection, id: string, replicas = 1): Promise<StreamInfo> {
  const call = `STREAM.CREATE.${STREAM}`;
  const settings = streamSettings({ id, generation: FIRST_GENERATION }, replicas);
  const reply = await callApi<StreamInfo>(connection, call, settings);
  if (reply.error === undefined) return reply;
  if (reply.error.err_code !== NAME_IN_USE) throw refused(call, reply.error);
  // Another process made it a moment ago.
  const made = await streamInfo(connection);
  if (made === undefined) throw refused(call, reply.error);
  return made;
}

function unfitSetting(config: StreamSettings): { name: string; found: unknown } | undefined {
  for (const [name, wanted] of Object.entries(SETTINGS)) {
    const found = config[name as keyof typeof SETTINGS];
    if (!equal(found, wanted)) return { name, found: found ?? null };
  }
  for (const name of ABSENT) {
    const found = config[name as keyof StreamSettings];
    if (found !== undefined && found !== false && found !== 'default') return { name, found };
  }
  return undefined;
}

function equal(found: unknown, wanted: unknown): boolean {
  if (found === undefined) return wanted === false;
  if (Array.isArray(found)) return JSON.stringify([...found].sort()) === JSON.stringify(wanted);
  return JSON.stringify(found) === JSON.stringify(wanted);
}
