/**
 * Where the webhook is in the log, kept in a small file: everything up to there was delivered or given up. A file that
 * cannot be read counts as none; one is written whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../../log/whole-file.ts';
import type { Position } from '../../../model/position.ts';

export interface Cursor {
  /** Undefined at the first start. */
  read(): Promise<Position | undefined>;
  write(position: Position): Promise<void>;
}

export function fileCursor(file: string): Cursor {
  return {
    async read() {
      try {
        const { position } = JSON.parse(await readFile(file, 'utf8')) as { readonly position?: unknown };
        return typeof position === 'number' && Number.isSafeInteger(position) && position >= 0 ? position : undefined;
      } catch {
        return undefined;
      }
    },
    async write(position) {
      await writeWhole(file, JSON.stringify({ position }));
    },
  };
}
