/**
 * What must hold of a log after whatever happened to its server: every acknowledged command is in it exactly once, versions
 * have no gaps, and projections rebuilt from zero equal the ones that lived through it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { openLedger } from '../../src/composition/ledger.ts';
import { readConfig } from '../../src/config.ts';
import { isFailure } from '../../src/errors.ts';
import { type ChainHead, chainBreak } from '../../src/log/codec.ts';
import type { Log, StoredRecord } from '../../src/log/log.ts';
import { patiently } from '../../src/log/patience.ts';
import { keyOf } from '../../src/model/actor-id.ts';
import { Database } from '../../src/projector/database.ts';
import { type Read, readStored } from '../../src/projector/read.ts';
import { WholeCommands } from '../../src/projector/whole-commands.ts';
import { tablesOf } from './given.ts';

export interface ProvedHistory {
  /** Ids of all commands that were stored whole. */
  readonly commands: ReadonlySet<string>;
  /** Records of those that were not. */
  readonly void: number;
}

/** Reads the log itself, with no server of ours before it. */
export async function proveHistory(
  dataDir: string,
  acknowledged: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>> = {},
): Promise<ProvedHistory> {
  const live = digest(join(dataDir, 'projections', 'live.db'));
  await rm(join(dataDir, 'projections'), { recursive: true });
  const config = readConfig(
    {
      LEDGERLINE_NATS_PORT: '0',
      LEDGERLINE_DATA: dataDir,
      LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN,
      ...env,
    },
    '/',
  );
  const io = { logger: pino({ level: 'silent' }), searchPath: process.env.PATH ?? '', progress: () => undefined };
  const ledger = await openLedger(config, io);
  const found = new Map<string, number>();
  const parts = new Set<number>();
  try {
    const heads = new Map<string, ChainHead>();
    const whole = new WholeCommands<Read>((read) => {
      parts.add(read.position);
      return read;
    });
    for await (const chunk of wholeOf(ledger.log)) {
      for (const { position, record, junk } of whole.take(chunk.map((stored) => readStored(stored)))) {
        if (record === undefined) throw new Error(`${position}: ${junk}`);
        if (parts.has(position)) continue;
        const key = keyOf(record.actor);
        expect(chainBreak(record, heads.get(key)), `${key} at ${position}`).toBeUndefined();
        heads.set(key, { version: record.transition.data.version, hash: record.hash });
        const { command } = record.transition.data.cause;
        if (record.transition.data.part.number === 1) found.set(command, (found.get(command) ?? 0) + 1);
      }
    }
    const wrong = [...acknowledged.keys()].filter((id) => found.get(id) !== 1);
    expect(wrong).toEqual([]);
  } finally {
    await ledger.close();
  }
  expect(digest(join(dataDir, 'projections', 'live.db'))).toEqual(live);
  return { commands: new Set(found.keys()), void: parts.size };
}

/** From beginning to end; where a machine that stood still for seconds has lost its connection, from there on. */
async function* wholeOf(log: Log): AsyncGenerator<readonly StoredRecord[]> {
  const upTo = await patiently('the end of the log', () => log.head());
  let after = 0;
  while (after < upTo) {
    try {
      for await (const chunk of log.read({ after, upTo })) {
        yield chunk;
        after = chunk.at(-1)?.position ?? after;
      }
    } catch (error) {
      if (!isFailure(error, 'unavailable')) throw error;
      await patiently('the log', () => log.head());
    }
  }
}

function digest(file: string): Record<string, unknown[]> {
  const database = new Database(file);
  try {
    return tablesOf(database);
  } finally {
    database.close();
  }
}
