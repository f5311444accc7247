import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { downloadProgress } from '../../src/nats/download-progress.ts';

/** What a stream of that kind is shown of one download of ten bytes. */
function shown(isTTY: boolean, total: number | undefined): string {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 200,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  const progress = downloadProgress(stream as unknown as NodeJS.WriteStream);
  progress.begin('nats-server', total);
  progress.reach(10);
  progress.end();
  return String(stream.read());
}

describe('the progress of a download', () => {
  test('is a bar on a terminal', () => {
    const text = shown(true, 10);
    expect(text).toContain('downloading nats-server [');
    expect(text).toContain('100%');
  });

  test('leaves the cursor where it is: whoever ends the program by Ctrl-C would not get it back', () => {
    expect(shown(true, 10)).not.toContain('\u001b[?25l');
  });

  test('is one line elsewhere, and where nobody knows the total', () => {
    expect(shown(false, 10)).toBe('downloading nats-server …\n');
    expect(shown(true, undefined)).toBe('downloading nats-server …\n');
  });
});
