/** Chance as a thing passed in: `count` random bytes, fit for secrets. Nothing but main.ts makes one. */
export type RandomBytes = (count: number) => Uint8Array;

const BLOCK_BYTES = 4096;

/**
 * The same, drawn in advance: the system takes as long to give a few bytes as to give many. What was handed out is nowhere
 * else any more.
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
