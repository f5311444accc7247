/**
 * `npm test`: types, format and lint, then every test, against a real nats-server that is found or fetched first.
 * The last line printed is the count; the exit code is 0 only when nothing failed. Arguments go to vitest:
 *   npm test -- test/log
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBinary } from '../nats/binary.ts';
import { downloadProgress } from '../nats/download-progress.ts';
import { downloadsFor } from '../nats/downloads.ts';
import { type Check, format, type TestReport, tally } from './tally.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Named, for the folder above them holds biome's configuration too, and biome would take it for a second one. */
const CHECKED = ['src', 'machines', 'projections', 'test', 'package.json', 'tsconfig.json'];

const CHECKS: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['types of the console', 'tsc', '-p', 'src/console/web'],
  ['types of the examples', 'tsc', '-p', '.config/tsconfig.examples.json'],
  ['format and lint', 'biome', 'check', '--config-path=.config/biome.json', ...CHECKED],
];

async function natsServer(): Promise<string> {
  const { platform, arch, env } = process;
  const binary = await findBinary({
    given: env.LEDGERLINE_NATS_BIN,
    searchPath: env.PATH ?? '',
    cacheFolder: join(ROOT, '.cache'),
    downloads: downloadsFor({ platform, arch, releasesUrl: env.LEDGERLINE_NATS_RELEASES }),
    progress: downloadProgress(process.stderr),
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  return binary.path;
}

/** Runs a program of node_modules/.bin with this terminal; true when it succeeded. */
async function succeeds(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(join(ROOT, 'node_modules', '.bin', program), args, { cwd: ROOT, stdio: 'inherit', env });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function runChecks(): Promise<Check[]> {
  const results: Check[] = [];
  for (const [name, program, ...args] of CHECKS) {
    const ok = await succeeds(program, args, process.env);
    process.stdout.write(`${name}: ${ok ? 'ok' : 'FAILED'}\n`);
    results.push({ name, ok });
  }
  return results;
}

async function runTests(binary: string): Promise<{ readonly ok: boolean; readonly report: TestReport | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-tests-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['run', '--config', '.config/vitest.config.ts', ...reporters, ...process.argv.slice(2)];
  try {
    const ok = await succeeds('vitest', args, { ...process.env, LEDGERLINE_NATS_BIN: binary });
    return { ok, report: readReport(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The runner ended before it wrote one, which the tally counts as a failure.
    return undefined;
  }
}

async function main(): Promise<void> {
  const checks = await runChecks();
  const { ok, report } = await natsServer().then(runTests, (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    return { ok: false, report: undefined };
  });
  const result = tally(checks, report, ok);
  process.exitCode = result.failed === 0 ? 0 : 1;
  process.stdout.write(`${format(result)}\n`);
}

await main();
