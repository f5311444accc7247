/** Chain ends read straight from a memory log, for host tests that need no projector. */
import type { ChainEnd, Chains } from '../../src/actors/load.ts';
import { chainBreak, decode } from '../../src/log/codec.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import { keyOf } from '../../src/model/actor-id.ts';

export function chainsOf(log: MemoryLog): Chains {
  return {
    endOf: (actor) => {
      let end: ChainEnd | undefined;
      for (const stored of log.records) {
        const decoded = decode(stored);
        if (decoded.kind === 'junk' || keyOf(decoded.record.actor) !== keyOf(actor)) continue;
        if (chainBreak(decoded.record, end) !== undefined) continue;
        const { position, hash, transition } = decoded.record;
        end = { position, hash, version: transition.data.version };
      }
      return Promise.resolve(end);
    },
  };
}
