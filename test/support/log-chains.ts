/** Chain ends read straight from a memory log, for host tests that need no projector. */
import type { ChainEnd, Chains } from '../../src/actors/load.ts';
import { chainBreak } from '../../src/log/codec.ts';
import type { StoredRecord } from '../../src/log/log.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import { keyOf } from '../../src/model/actor-id.ts';
import { type Read, readStored } from '../../src/projector/read.ts';
import { WholeCommands } from '../../src/projector/whole-commands.ts';

/** The stored records; those that do not decode, or are parts of a void command, without a `record`. */
export function wholeCommandsOf(stored: readonly StoredRecord[]): readonly Read[] {
  const whole = new WholeCommands<Read>((read, junk) => ({ ...read, record: undefined, junk }));
  return whole.take(stored.map((each) => readStored(each)));
}

export function chainsOf(log: MemoryLog): Chains {
  return {
    endOf: (actor) => {
      let end: ChainEnd | undefined;
      for (const { record } of wholeCommandsOf(log.records)) {
        if (record === undefined || keyOf(record.actor) !== keyOf(actor)) continue;
        if (chainBreak(record, end) !== undefined) continue;
        const { position, hash, transition } = record;
        end = { position, hash, version: transition.data.version };
      }
      return Promise.resolve(end);
    },
  };
}
