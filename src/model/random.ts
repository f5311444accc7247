/** Chance as a thing passed in: `count` random bytes, fit for secrets. Nothing but main.ts makes one. */
export type RandomBytes = (count: number) => Uint8Array;
