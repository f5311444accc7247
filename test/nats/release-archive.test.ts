import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { versionOf } from '../../src/nats/binary-version.ts';
import type { Progress } from '../../src/nats/download.ts';
import { releaseArchive } from '../../src/nats/release-archive.ts';
import { newFolder, SILENT, serverSaying } from './given.ts';

const NAME = 'nats-server-v2.15.1-linux-amd64';
const MACHINE = { version: '2.15.1', platform: 'linux', arch: 'x64' };

/** An archive of the form of the real ones. */
async function anArchive(): Promise<Buffer> {
  const folder = await newFolder();
  await mkdir(join(folder, NAME));
  await serverSaying(join(folder, NAME, 'nats-server'), '2.15.1');
  await writeFile(join(folder, NAME, 'LICENSE'), 'Apache-2.0');
  await writeFile(join(folder, NAME, 'README.md'), 'read me');
  execFileSync('tar', ['-czf', `${NAME}.tar.gz`, NAME], { cwd: folder });
  return readFile(join(folder, `${NAME}.tar.gz`));
}

function sumsOf(archive: Buffer): string {
  const sum = createHash('sha256').update(archive).digest('hex');
  return `${'0'.repeat(64)}  nats-server-v2.15.1-linux-arm64.tar.gz\n${sum}  ${NAME}.tar.gz\n`;
}

/** Serves files by path; returns its address. */
async function aHost(files: Record<string, Buffer | string>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    if (body === undefined) response.writeHead(404).end('no such file');
    else response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the release archive', () => {
  test('is fetched, checked and unpacked, and its progress is told', async () => {
    const archive = await anArchive();
    const baseUrl = await aHost({ '/v2.15.1/SHA256SUMS': sumsOf(archive), [`/v2.15.1/${NAME}.tar.gz`]: archive });
    const folder = await newFolder();
    const told: unknown[] = [];
    const progress: Progress = {
      begin: (_, total) => told.push(total),
      reach: (value) => told.push(value),
      end: () => told.push('end'),
    };
    await releaseArchive({ ...MACHINE, baseUrl: `${baseUrl}/` }).fetchInto(folder, progress);
    expect((await readdir(folder)).sort()).toEqual(['LICENSE', 'nats-server']);
    expect(await versionOf(join(folder, 'nats-server'))).toBe('2.15.1');
    expect(told[0]).toBe(archive.length);
    expect(told.slice(-2)).toEqual([archive.length, 'end']);
  });

  test('is not used when its checksum differs', async () => {
    const archive = await anArchive();
    const baseUrl = await aHost({
      '/v2.15.1/SHA256SUMS': sumsOf(Buffer.from('another')),
      [`/v2.15.1/${NAME}.tar.gz`]: archive,
    });
    const folder = await newFolder();
    await expect(releaseArchive({ ...MACHINE, baseUrl }).fetchInto(folder, SILENT)).rejects.toThrow('not used');
    expect(await readdir(folder)).not.toContain('nats-server');
  });

  test('is said not to exist for a machine the release has none for', async () => {
    const baseUrl = await aHost({ '/v2.15.1/SHA256SUMS': sumsOf(await anArchive()) });
    const source = releaseArchive({ ...MACHINE, arch: 'mips', baseUrl });
    await expect(source.fetchInto(await newFolder(), SILENT)).rejects.toThrow('the release has no');
  });

  test('is said to be unreachable with the reason of the failure', async () => {
    const baseUrl = await aHost({});
    const notFound = releaseArchive({ ...MACHINE, baseUrl }).fetchInto(await newFolder(), SILENT);
    await expect(notFound).rejects.toThrow('SHA256SUMS: HTTP 404');
    const nobody = releaseArchive({ ...MACHINE, baseUrl: 'http://127.0.0.1:1' });
    await expect(nobody.fetchInto(await newFolder(), SILENT)).rejects.toThrow(/SHA256SUMS: (?!fetch failed)./);
  });
});
