import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKeeper } from '../../../src/subscribers/webhook/place.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-place-'));
});
afterEach(() => rm(folder, { recursive: true }));

const LONGEST = 256;
const attempt = {
  at: 1,
  id: 'e',
  type: 't',
  position: 7,
  attempt: 1,
  outcome: { kind: 'taken', status: 200 },
} as const;

test.each([
  ['short', 'crm'],
  ['with dots and slashes', '../../.crm/..'],
  ['as long as one may be', 'x'.repeat(LONGEST)],
  ['as long as one may be, of letters that take three bytes each in a name', 'é'.repeat(LONGEST / 2)],
])('an id %s has a place of its own', async (_, id) => {
  const keeper = fileKeeper(folder, 'acme', id);
  const other = fileKeeper(folder, 'acme', `${id.slice(0, -1)}y`);
  await keeper.writePlace({ position: 7, dead: [] });
  await keeper.writeAttempts([attempt]);
  await other.writePlace({ position: 8, dead: [] });
  expect(await keeper.read()).toEqual({ place: { position: 7, dead: [] }, attempts: [attempt] });
  expect(await readdir(folder)).toEqual(['acme']);
  await keeper.forget();
  await other.forget();
  expect(await readdir(join(folder, 'acme'))).toEqual([]);
});
