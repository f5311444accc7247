import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { blocksOf, documentAt, examplesOf, matches, printedBy, shellFor } from './examples.ts';

const README = documentAt('README.md');
const PAGES = [
  'README.md',
  'docs/history.md',
  'docs/consumers.md',
  'docs/web-services.md',
  'docs/service-api.md',
  'docs/ccs.md',
  'docs/xuc.md',
  'docs/native.md',
];
const EXAMPLES = PAGES.flatMap((path) => examplesOf(documentAt(path)));

let server: ServerProcess;
let shell: (command: string) => Promise<string>;
/** How much further the log was when these examples were printed. */
let shift: number;

beforeAll(async () => {
  server = await startServerProcess();
  shell = await shellFor(server.url);
  const answer = await fetch(`${server.url}/healthz`);
  const { position } = (await answer.json()) as { readonly position: number };
  const printed = /^ *(\d+) .* v2 {2}setReady /m.exec(README)?.[1];
  shift = position + 1 - Number(printed);
});
afterAll(() => server.remove());

const shifted = (command: string) =>
  command.replace(/(--at|--since|As-Of:) (\d+)/g, (_, flag, position) => `${flag} ${Number(position) + shift}`);

test.each(EXAMPLES.map(({ command, output }) => [command, output] as const))(
  'an example prints what its document says: %s',
  async (command, output) => {
    const printed = await printedBy((line) => shell(shifted(line)), { command, output });
    expect(matches(printed, output) ? output : printed).toBe(output);
  },
);

test('there are examples to run', () => {
  expect(EXAMPLES.length).toBeGreaterThan(12);
});

test('the README shows what the consumers’ test runs, but for how each is called', () => {
  const folder = join(import.meta.dirname, '..', '..', 'docs', 'examples');
  const programs = ['nats-live.ts', 'nats-durable.ts'].map((file) =>
    readFileSync(join(folder, file), 'utf8').replace(/^\/\*\*.*?\*\/\n/s, ''),
  );
  expect(blocksOf(README, 'ts')).toEqual(programs);
  for (const program of programs) expect(program.trim().split('\n').length).toBeLessThanOrEqual(10);
});
