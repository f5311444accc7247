/** Chance as a thing passed in: `count` random bytes, fit for secrets. Nothing but main.ts makes one. */
export type RandomBytes = (count: number) => Uint8Array;

const BLOCK_BYTES = 4096;

/**
 * The same, drawn in advance in blocks of 4 KiB, since the system takes as long for a few bytes as for many. Bytes that were
 * handed out are wiped from the block.
 */
export function drawnInAdvance(random: RandomBytes): RandomBytes {
  let block = new Uint8Array();
  let used = 0;
  return (count) => {
    if (count > BLOCK_BYTES) return random(count);
    if (used + count > block.length) {
      block = Uint8Array.from(random(BLOCK_BYTES));
      used = 0;
    }
    const drawn = block.slice(used, used + count);
    block.fill(0, used, used + count);
    used += count;
    return drawn;
  };
}
