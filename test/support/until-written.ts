/** The moment in which a nats-server writes to a stream, for those who kill it just then. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** Some 20 ms; then others of this process must have their turn. */
const LOOKS = 1000;

/** Resolves when the stream in this folder has more bytes than at the call: of a batch the first records are there, and others not yet. */
export async function untilWritten(stream: string): Promise<void> {
  const before = bytesIn(stream);
  await eventually('something is written', () => {
    // Without a pause: a thousand records are written in some milliseconds.
    for (let look = 0; look < LOOKS; look += 1) if (bytesIn(stream) > before) return true;
    return undefined;
  });
}

function bytesIn(stream: string): number {
  const folder = join(stream, 'msgs');
  const blocks = readdirSync(folder).filter((name) => name.endsWith('.blk'));
  return blocks.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
