/** Fresh uuid v7s out of pooled randomness: one system call for hundreds of ids. Only main and tests make a mint. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
const POOL_IDS = 512;

export function idMint(): () => string {
  const pool = new Uint8Array(ID_BYTES * POOL_IDS);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += ID_BYTES;
    return v7({ random: pool.subarray(used - ID_BYTES, used) });
  };
}
