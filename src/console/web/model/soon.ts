/**
 * Asks again soon after something happened: once for all that happens meanwhile, and not while it is still being asked,
 * since what takes longer than that would never be answered while things happen.
 */
export function soon(ask: () => void, { ms, isAsking }: { readonly ms: number; isAsking(): boolean }): () => void {
  let isDue = false;
  const turn = (): void => {
    if (isAsking()) {
      setTimeout(turn, ms);
      return;
    }
    isDue = false;
    ask();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(turn, ms);
  };
}
