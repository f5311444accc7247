/** The program itself: what becomes of what it prints. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../src/cli/ledgerline.ts', import.meta.url));

/** A line of the shell, in which $ledgerline is the program. */
function shell(line: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { ...process.env, ledgerline: `${process.execPath} ${PROGRAM}` };
  return new Promise((resolve) => {
    execFile('bash', ['-o', 'pipefail', '-c', line], { env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

test('whoever reads no more of it ends it without a word', async () => {
  expect(await shell('$ledgerline completion bash | head -1')).toEqual({ code: 0, out: '_ledgerline() {\n', err: '' });
});

test.skipIf(!existsSync('/dev/full'))('a full disk is told in one line', async () => {
  expect(await shell('$ledgerline --help > /dev/full')).toEqual({
    code: 1,
    out: '',
    err: 'ledgerline: standard output: the disk is full\n',
  });
});
