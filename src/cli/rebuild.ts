/**
 * `ledgerline rebuild`: throws the projections away and makes them again from the log. Nothing is lost: they only hold
 * what the log says. The folder is held while they are deleted, so that no running server loses its own.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { projectionsAside } from '../composition/ledger.ts';
import { type Config, readConfig } from '../config.ts';
import { lockFolder } from '../nats/folder-lock.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { assertBegun, lockedFolder, onLedger } from './offline.ts';
import type { Terminal } from './terminal.ts';

export function addRebuild(program: Command, terminal: Terminal): void {
  const command = program
    .command('rebuild')
    .description('make the projections again from the log; no server may be running on the folder')
    .action((flags: JsonFlag) => rebuild(terminal, flags));
  explained(withJson(command), [
    ['rebuild', 'of ./data, or of LEDGERLINE_DATA'],
    ['rebuild --json', 'how many records there were and how long it took'],
  ]);
}

async function rebuild(terminal: Terminal, { json }: JsonFlag): Promise<void> {
  const config = readConfig(terminal.env, terminal.cwd);
  assertBegun(config);
  const { dataDir } = config;
  const began = performance.now();
  const position = await anew(config, join(dataDir, 'projections'), () =>
    onLedger(terminal, async ({ runtime }) => runtime.live.position),
  );
  const seconds = Number(((performance.now() - began) / 1000).toFixed(2));
  if (json === true) terminal.out(JSON.stringify({ position, seconds, dataDir }));
  else terminal.out(`rebuilt up to position ${position} in ${seconds} s`);
}

/** Puts what stood in the folder back when the log cannot be read to its end: an archive that is not at hand, for one. */
async function anew(config: Config, folder: string, rebuilt: () => Promise<number>): Promise<number> {
  const aside = projectionsAside(config);
  const lock = await lockFolder(lockedFolder(config));
  try {
    // Beside what is put aside already stands what a rebuild had begun that was killed.
    if (existsSync(aside)) await rm(folder, { recursive: true, force: true });
    else if (existsSync(folder)) await rename(folder, aside);
  } finally {
    lock.release();
  }
  try {
    return await rebuilt();
  } catch (error) {
    if (existsSync(aside)) {
      await rm(folder, { recursive: true, force: true });
      await rename(aside, folder);
    }
    throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
