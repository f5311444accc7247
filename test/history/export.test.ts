import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExportFormat, exported } from '../../src/history/export.ts';
import { testFile } from '../../src/history/export-test.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Transition } from '../../src/model/transition.ts';
import { CENTRE, type Centre, toAgent } from '../support/centre.ts';
import { givenBusyCentre } from './given.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BOB: ActorId = { tenant: CENTRE, kind: 'agent', id: 'bob' };
let centre: Centre;
let folder: string;

beforeAll(async () => {
  centre = await givenBusyCentre();
  const away = toAgent('bob', { type: 'setAway', reason: { name: '=HYPERLINK("x"), "quoted"' } });
  await centre.runtime.submit({ id: '=1+1', tenant: CENTRE, by: 'system:test', via: 'test', deliveries: [away] });
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-exported-'));
});
afterAll(async () => {
  await centre.close();
  await rm(folder, { recursive: true, force: true });
});

const all = () => centre.runtime.replay({ after: 0, upTo: centre.runtime.live.position });
const textOf = async (format: ExportFormat) => (await Array.fromAsync(exported(all(), format))).join('');
const shown = () => centre.log.records.filter(({ subject }) => subject.startsWith('evt.')).length;

describe('an export', () => {
  test('as CSV is what RFC 4180 says, a header, a row per record that is not private, CRLF after each; and runs no formula', async () => {
    const csv = await textOf('csv');
    expect(csv.split('\r\n')).toHaveLength(shown() + 2);
    const rows = parse<Record<string, string>>(csv, { columns: true });
    expect(rows).toHaveLength(shown());
    expect(rows.at(-1)).toMatchObject({ actor: 'centre/agent/bob', event: 'setAway', command: "'=1+1" });
    expect(JSON.parse(rows.at(-1)?.fields ?? '')).toEqual({ reason: { name: '=HYPERLINK("x"), "quoted"' } });
  });

  test('as JSON Lines has positions, as CloudEvents is one batch of what is stored', async () => {
    const lines = (await textOf('jsonl')).trimEnd().split('\n');
    const events = JSON.parse(await textOf('cloudevents')) as Transition[];
    expect(lines.map((line) => JSON.parse(line).record)).toEqual(events);
    expect(events).toHaveLength(shown());
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ position: 1, record: { specversion: '1.0' } });
  });

  test('of nothing is a document all the same', async () => {
    const none = () => centre.runtime.replay({ after: 0, upTo: 0 });
    expect(JSON.parse((await Array.fromAsync(exported(none(), 'cloudevents'))).join(''))).toEqual([]);
    expect((await Array.fromAsync(exported(none(), 'csv'))).join('')).toMatch(/^position,time,actor/);
  });
});

/** Runs a test file as somebody would who was given it. */
async function run(source: string): Promise<{ readonly code: number | null; readonly said: string }> {
  await writeFile(join(folder, 'history.test.ts'), source);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules')).catch(() => undefined);
  const words = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, said: said + errors };
}

describe('a history exported to a test', () => {
  const transitions = async () =>
    (await Array.fromAsync(centre.runtime.replay({ after: 0, upTo: centre.runtime.live.position, of: BOB }))).map(
      ({ transition }) => transition,
    );

  test('runs and passes', async () => {
    const records = await transitions();
    const { code, said } = await run(testFile({ actor: BOB, records, root: ROOT }));
    expect(said).toContain(`${records.length} passed`);
    expect(code).toBe(0);
  });

  test('imports nothing in vain, is not formatted again and has no name that lint refuses', async () => {
    const records = await transitions();
    for (const source of [records, records.slice(3)].map((some) =>
      testFile({ actor: BOB, records: some, root: '../..' }),
    )) {
      const imported = /import \{ historyOf, (.*) \}/.exec(source)?.[1]?.split(', ') ?? [];
      for (const name of imported.map((one) => one.replace('type ', '')))
        expect(source.split(new RegExp(`\\b${name}\\b`))).not.toHaveLength(2);
      expect(source).toMatch(/^\/\/ biome-ignore-all format: /);
      expect(source).not.toMatch(/\bthen: /);
    }
  });

  test('may begin in the middle', async () => {
    const records = (await transitions()).slice(3);
    const { code, said } = await run(testFile({ actor: BOB, records, root: ROOT }));
    expect(said).toContain(`${records.length - 1} passed`);
    expect(code).toBe(0);
  });

  test('fails, and names the version, when the machine decides otherwise', async () => {
    const records = await transitions();
    const source = testFile({ actor: BOB, records, root: ROOT });
    const { code, said } = await run(source.replace('"name":"Training"', '"name":"Lunch"'));
    expect(code).toBe(1);
    expect(said).toMatch(/version \d+, by setAway/);
  });
});
