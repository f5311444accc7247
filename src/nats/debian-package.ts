/**
 * Fetches nats-server from the Debian suite `testing`, for machines that reach a Debian mirror and little else.
 * apt works in a private folder and needs no root; the machine's own package state is neither read nor changed.
 * The mirror is the one the machine already uses, and apt checks Debian's signatures as always.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { DownloadSource, Progress } from './download.ts';

const SUITE = 'testing';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const WHERE_IT_MAY_BE = ['usr/sbin/nats-server', 'usr/bin/nats-server'];

export interface DebianPackage {
  /** As process.platform and process.arch say; they name the cache folder. */
  readonly platform: string;
  readonly arch: string;
  /** Debian's keys; the package is refused without them. */
  readonly keyring?: string;
}

export function debianPackage({ platform, arch, keyring = KEYRING }: DebianPackage): DownloadSource {
  return {
    name: `the package nats-server of Debian ${SUITE}`,
    cachedAs: `nats-server-debian-${platform}-${arch}`,
    async fetchInto(folder, progress) {
      if (!existsSync(keyring)) throw new Error(`this is no Debian: ${keyring} is missing`);
      const work = join(folder, 'apt');
      await mkdir(join(work, 'state/lists/partial'), { recursive: true });
      await mkdir(join(work, 'cache/archives/partial'), { recursive: true });
      await writeFile(join(work, 'status'), '');
      progress.begin('nats-server (a Debian package)', 100);
      try {
        await fetchPackage(work, keyring, progress);
      } finally {
        progress.end();
      }
      await unpack(work, folder);
      await rm(work, { recursive: true });
    },
  };
}

/** Tries the machine's mirrors in turn: the security archive, for one, has no such suite. */
async function fetchPackage(work: string, keyring: string, progress: Progress): Promise<void> {
  const mirrors = await mirrorsOf(work);
  if (mirrors.length === 0) throw new Error('apt is configured with no mirror');
  let failure: unknown;
  for (const mirror of mirrors) {
    // check-valid-until=no: a mirror may be a frozen snapshot. target=Packages: no translations, icons, contents.
    const options = `target=Packages check-valid-until=no signed-by=${keyring}`;
    await writeFile(join(work, 'sources.list'), `deb [${options}] ${mirror} ${SUITE} main\n`);
    try {
      await apt(work, ['update'], (percent) => progress.reach(percent * 0.6));
      await apt(work, ['download', 'nats-server'], (percent) => progress.reach(60 + percent * 0.4));
      return;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Base addresses of the machine's own sources, in their order. Works also where its package lists were deleted. */
async function mirrorsOf(work: string): Promise<string[]> {
  const listing = await run('apt-get', ['-o', `Dir::State=${work}/state`, '--print-uris', 'update'], work);
  const mirrors = [...listing.matchAll(/^'(\S+?)\/?\/dists\/[^']*\/main\/binary-/gm)].map(([, base]) => base ?? '');
  return [...new Set(mirrors)];
}

function apt(work: string, command: readonly string[], onPercent: (percent: number) => void): Promise<string> {
  const settings = {
    'Dir::State': `${work}/state`,
    'Dir::State::status': `${work}/status`,
    'Dir::Cache': `${work}/cache`,
    'Dir::Etc::SourceList': `${work}/sources.list`,
    'Dir::Etc::SourceParts': '/dev/null',
    // The machine's pins name suites and packages that this private state does not know.
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'APT::Default-Release': '',
    // Run by root, apt would fetch as user _apt, who cannot enter a folder of root's.
    'APT::Sandbox::User': 'root',
    // A mirror that cannot be reached is a failure, not a warning; and it is found out soon.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '10',
    'Acquire::https::Timeout': '10',
    'APT::Status-Fd': '3',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return run('apt-get', [...flags, ...command], work, (text) => {
    for (const [, percent] of text.matchAll(/^dlstatus:[^:]*:([\d.]+):/gm)) onPercent(Number(percent));
  });
}

async function unpack(work: string, folder: string): Promise<void> {
  const file = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error('apt-get download left no package');
  await run('dpkg-deb', ['-x', file, 'unpacked'], work);
  const binary = WHERE_IT_MAY_BE.map((path) => join(work, 'unpacked', path)).find((path) => existsSync(path));
  if (binary === undefined) throw new Error(`${file} holds no nats-server`);
  await rename(binary, join(folder, 'nats-server'));
}

/** Runs a program to its end; returns what it printed. `onStatus` gets what it writes to descriptor 3. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
  onStatus: (text: string) => void = () => {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const output = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output.err += text;
    });
    const status = child.stdio[3] as Readable;
    status.setEncoding('utf8').on('data', onStatus);
    child.on('error', (error) => reject(new Error(`${program} does not run: ${error.message}`, { cause: error })));
    child.on('close', (code) => {
      if (code === 0) resolve(output.out);
      else reject(new Error(`${program} failed: ${firstErrorOf(output.err) ?? `exit code ${code}`}`));
    });
  });
}

function firstErrorOf(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => line.startsWith('E:')) ?? lines.at(-1);
}
