import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FindBinary, findBinary } from '../../src/nats/binary.ts';
import type { DownloadSource } from '../../src/nats/download.ts';
import { newFolder, SILENT, serverSaying } from './given.ts';

async function aSearch(
  parts: Partial<FindBinary> = {},
): Promise<FindBinary & { readonly folder: string; readonly warnings: string[] }> {
  const folder = await newFolder();
  const warnings: string[] = [];
  return {
    folder,
    warnings,
    given: undefined,
    searchPath: '',
    cacheFolder: join(folder, 'cache'),
    downloads: [],
    progress: SILENT,
    warn: (message) => warnings.push(message),
    ...parts,
  };
}

function aSource(version: string, times: { count: number } = { count: 0 }): DownloadSource {
  return {
    name: `a made-up source of ${version}`,
    cachedAs: `nats-server-${version}`,
    async fetchInto(folder) {
      times.count += 1;
      await serverSaying(join(folder, 'nats-server'), version);
    },
  };
}

const unreachable: DownloadSource = {
  name: 'the moon',
  cachedAs: 'moon',
  fetchInto: () => Promise.reject(new Error('no route')),
};

describe('finding the server binary', () => {
  test('the given one wins over PATH', async () => {
    const search = await aSearch();
    const given = await serverSaying(join(search.folder, 'mine'), '2.15.1');
    await serverSaying(join(search.folder, 'nats-server'), '2.15.2');
    expect(await findBinary({ ...search, given, searchPath: search.folder })).toEqual({
      path: given,
      version: '2.15.1',
    });
  });

  test('a given one that is too old is refused, naming the version found', async () => {
    const search = await aSearch({ downloads: [aSource('2.15.1')] });
    const given = await serverSaying(join(search.folder, 'mine'), '2.10.27');
    await expect(findBinary({ ...search, given })).rejects.toMatchObject({
      code: 'serverUnfit',
      message: expect.stringContaining('2.10.27'),
    });
  });

  test('a given one that does not exist is refused, not replaced', async () => {
    const search = await aSearch({ given: '/nowhere/nats-server', downloads: [aSource('2.15.1')] });
    await expect(findBinary(search)).rejects.toMatchObject({
      code: 'badConfiguration',
      message: expect.stringContaining('LEDGERLINE_NATS_BIN cannot be used: /nowhere/nats-server'),
    });
  });

  test('an old one on PATH is passed over, with a warning, for a newer one behind it', async () => {
    const search = await aSearch();
    const [first, second] = [join(search.folder, 'first'), join(search.folder, 'second')];
    await mkdir(first);
    await mkdir(second);
    await serverSaying(join(first, 'nats-server'), '2.9.10');
    const newer = await serverSaying(join(second, 'nats-server'), '2.15.1');
    expect(await findBinary({ ...search, searchPath: `${first}:/nowhere:${second}` })).toEqual({
      path: newer,
      version: '2.15.1',
    });
    expect(search.warnings).toEqual([expect.stringContaining('2.9.10')]);
  });

  test('an acceptable but not advised one is used with a warning', async () => {
    const search = await aSearch();
    await serverSaying(join(search.folder, 'nats-server'), '2.14.0');
    await findBinary({ ...search, searchPath: search.folder });
    expect(search.warnings).toEqual([expect.stringContaining('advised')]);
  });

  test('a download is kept and found the next time', async () => {
    const times = { count: 0 };
    const search = await aSearch({ downloads: [unreachable, aSource('2.15.1', times)] });
    const first = await findBinary(search);
    expect(first).toEqual({ path: join(search.cacheFolder, 'nats-server-2.15.1', 'nats-server'), version: '2.15.1' });
    expect(await findBinary(search)).toEqual(first);
    expect(times.count).toBe(1);
  });

  test('two searches at once both succeed and leave one download', async () => {
    const search = await aSearch({ downloads: [aSource('2.15.1')] });
    const [one, other] = await Promise.all([findBinary(search), findBinary(search)]);
    expect(one).toEqual(other);
    expect(await readdir(search.cacheFolder)).toEqual(['nats-server-2.15.1']);
  });

  test('a broken file in the cache is replaced', async () => {
    const search = await aSearch({ downloads: [aSource('2.15.1')] });
    const broken = join(search.cacheFolder, 'nats-server-2.15.1');
    await mkdir(broken, { recursive: true });
    await writeFile(join(broken, 'nats-server'), 'half a');
    expect((await findBinary(search)).version).toBe('2.15.1');
  });

  test('a failed download leaves nothing behind', async () => {
    const search = await aSearch({ downloads: [unreachable] });
    await expect(findBinary(search)).rejects.toThrow();
    expect(await readdir(search.cacheFolder)).toEqual([]);
    expect(existsSync(join(search.cacheFolder, 'moon'))).toBe(false);
  });

  test('with no network one message names what was tried and how to supply it', async () => {
    const search = await aSearch({ downloads: [unreachable, { ...unreachable, name: 'the sun' }] });
    const failure = await findBinary(search).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(`${failure}`).toContain('nats-server is missing');
    expect(`${failure}`).toContain('tried the moon: no route');
    expect(`${failure}`).toContain('tried the sun: no route');
    expect(`${failure}`).toContain('LEDGERLINE_NATS_BIN=/path/to/nats-server');
  });
});
