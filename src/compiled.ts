/**
 * Compiled code for the next start. Node writes it down when a process or a thread ends, which a killed one never comes
 * to: so it is written soon after the start, and not at once, so that the first requests need not wait for it. Does
 * nothing where no folder is set (src/setup/server.mjs).
 */
import { flushCompileCache } from 'node:module';

const AFTER_MS = 2_000;

/** Of the thread that asks; each keeps what it has compiled. */
export function keepCompiled(): void {
  setTimeout(flushCompileCache, AFTER_MS).unref();
}
