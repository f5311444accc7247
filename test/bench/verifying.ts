/** A program that writes history, verifies it, parses it, and tells what each took. */
import { kinds } from '../../machines/index.ts';
import { verify } from '../../src/history/verify.ts';
import { busyHistory } from './busy-history.ts';
import { cpuMs } from './table.ts';

/** CPU time, ms, of the rounds. */
export interface Verifying {
  readonly records: number;
  readonly verified: readonly number[];
  readonly parsed: readonly number[];
}

const ROUNDS = 7;

const { log, close } = await busyHistory();
const verified: number[] = [];
const parsed: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  verified.push(
    await cpuMs(async () => {
      const { found } = await verify({ log, kinds });
      if (found > 0) throw new Error(`${found} findings in what the machines wrote`);
    }),
  );
  parsed.push(
    await cpuMs(async () => {
      for (const { payload } of log.records) JSON.parse(Buffer.from(payload).toString());
    }),
  );
}
await close();
process.send?.({ records: log.records.length, verified, parsed } satisfies Verifying, () => process.disconnect());
