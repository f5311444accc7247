import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKeeper, type PlaceKeeper, sharedKeeper } from '../../../src/subscribers/webhook/place.ts';
import { sharedInMemory } from '../../support/shared-value.ts';

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

test('whoever takes over goes on where the other one was, not where he himself was before; his attempts are his own', async () => {
  const shared = sharedInMemory();
  const [one, other]: readonly PlaceKeeper[] = ['one', 'other'].map((server) =>
    sharedKeeper(fileKeeper(join(folder, server), 'acme', 'crm'), shared),
  );
  await one?.writePlace({ position: 7, dead: [] });
  await one?.writeAttempts([attempt]);
  expect(await other?.read()).toEqual({ place: { position: 7, dead: [] }, attempts: undefined });
  await other?.writePlace({ position: 5, dead: [] });
  expect(await one?.read()).toEqual({ place: { position: 5, dead: [] }, attempts: [attempt] });
  await one?.forget();
  expect((await one?.read())?.place).toBeUndefined();
});

test('where nothing is shared yet, or nothing that makes sense, the file counts', async () => {
  const shared = sharedInMemory();
  const own = fileKeeper(folder, 'acme', 'crm');
  await own.writePlace({ position: 7, dead: [] });
  for (const text of [undefined, '{"position":"far"}', 'not json']) {
    if (text !== undefined) await shared.write(text);
    expect((await sharedKeeper(own, shared).read()).place).toEqual({ position: 7, dead: [] });
  }
});
