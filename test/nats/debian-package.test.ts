/** Against a made-up apt-get that does what the real one does with a private state; the package is a real one. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { versionOf } from '../../src/nats/binary-version.ts';
import { debianPackage } from '../../src/nats/debian-package.ts';
import type { DownloadSource, Progress } from '../../src/nats/download.ts';
import { newFolder, SILENT, script, serverSaying } from './given.ts';

interface Machine {
  readonly source: DownloadSource;
  /** The command lines of apt-get so far. */
  calls(): Promise<string[]>;
}

const MIRRORS = [
  'http://mirror.example/debian-security/dists/stable-security',
  'http://mirror.example/debian/dists/stable',
];

/** A machine with two mirrors, of which only the second has the suite. */
async function aMachine(mirrors: readonly string[] = MIRRORS): Promise<Machine> {
  const folder = await newFolder();
  const packaged = await aPackage(folder);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const uris = mirrors.flatMap((base) => [
    `'${base}/InRelease' file 0 `,
    `'${base}/main/binary-amd64/Packages.xz' file 0 `,
  ]);
  await writeFile(join(folder, 'uris'), uris.join('\n'));
  await script(
    join(bin, 'apt-get'),
    `echo "$@" >> '${folder}/calls'
case "$*" in
  *--print-uris*) cat '${folder}/uris' ;;
  *' update') grep -q 'mirror.example/debian testing main' sources.list || { echo 'E: no such suite' >&2; exit 100; } ;;
  *' download nats-server') echo 'dlstatus:1:50.0:Retrieving file 1 of 1' >&3; cp '${packaged}' . ;;
esac`,
  );
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  const keyring = join(folder, 'keyring.gpg');
  await writeFile(keyring, '');
  return {
    source: debianPackage({ platform: 'linux', arch: 'x64', keyring }),
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).trimEnd().split('\n'),
  };
}

async function aPackage(folder: string): Promise<string> {
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/sbin'), { recursive: true });
  const control = 'Package: nats-server\nVersion: 2.15.1-1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: d\n';
  await writeFile(join(tree, 'DEBIAN/control'), control);
  await serverSaying(join(tree, 'usr/sbin/nats-server'), '2.15.1');
  const file = join(folder, 'nats-server_2.15.1-1_all.deb');
  execFileSync('dpkg-deb', ['--build', tree, file], { stdio: 'ignore' });
  return file;
}

describe.skipIf(!existsSync('/usr/bin/dpkg-deb'))('the Debian package', () => {
  beforeEach(() => () => vi.unstubAllEnvs());

  test('is fetched from the first of the mirrors that has the suite, and only the server is kept', async () => {
    const { source } = await aMachine();
    const folder = await newFolder();
    const told: (number | string | undefined)[] = [];
    const progress: Progress = {
      begin: (_, total) => told.push(total),
      reach: (value) => told.push(value),
      end: () => told.push('end'),
    };
    await source.fetchInto(folder, progress);
    expect(await readdir(folder)).toEqual(['nats-server']);
    expect(await versionOf(join(folder, 'nats-server'))).toBe('2.15.1');
    expect(told).toEqual([100, 80, 'end']);
  });

  test('leaves the package state of the machine alone', async () => {
    const { source, calls } = await aMachine();
    const folder = await newFolder();
    await source.fetchInto(folder, SILENT);
    for (const call of await calls()) expect(call).toContain(`Dir::State=${folder}/`);
    for (const call of (await calls()).slice(1)) {
      expect(call).toContain(`Dir::State::status=${folder}/`);
      expect(call).toContain(`Dir::Cache=${folder}/`);
      expect(call).toContain('Dir::Etc::SourceParts=/dev/null');
    }
  });

  test('cannot be had where apt is configured with no mirror, or none has it', async () => {
    const none = await aMachine([]);
    await expect(none.source.fetchInto(await newFolder(), SILENT)).rejects.toThrow('apt is configured with no mirror');
    const without = await aMachine(['http://mirror.example/other/dists/stable']);
    await expect(without.source.fetchInto(await newFolder(), SILENT)).rejects.toThrow('E: no such suite');
  });

  test('cannot be had on a machine that is no Debian', async () => {
    const elsewhere = debianPackage({ platform: 'linux', arch: 'x64', keyring: '/nowhere/keyring.gpg' });
    await expect(elsewhere.fetchInto(await newFolder(), SILENT)).rejects.toThrow('this is no Debian');
    const { source } = await aMachine();
    vi.stubEnv('PATH', '/nowhere');
    await expect(source.fetchInto(await newFolder(), SILENT)).rejects.toThrow('apt-get does not run');
  });
});
