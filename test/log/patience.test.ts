import { expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { unavailable } from '../../src/log/log-failures.ts';
import { patiently } from '../../src/log/patience.ts';

/** Throws these, one a call, and then answers with how often it was asked. */
function throwing(...errors: readonly Error[]): () => Promise<number> {
  const left = [...errors];
  let asked = 0;
  return async () => {
    asked += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
    return asked;
  };
}

test('who cannot answer yet is asked again', async () => {
  expect(await patiently(throwing(unavailable(), unavailable()))).toBe(3);
});

test('any other failure is told at once', async () => {
  const unfit = new LedgerlineError('serverUnfit', 'too old');
  const ask = throwing(unfit, unavailable());
  await expect(patiently(ask)).rejects.toBe(unfit);
  await expect(patiently(ask)).resolves.toBe(3);
});
