/** The harness itself: what it says when the server it starts cannot run. */
import { expect, test } from 'vitest';
import { startServerProcess } from './server-process.ts';

test('a server that refuses to start is told with its words, at once', async () => {
  await expect(startServerProcess({ LEDGERLINE_CLOCK: 'sundial' })).rejects.toThrow(
    /ended with [1-9]\d* before it was ready: [\s\S]*LEDGERLINE_CLOCK/,
  );
});
