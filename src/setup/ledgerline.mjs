#!/usr/bin/env node
/**
 * The program `ledgerline` (`npx ledgerline …`): sets up what is missing, then is src/cli/ledgerline.ts. Under an older
 * Node it starts the pinned one, passes signals on to it and ends as it does.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './console.mjs';
import { ensurePackages } from './packages.mjs';
import { ensureRuntime, isThisProcess, RUNTIME } from './runtime.mjs';

const ENTRY = new URL('../cli/ledgerline.ts', import.meta.url);

function runPinned() {
  const child = spawn(RUNTIME, [fileURLToPath(ENTRY), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A Ctrl-C reaches the child from the terminal as well: it takes a repeated signal for the same one.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

try {
  await ensurePackages({ dev: false });
  await ensureRuntime();
  if (process.argv[2] === 'start') await ensureConsole();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (isThisProcess()) {
  process.argv[1] = fileURLToPath(ENTRY);
  await import(ENTRY.href);
} else {
  runPinned();
}
