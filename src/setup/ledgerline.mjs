#!/usr/bin/env node
/**
 * The program `ledgerline` (`npx ledgerline …`, `npm start`): sets up what is missing, then becomes the server, or is
 * src/cli/ledgerline.ts. Under an older Node it starts the pinned one, passes signals on to it and ends as it does.
 */
import { spawn } from 'node:child_process';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './console.mjs';
import { ensurePackages } from './packages.mjs';
import { ensureRuntime, isThisProcess, RUNTIME } from './runtime.mjs';
import { COMPILED, SERVER, SERVER_ENVIRONMENT, SERVER_FLAGS } from './server.mjs';

const ENTRY = new URL('../cli/ledgerline.ts', import.meta.url);
const words = process.argv.slice(2);
/** Any more words, such as `--help`, are for the command of that name. */
const isServer = words.join(' ') === 'start';

const NOT_FROM_HERE = `ledgerline: the server and its commands run in a clone of the repository (git clone, npm start), and are not
started out of node_modules, where Node takes no TypeScript. As an installed package it is the client library.`;

/** As a package of somebody else's program. */
function isInstalled() {
  return fileURLToPath(import.meta.url)
    .split(sep)
    .includes('node_modules');
}

/** The same process where Node can do that, as `exec` of a shell would; else a child of this one. */
function become(args, more) {
  const env = { ...more, ...process.env };
  if (process.execve !== undefined) process.execve(RUNTIME, [RUNTIME, ...args], env);
  const child = spawn(RUNTIME, args, { stdio: 'inherit', env });
  // A Ctrl-C reaches the child from the terminal as well: it takes a repeated signal for the same one.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

try {
  if (isInstalled()) throw new Error(NOT_FROM_HERE);
  await ensurePackages({ dev: false });
  await ensureRuntime();
  if (words[0] === 'start') await ensureConsole();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (isServer) {
  become([...SERVER_FLAGS, SERVER], SERVER_ENVIRONMENT);
} else if (isThisProcess()) {
  nodeModule.enableCompileCache(COMPILED);
  process.argv[1] = fileURLToPath(ENTRY);
  await import(ENTRY.href);
} else {
  become([fileURLToPath(ENTRY), ...words], { NODE_COMPILE_CACHE: COMPILED });
}
