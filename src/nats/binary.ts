/**
 * Finds the nats-server to run, or fetches one: the one that was named, else one on PATH that is new enough, else one
 * fetched earlier, else a download. Reads no environment; main.ts says where to look.
 */
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { hasCode, LedgerlineError, messageOf } from '../errors.ts';
import { checkVersion, isAtLeast, VERSION_MIN } from '../log/server-version.ts';
import { versionOf } from './binary-version.ts';
import type { DownloadSource, Progress } from './download.ts';

export interface ServerBinary {
  /** Absolute. */
  readonly path: string;
  /** Like `2.15.1`. */
  readonly version: string;
}

export interface FindBinary {
  /** The value of LEDGERLINE_NATS_BIN. When given, nothing else is considered. */
  readonly given: string | undefined;
  /** The value of PATH. */
  readonly searchPath: string;
  /** Where downloads are kept; made when needed. Processes may share it. */
  readonly cacheFolder: string;
  /** Tried in this order. */
  readonly downloads: readonly DownloadSource[];
  readonly progress: Progress;
  readonly warn: (message: string) => void;
}

/**
 * Throws `badConfiguration` when the given binary cannot be run, `serverUnfit` when it is too old, `unavailable` when
 * none is here and none can be fetched; that message names every place that was tried and how to supply one.
 */
export async function findBinary(options: FindBinary): Promise<ServerBinary> {
  const binary =
    (await givenBinary(options)) ??
    (await binaryOnPath(options)) ??
    (await cachedBinary(options)) ??
    (await downloadedBinary(options));
  const warning = checkVersion(binary.version, binary.path);
  if (warning !== undefined) options.warn(warning);
  return binary;
}

async function givenBinary({ given }: FindBinary): Promise<ServerBinary | undefined> {
  if (given === undefined || given === '') return undefined;
  try {
    const path = resolve(given);
    return { path, version: await versionOf(path) };
  } catch (error) {
    throw new LedgerlineError(
      'badConfiguration',
      `LEDGERLINE_NATS_BIN cannot be used: ${messageOf(error)}`,
      { given },
      error,
    );
  }
}

async function binaryOnPath({ searchPath, warn }: FindBinary): Promise<ServerBinary | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    const binary = folder === '' ? undefined : await binaryIn(folder);
    if (binary === undefined) continue;
    if (isAtLeast(binary.version, VERSION_MIN)) return binary;
    warn(`${binary.path} is nats-server ${binary.version}, older than ${VERSION_MIN}: not used`);
  }
  return undefined;
}

async function cachedBinary({ cacheFolder, downloads }: FindBinary): Promise<ServerBinary | undefined> {
  for (const source of downloads) {
    const binary = await binaryIn(join(cacheFolder, source.cachedAs));
    if (binary !== undefined && isAtLeast(binary.version, VERSION_MIN)) return binary;
  }
  return undefined;
}

async function binaryIn(folder: string): Promise<ServerBinary | undefined> {
  const path = resolve(folder, 'nats-server');
  try {
    accessSync(path, constants.X_OK);
    return { path, version: await versionOf(path) };
  } catch {
    // Not there, or something of that name that is no nats-server: the search goes on either way.
    return undefined;
  }
}

async function downloadedBinary(options: FindBinary): Promise<ServerBinary> {
  const failures: string[] = [];
  for (const source of options.downloads) {
    try {
      return await download(source, options);
    } catch (error) {
      failures.push(`${source.name}: ${messageOf(error)}`);
    }
  }
  throw new LedgerlineError(
    'unavailable',
    [
      'nats-server is missing: it is not on PATH and could not be downloaded.',
      ...failures.map((failure) => `  tried ${failure}`),
      `To supply it: put nats-server ${VERSION_MIN} or newer on PATH, or set LEDGERLINE_NATS_BIN=/path/to/nats-server;`,
      'or set LEDGERLINE_NATS_URL to use a server that runs elsewhere.',
    ].join('\n'),
    { failures },
  );
}

/** Fetches beside the final place and moves there in one step, so that a half download is never found. */
async function download(source: DownloadSource, { cacheFolder, progress }: FindBinary): Promise<ServerBinary> {
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(join(cacheFolder, 'download-'));
  const place = join(cacheFolder, source.cachedAs);
  try {
    // mkdtemp makes it private; another user may run the same installation.
    await chmod(folder, 0o755);
    await source.fetchInto(folder, progress);
    const version = await versionOf(join(folder, 'nats-server'));
    checkVersion(version, source.name);
    await moveTo(place, folder);
    return { path: resolve(place, 'nats-server'), version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Another process may have put its download there meanwhile: theirs is as good, and may be running already. */
async function moveTo(place: string, folder: string): Promise<void> {
  try {
    await rename(folder, place);
  } catch (error) {
    const theirs = await binaryIn(place);
    if (theirs !== undefined && isAtLeast(theirs.version, VERSION_MIN)) return;
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    // What stands there is too old or broken; nobody runs it.
    await rm(place, { recursive: true, force: true });
    await rename(folder, place);
  }
}
