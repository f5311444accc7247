/**
 * How the server's process is started, however it is asked for: `npm start`, `npx ledgerline start`. What is set in the
 * environment already stands.
 * Plain JavaScript of an old Node, nothing imported that is installed.
 */
import { join } from 'node:path';
import { ROOT } from './packages.mjs';

export const SERVER = join(ROOT, 'src', 'main.ts');

/** Half of what this Node takes: 15 MB less for good. A quarter was tried, and cost hot reads a third of their time. */
export const SERVER_FLAGS = ['--max-semi-space-size=16'];

/** Compiled code of sources and packages, kept from start to start by Node itself; may be deleted at any time. */
export const COMPILED = join(ROOT, '.cache', 'compiled');

export const SERVER_ENVIRONMENT = {
  // Sources need no stripping and compiling again: half of what a start takes otherwise.
  NODE_COMPILE_CACHE: COMPILED,
  // A fixed bound for glibc: left to itself it learns to keep the 19 MiB that each argon2 hash takes, once per thread.
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
};
