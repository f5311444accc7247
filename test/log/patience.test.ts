import { expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { unavailable } from '../../src/log/log-failures.ts';
import { inOneStart, patiently } from '../../src/log/patience.ts';

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
  expect(await patiently('it', throwing(unavailable(), unavailable()))).toBe(3);
});

test('any other failure is told at once', async () => {
  const unfit = new LedgerlineError('serverUnfit', 'too old');
  const ask = throwing(unfit, unavailable());
  await expect(patiently('it', ask)).rejects.toBe(unfit);
  await expect(patiently('it', ask)).resolves.toBe(3);
});

test('one start has one patience, and says what was waited for in vain', async () => {
  const never = () => {
    const asked = { times: 0 };
    const ask = () => {
      asked.times += 1;
      return Promise.reject(unavailable());
    };
    return { asked, ask };
  };
  const [first, second] = [never(), never()];
  const start = async () => {
    const problem = 'the log cannot be reached; the lease was waited for in vain';
    await expect(patiently('the lease', first.ask)).rejects.toMatchObject({ code: 'unavailable', message: problem });
    await expect(patiently('the stream', second.ask)).rejects.toThrow('the stream');
  };
  await inOneStart(() => undefined, start, 200);
  expect(first.asked.times).toBeGreaterThan(1);
  expect(second.asked.times).toBe(1);
});

test('what is waited for more than a moment is told once', async () => {
  const told: string[] = [];
  const late = throwing(...Array.from({ length: 5 }, () => unavailable()));
  await inOneStart(
    (what) => void told.push(what),
    async () => {
      await patiently('the lease', late);
      await patiently('the stream', throwing());
    },
  );
  expect(told).toEqual(['the lease']);
});
