import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NatsAccess, type NatsGrant } from '../../src/nats/access.ts';
import { sharedInMemory } from '../support/shared-value.ts';
import { CONF, newFolder } from './given.ts';

const open = (folder: string, isDemo = true) => NatsAccess.open({ folder, confPath: CONF, isDemo });

function grantOf(access: NatsAccess, name: string): NatsGrant {
  return { tenant: 'acme', name, kinds: [], publicKey: access.mintKey().publicKey, createdAt: 0 };
}

const confIn = (folder: string) => readFile(join(folder, 'server.conf'), 'utf8');

describe('who may sign in', () => {
  test('is nobody without a key outside the demo, also after the last consumer is gone', async () => {
    const folder = await newFolder();
    const access = await open(folder, false);
    await access.writeConf();
    expect(await confIn(folder)).not.toContain('no_auth_user');
    const grant = grantOf(access, 'board');
    await access.grant(grant);
    await access.revoke(grant);
    expect(await confIn(folder)).not.toContain('no_auth_user');
  });

  test('is everybody on this machine in the demo, until there is a consumer outside, and again from the start after the last', async () => {
    const folder = await newFolder();
    const access = await open(folder);
    await access.writeConf();
    expect(await confIn(folder)).toContain('no_auth_user');
    const grant = grantOf(access, 'board');
    await access.grant(grant);
    expect(await confIn(folder)).not.toContain('no_auth_user');
    await access.revoke(grant);
    expect(await confIn(folder)).not.toContain('no_auth_user');
    await (await open(folder)).writeConf();
    expect(await confIn(folder)).toContain('no_auth_user');
  });

  test('is remembered, with our own key, and no secret of a consumer is', async () => {
    const folder = await newFolder();
    const access = await open(folder);
    const { publicKey, seed } = access.mintKey();
    await access.grant({ ...grantOf(access, 'board'), publicKey });
    const again = await open(folder);
    expect(again.seed).toBe(access.seed);
    expect(again.grants.map((grant) => grant.publicKey)).toEqual([publicKey]);
    for (const name of await readdir(folder)) {
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(seed);
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    }
  });

  test('is Ledgerline by a new key where the power failed while the first was made', async () => {
    const folder = await newFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'ledger.nk'), '');
    const { seed } = await open(folder);
    expect(seed).toMatch(/^SU[A-Z2-7]{56}$/);
    expect((await open(folder)).seed).toBe(seed);
    expect((await stat(join(folder, 'ledger.nk'))).mode & 0o077).toBe(0);
  });

  test('is what it was when a change cannot be put into effect', async () => {
    const folder = await newFolder();
    const access = await open(folder);
    await access.grant(grantOf(access, 'kept'));
    const before = await confIn(folder);
    access.onChange(() => Promise.reject(new Error('refused')));
    await expect(access.grant(grantOf(access, 'lost'))).rejects.toThrow('refused');
    expect(access.grants.map(({ name }) => name)).toEqual(['kept']);
    expect(await confIn(folder)).toBe(before);
  });

  test('finds a log that was kept without accounts', async () => {
    const folder = await newFolder();
    const old = join(folder, 'jetstream', '$G', 'streams');
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'block'), 'records');
    await open(folder);
    await open(folder);
    expect(await readFile(join(folder, 'jetstream', 'LEDGER', 'streams', 'block'), 'utf8')).toBe('records');
  });
});

test('a server that takes over knows whom the one before let in, and not whom it knew itself an earlier time', async () => {
  const shared = sharedInMemory();
  const [one, other] = [await open(await newFolder(), false), await open(await newFolder(), false)];
  const [early, late] = [grantOf(one, 'early'), grantOf(one, 'late')];
  await one.grant(early);
  await one.share(shared);
  await other.share(shared);
  expect(other.grants).toEqual([early]);
  await other.grant(late);
  await other.revoke(early);
  await one.share(shared);
  expect(one.grants).toEqual([late]);
});
