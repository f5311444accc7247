import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const MADE_OF = [
  'src/setup',
  'src/console',
  'src/model',
  'src/errors.ts',
  '.config',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

describe('the page of the console, before the server starts', () => {
  let clone: string;
  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'ledgerline-console-'));
    for (const path of MADE_OF) await cp(join(ROOT, path), join(clone, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  });
  afterAll(() => rm(clone, { recursive: true, force: true }));

  /** What it says. */
  const build = async (): Promise<string> => {
    const program = `import('${join(clone, 'src/setup/console.mjs')}').then(({ ensureConsole }) => ensureConsole())`;
    return (await promisify(execFile)(process.execPath, ['-e', program])).stderr;
  };
  const page = (): Promise<string> => readFile(join(clone, 'dist/console/index.html'), 'utf8');

  test('is built once', async () => {
    expect(await build()).toContain('building the console');
    expect(await page()).toContain('/console/assets/');
    expect(await build()).toBe('');
  });

  test('is built again when its sources have changed', async () => {
    const before = await page();
    await appendFile(join(clone, 'src/console/web/style/frame.css'), '\n.added { color: red; }\n');
    expect(await build()).toContain('building the console');
    expect(await page()).not.toBe(before);
  });

  test('stays as it was, and says why, when it cannot be built', async () => {
    const before = await page();
    await appendFile(join(clone, 'src/console/web/main.tsx'), '\nconst = ;\n');
    expect(await build()).toContain('the console could not be built');
    expect(await page()).toBe(before);
  });

  test('stays as it was where the packages that build it are missing', async () => {
    await unlink(join(clone, 'node_modules'));
    expect(await build()).toBe('');
    expect(existsSync(join(clone, 'dist/console/index.html'))).toBe(true);
  });
});
