/**
 * Where the webhook is in the log, kept in a small file: everything up to there was delivered or given up. A file that
 * cannot be read counts as none; one is written whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import type { SharedValue } from '../../../log/shared-values.ts';
import { writeWhole } from '../../../log/whole-file.ts';
import type { Position } from '../../../model/position.ts';

export interface Cursor {
  /** Undefined at the first start. */
  read(): Promise<Position | undefined>;
  write(position: Position): Promise<void>;
}

export function fileCursor(file: string): Cursor {
  return {
    read: async () => positionIn(await readFile(file, 'utf8').catch(() => '')),
    write: (position) => writeWhole(file, JSON.stringify({ position })),
  };
}

/** The same, where servers that take over from one another find it, too; that counts more than a file of an earlier time. */
export function sharedCursor(own: Cursor, shared: SharedValue): Cursor {
  return {
    read: async () => positionIn((await shared.read()) ?? '') ?? own.read(),
    async write(position) {
      await own.write(position);
      await shared.write(JSON.stringify({ position }));
    },
  };
}

function positionIn(text: string): Position | undefined {
  try {
    const { position } = JSON.parse(text) as { readonly position?: unknown };
    return typeof position === 'number' && Number.isSafeInteger(position) && position >= 0 ? position : undefined;
  } catch {
    return undefined;
  }
}
