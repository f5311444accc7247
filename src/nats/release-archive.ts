/**
 * Fetches nats-server from the archive its makers release, and checks it against the SHA256SUMS of that release.
 * The base address is a parameter, so that a mirror (or a test) can stand in for the original.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { DownloadSource, Progress } from './download.ts';

/** The release that is tried and tested. */
export const RELEASE_VERSION = '2.15.1';
export const RELEASES_URL = 'https://github.com/nats-io/nats-server/releases/download';

const CONNECT_MS_MAX = 10_000;
const DOWNLOAD_MS_MAX = 600_000;

/** Node's names of processors -> the names in the archives. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm7',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
};

export interface ReleaseArchive {
  /** `<baseUrl>/v<version>/<file>` is fetched. */
  readonly baseUrl: string;
  readonly version: string;
  /** As process.platform and process.arch say. */
  readonly platform: string;
  readonly arch: string;
}

export function releaseArchive({ baseUrl, version, platform, arch }: ReleaseArchive): DownloadSource {
  const name = `nats-server-v${version}-${platform}-${ARCHITECTURES[arch] ?? arch}`;
  const releaseUrl = `${baseUrl.replace(/\/+$/, '')}/v${version}`;
  return {
    name: `the release archive ${releaseUrl}/${name}.tar.gz`,
    cachedAs: name,
    async fetchInto(folder, progress) {
      const sums = await (await get(`${releaseUrl}/SHA256SUMS`)).text();
      const expected = sumOf(`${name}.tar.gz`, sums);
      const archive = join(folder, 'archive.tar.gz');
      const actual = await save(await get(`${releaseUrl}/${name}.tar.gz`), archive, progress);
      if (actual !== expected) {
        throw new Error(`${name}.tar.gz has SHA-256 ${actual}, its release says ${expected}: not used`);
      }
      await promisify(execFile)('tar', [
        '-xzf',
        archive,
        '-C',
        folder,
        '--strip-components=1',
        `${name}/nats-server`,
        `${name}/LICENSE`,
      ]);
      await rm(archive);
    },
  };
}

async function get(url: string): Promise<Response> {
  const connecting = new AbortController();
  const slow = setTimeout(() => connecting.abort(new Error(`no answer in ${CONNECT_MS_MAX} ms`)), CONNECT_MS_MAX);
  try {
    const signal = AbortSignal.any([connecting.signal, AbortSignal.timeout(DOWNLOAD_MS_MAX)]);
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(slow);
  }
}

/** Node's fetch says only "fetch failed"; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function sumOf(file: string, sums: string): string {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && sum !== undefined) return sum.toLowerCase();
  }
  throw new Error(`the release has no ${file}: its SHA256SUMS does not list it`);
}

/** Streams a response into a file; returns the SHA-256 of what it wrote, hex. */
async function save(response: Response, file: string, progress: Progress): Promise<string> {
  if (response.body === null) throw new Error(`${response.url}: an answer without a body`);
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      progress.reach(bytes);
      done(null, chunk);
    },
  });
  progress.begin('nats-server', Number(response.headers.get('content-length')) || undefined);
  try {
    await pipeline(Readable.fromWeb(response.body), measure, createWriteStream(file));
  } finally {
    progress.end();
  }
  return hash.digest('hex');
}
